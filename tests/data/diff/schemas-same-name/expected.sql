-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "one";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "two";

-- CreateEnum
CREATE TYPE "one"."E" AS ENUM ('X');

-- CreateEnum
CREATE TYPE "two"."E" AS ENUM ('Y');

-- CreateTable
CREATE TABLE "one"."A" (
    "id" INTEGER NOT NULL,
    "e" "one"."E" NOT NULL,

    CONSTRAINT "one_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "two"."A" (
    "id" INTEGER NOT NULL,
    "e" "two"."E" NOT NULL,

    CONSTRAINT "two_pkey" PRIMARY KEY ("id")
);
