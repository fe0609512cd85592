-- DropIndex
DROP INDEX "i4";

-- DropIndex
DROP INDEX "i8";

-- CreateIndex
CREATE INDEX "i4" ON "T"("d" text_pattern_ops);

-- CreateIndex
CREATE INDEX "i8" ON "T"("c" int4_ops DESC);
