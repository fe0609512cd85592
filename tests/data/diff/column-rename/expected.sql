-- AlterTable
ALTER TABLE "T" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT NOT NULL;
