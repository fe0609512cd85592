-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" JSONB NOT NULL DEFAULT '{}',
    "b" JSONB NOT NULL DEFAULT '{ "it''s": [1, 2.50, null, true] }',
    "c" JSONB NOT NULL DEFAULT '"text"',
    "d" JSON NOT NULL DEFAULT '[]',

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
