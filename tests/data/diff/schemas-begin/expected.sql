-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "two";

-- AlterTable
ALTER TABLE "A" ADD COLUMN     "m" INTEGER,
ALTER COLUMN "n" SET DATA TYPE BIGINT;

-- CreateTable
CREATE TABLE "two"."B" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);
