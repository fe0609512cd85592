-- AlterTable
ALTER TABLE "T" DROP COLUMN "e",
ADD COLUMN     "e" TEXT,
DROP COLUMN "f",
ADD COLUMN     "f" "E";
