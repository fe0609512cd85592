-- AlterTable
ALTER TABLE "T" DROP COLUMN "name",
ADD COLUMN     "full_name" TEXT;
