-- DropTable
DROP TABLE "A";

-- CreateTable
CREATE TABLE "a_table" (
    "id" INTEGER NOT NULL,
    "x" INTEGER NOT NULL,

    CONSTRAINT "a_table_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "a_table_x_key" ON "a_table"("x");
