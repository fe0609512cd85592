-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" TEXT NOT NULL,
    "a" TEXT NOT NULL,
    "b" TEXT NOT NULL,
    "c" TEXT NOT NULL,
    "d" TIMESTAMP(3) NOT NULL,
    "e" UUID NOT NULL,
    "f" TEXT NOT NULL,
    "g" TEXT NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
