-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" BYTEA NOT NULL DEFAULT '\x68656c6c6f',
    "b" BYTEA NOT NULL DEFAULT '\x',
    "c" BYTEA NOT NULL DEFAULT '\xff0001',

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
