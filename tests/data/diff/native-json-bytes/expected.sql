-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" JSON NOT NULL,
    "b" JSONB NOT NULL,
    "c" BYTEA NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
