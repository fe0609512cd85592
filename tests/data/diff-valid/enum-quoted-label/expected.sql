-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "E" AS ENUM ('it''s');

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "e" "E" NOT NULL DEFAULT 'it''s',

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
