-- AlterTable
ALTER TABLE "T" DROP COLUMN "e",
ADD COLUMN     "e" TEXT NOT NULL;

-- DropEnum
DROP TYPE "E";

-- DropEnum
DROP TYPE "F";
