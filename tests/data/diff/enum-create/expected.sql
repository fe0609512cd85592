-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "colours" AS ENUM ('RED', 'light green', 'x_1');

-- CreateEnum
CREATE TYPE "Unused" AS ENUM ('a');

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "c" "colours" NOT NULL,
    "d" "colours"[],

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
