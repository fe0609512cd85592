-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "a_is_first" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "B" (
    "x" INTEGER NOT NULL,
    "y" TEXT NOT NULL,

    CONSTRAINT "b_is_second" PRIMARY KEY ("x","y")
);

-- CreateTable
CREATE TABLE "C" (
    "x" INTEGER NOT NULL,
    "y" TEXT NOT NULL,

    CONSTRAINT "C_pkey" PRIMARY KEY ("y","x")
);
