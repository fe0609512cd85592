-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "E" AS ENUM ('A');

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" TEXT,
    "b" BOOLEAN,
    "c" BIGINT,
    "d" DOUBLE PRECISION,
    "e" DECIMAL(65,30),
    "f" TIMESTAMP(3),
    "g" JSONB,
    "h" BYTEA,
    "i" "E",

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
