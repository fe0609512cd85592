-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Zebra" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Zebra_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Apple" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "Apple_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Mid" (
    "id" INTEGER NOT NULL,
    "aId" INTEGER NOT NULL,

    CONSTRAINT "Mid_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "Mid" ADD CONSTRAINT "Mid_aId_fkey" FOREIGN KEY ("aId") REFERENCES "Apple"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
