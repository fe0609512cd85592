-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" INTEGER NOT NULL,
    "b" JSONB NOT NULL,
    "c" INTEGER[],
    "d" INET NOT NULL,
    "e" TEXT NOT NULL,
    "f" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "t_btree" ON "T"("a");

-- CreateIndex
CREATE INDEX "t_hash" ON "T" USING HASH ("a");

-- CreateIndex
CREATE INDEX "t_gin" ON "T" USING GIN ("b");

-- CreateIndex
CREATE INDEX "t_gin_list" ON "T" USING GIN ("c");

-- CreateIndex
CREATE INDEX "t_spgist" ON "T" USING SPGIST ("e");

-- CreateIndex
CREATE INDEX "t_brin" ON "T" USING BRIN ("f");
