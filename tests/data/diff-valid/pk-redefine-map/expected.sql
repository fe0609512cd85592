-- DropIndex
DROP INDEX "T_b_key";

-- AlterTable
ALTER TABLE "T" DROP CONSTRAINT "old_key",
ADD CONSTRAINT "new_key" PRIMARY KEY ("b");

-- CreateIndex
CREATE UNIQUE INDEX "T_a_key" ON "T"("a");
