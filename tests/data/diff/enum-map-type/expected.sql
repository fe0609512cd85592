-- CreateEnum
CREATE TYPE "e_type" AS ENUM ('A');

-- AlterTable
ALTER TABLE "T" DROP COLUMN "e",
ADD COLUMN     "e" "e_type" NOT NULL;

-- DropEnum
DROP TYPE "E";
