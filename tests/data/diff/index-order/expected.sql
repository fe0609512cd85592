-- CreateTable
CREATE TABLE "Z" (
    "id" INTEGER NOT NULL,
    "y" INTEGER NOT NULL,
    "z" INTEGER NOT NULL,

    CONSTRAINT "Z_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Z_y_key" ON "Z"("y");

-- CreateIndex
CREATE INDEX "Z_z_idx" ON "Z"("z");

-- CreateIndex
CREATE UNIQUE INDEX "Z_y_z_key" ON "Z"("y", "z");

-- CreateIndex
CREATE UNIQUE INDEX "A_x_key" ON "A"("x");

-- CreateIndex
CREATE INDEX "A_x_idx" ON "A"("x");
