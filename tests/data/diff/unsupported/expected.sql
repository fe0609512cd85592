-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" circle NOT NULL,
    "b" tsvector,
    "c" int4range[],
    "d" circle DEFAULT '<(10,4),11>'::circle,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "T_b_idx" ON "T" USING GIN ("b");
