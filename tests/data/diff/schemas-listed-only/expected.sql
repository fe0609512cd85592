-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "one";

-- CreateTable
CREATE TABLE "one"."A" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);
