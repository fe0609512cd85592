-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "E" AS ENUM ('A', 'b-b');

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "b" INTEGER[] DEFAULT ARRAY[1, 2, -3]::INTEGER[],
    "c" TEXT[] DEFAULT ARRAY['x', 'it''s', 'a\b']::TEXT[],
    "d" BOOLEAN[] DEFAULT ARRAY[true, false]::BOOLEAN[],
    "e" DECIMAL(5,2)[] DEFAULT ARRAY[1.5, 2]::DECIMAL(5,2)[],
    "f" VARCHAR(5)[] DEFAULT ARRAY['x']::VARCHAR(5)[],
    "g" "E"[] DEFAULT ARRAY['A', 'b-b']::"E"[],
    "h" TIMESTAMP(3)[] DEFAULT ARRAY['2020-01-02 03:04:05 +00:00']::TIMESTAMP(3)[],
    "i" BYTEA[] DEFAULT ARRAY['\x68656c6c6f']::BYTEA[],
    "j" JSONB[] DEFAULT ARRAY['{}', '[1]']::JSONB[],
    "k" BIGINT[] DEFAULT ARRAY[1]::BIGINT[],
    "l" DOUBLE PRECISION[] DEFAULT ARRAY[0.5]::DOUBLE PRECISION[],

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
