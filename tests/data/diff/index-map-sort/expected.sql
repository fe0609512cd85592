-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" INTEGER NOT NULL,
    "b" INTEGER NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "T_a_idx" ON "T"("a");

-- CreateIndex
CREATE INDEX "T_a_b_idx" ON "T"("a", "b");

-- CreateIndex
CREATE INDEX "T_b_idx" ON "T"("b" DESC);

-- CreateIndex
CREATE INDEX "both" ON "T"("a" ASC, "b" DESC);

-- CreateIndex
CREATE INDEX "older_word" ON "T"("b", "a");
