-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "id" OID NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);
