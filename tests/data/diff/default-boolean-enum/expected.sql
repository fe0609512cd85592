-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "e_numbers" AS ENUM ('ONE', 'number two');

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" BOOLEAN NOT NULL DEFAULT true,
    "b" BOOLEAN NOT NULL DEFAULT false,
    "c" "e_numbers" NOT NULL DEFAULT 'ONE',
    "d" "e_numbers" DEFAULT 'number two',

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
