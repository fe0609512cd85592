-- DropIndex
DROP INDEX "T_f_idx";

-- CreateIndex
CREATE INDEX "T_f_idx" ON "T"("f" text_pattern_ops);
