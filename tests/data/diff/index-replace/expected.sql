-- DropIndex
DROP INDEX "T_a_idx";

-- DropIndex
DROP INDEX "T_b_idx";

-- DropIndex
DROP INDEX "T_c_idx";

-- DropIndex
DROP INDEX "T_d_c_idx";

-- DropIndex
DROP INDEX "T_e_idx";

-- DropIndex
DROP INDEX "T_f_idx";

-- CreateIndex
CREATE INDEX "T_a_idx" ON "T"("a" DESC);

-- CreateIndex
CREATE INDEX "T_c_idx" ON "T" USING HASH ("c");

-- CreateIndex
CREATE INDEX "T_c_d_idx" ON "T"("c", "d");

-- CreateIndex
CREATE INDEX "T_e_idx" ON "T" USING GIN ("e" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "T_f_idx" ON "T"("f" text_pattern_ops);

-- CreateIndex
CREATE UNIQUE INDEX "T_b_key" ON "T"("b");
