-- DropForeignKey
ALTER TABLE "B" DROP CONSTRAINT "B_code_fkey";

-- DropIndex
DROP INDEX "A_code_key";

-- AlterTable
ALTER TABLE "A" DROP COLUMN "code";

-- AlterTable
ALTER TABLE "B" DROP COLUMN "code",
ADD COLUMN     "aId" INTEGER NOT NULL;

-- AddForeignKey
ALTER TABLE "B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "A"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
