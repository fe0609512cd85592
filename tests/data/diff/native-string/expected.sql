-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" TEXT NOT NULL,
    "b" CHAR NOT NULL,
    "c" CHAR(3) NOT NULL,
    "d" VARCHAR NOT NULL,
    "e" VARCHAR(40) NOT NULL,
    "f" BIT NOT NULL,
    "g" BIT(8) NOT NULL,
    "h" VARBIT NOT NULL,
    "i" VARBIT(8) NOT NULL,
    "j" UUID NOT NULL,
    "k" XML NOT NULL,
    "l" INET NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
