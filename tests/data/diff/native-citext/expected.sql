-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateExtension
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateTable
CREATE TABLE "T" (
    "id" CITEXT NOT NULL,
    "b" CITEXT[],

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
