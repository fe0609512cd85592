-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" JSONB NOT NULL,
    "b" INET NOT NULL,
    "c" INTEGER NOT NULL,
    "d" TEXT NOT NULL,
    "e" INTEGER[],
    "f" UUID NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "i1" ON "T" USING GIN ("a" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "i2" ON "T" USING GIST ("b" inet_ops);

-- CreateIndex
CREATE INDEX "i3" ON "T" USING BRIN ("c" int4_minmax_multi_ops);

-- CreateIndex
CREATE INDEX "i4" ON "T"("d" text_pattern_ops);

-- CreateIndex
CREATE INDEX "i5" ON "T" USING GIN ("e" array_ops);

-- CreateIndex
CREATE INDEX "i6" ON "T" USING SPGIST ("d" text_ops);

-- CreateIndex
CREATE INDEX "i7" ON "T" USING BRIN ("f" uuid_bloom_ops);

-- CreateIndex
CREATE INDEX "i8" ON "T"("c" int4_ops DESC);
