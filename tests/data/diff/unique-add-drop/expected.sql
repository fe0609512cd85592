-- DropIndex
DROP INDEX "T_a_key";

-- DropIndex
DROP INDEX "T_a_b_key";

-- CreateIndex
CREATE UNIQUE INDEX "T_b_key" ON "T"("b");

-- CreateIndex
CREATE UNIQUE INDEX "T_b_a_key" ON "T"("b", "a");

-- CreateIndex
CREATE UNIQUE INDEX "T_a_c_key" ON "T"("a", "c");
