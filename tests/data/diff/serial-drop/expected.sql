-- AlterTable
ALTER TABLE "T" DROP COLUMN "n";

-- DropTable
DROP TABLE "U";
