-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "one";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "two";

-- CreateEnum
CREATE TYPE "two"."E" AS ENUM ('X');

-- CreateTable
CREATE TABLE "one"."A" (
    "id" SERIAL NOT NULL,
    "e" "two"."E" NOT NULL DEFAULT 'X',

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "two"."B" (
    "id" INTEGER NOT NULL,
    "aId" INTEGER NOT NULL,
    "e" "two"."E"[],

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "B_aId_idx" ON "two"."B"("aId");

-- AddForeignKey
ALTER TABLE "two"."B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "one"."A"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
