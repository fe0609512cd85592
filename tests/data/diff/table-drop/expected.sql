-- DropForeignKey
ALTER TABLE "B" DROP CONSTRAINT "B_aId_fkey";

-- DropForeignKey
ALTER TABLE "C" DROP CONSTRAINT "C_bId_fkey";

-- DropTable
DROP TABLE "A";

-- DropTable
DROP TABLE "B";
