-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "a" TEXT NOT NULL,
    "b" INTEGER NOT NULL DEFAULT (1 + 1),
    "c" TEXT[] DEFAULT '{a,b}'::text[],
    "d" TEXT NOT NULL DEFAULT 'it''s'::text,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
