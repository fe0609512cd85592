-- DropIndex
DROP INDEX "T_a_key";

-- DropIndex
DROP INDEX "T_b_a_idx";

-- AlterTable
ALTER TABLE "T" DROP COLUMN "a";
