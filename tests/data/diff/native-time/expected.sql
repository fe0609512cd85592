-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" TIMESTAMP NOT NULL,
    "b" TIMESTAMP(0) NOT NULL,
    "c" TIMESTAMPTZ NOT NULL,
    "d" TIMESTAMPTZ(6) NOT NULL,
    "e" DATE NOT NULL,
    "f" TIME NOT NULL,
    "g" TIME(2) NOT NULL,
    "h" TIMETZ NOT NULL,
    "i" TIMETZ(3) NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
