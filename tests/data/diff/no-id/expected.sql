-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "x" INTEGER NOT NULL,
    "y" INTEGER
);

-- CreateTable
CREATE TABLE "B" (
    "x" INTEGER NOT NULL,
    "y" INTEGER NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "A_x_key" ON "A"("x");

-- CreateIndex
CREATE UNIQUE INDEX "B_x_y_key" ON "B"("x", "y");
