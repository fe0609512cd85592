-- CreateEnum
CREATE TYPE "Other" AS ENUM ('A');

-- AlterTable
ALTER TABLE "T" DROP COLUMN "e",
ADD COLUMN     "e" "Other" NOT NULL DEFAULT 'A';

-- DropEnum
DROP TYPE "E";
