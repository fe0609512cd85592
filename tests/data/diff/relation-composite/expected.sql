-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "x" INTEGER NOT NULL,
    "y" TEXT NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("x","y")
);

-- CreateTable
CREATE TABLE "B" (
    "id" INTEGER NOT NULL,
    "ax" INTEGER NOT NULL,
    "ay" TEXT NOT NULL,

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "C" (
    "id" INTEGER NOT NULL,
    "ax" INTEGER,
    "ay" TEXT,

    CONSTRAINT "C_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "B" ADD CONSTRAINT "B_ax_ay_fkey" FOREIGN KEY ("ax", "ay") REFERENCES "A"("x", "y") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "C" ADD CONSTRAINT "C_ax_ay_fkey" FOREIGN KEY ("ax", "ay") REFERENCES "A"("x", "y") ON DELETE SET NULL ON UPDATE CASCADE;
