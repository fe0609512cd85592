-- CreateEnum
CREATE TYPE "NewEnum" AS ENUM ('Y');

-- AlterEnum
ALTER TYPE "GrownEnum" ADD VALUE 'Z';

-- DropForeignKey
ALTER TABLE "Keep" DROP CONSTRAINT "Keep_goneId_fkey";

-- DropIndex
DROP INDEX "Keep_u_key";

-- DropIndex
DROP INDEX "Keep_a_idx";

-- AlterTable
ALTER TABLE "Keep" DROP COLUMN "goneId",
DROP COLUMN "old",
ADD COLUMN     "fresh" "NewEnum" NOT NULL DEFAULT 'Y',
ALTER COLUMN "a" SET DATA TYPE BIGINT;

-- DropTable
DROP TABLE "Gone";

-- DropEnum
DROP TYPE "OldEnum";

-- CreateTable
CREATE TABLE "New" (
    "id" INTEGER NOT NULL,
    "keepId" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "New_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "New_n_key" ON "New"("n");

-- CreateIndex
CREATE UNIQUE INDEX "Keep_a_key" ON "Keep"("a");

-- AddForeignKey
ALTER TABLE "New" ADD CONSTRAINT "New_keepId_fkey" FOREIGN KEY ("keepId") REFERENCES "Keep"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Other" ADD CONSTRAINT "Other_keepId_fkey" FOREIGN KEY ("keepId") REFERENCES "Keep"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- RenameIndex
ALTER INDEX "b_before" RENAME TO "b_after";
