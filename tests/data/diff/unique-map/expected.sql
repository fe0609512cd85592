-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" INTEGER NOT NULL,
    "b" INTEGER NOT NULL,
    "c" INTEGER NOT NULL,
    "d" INTEGER NOT NULL,
    "e" INTEGER NOT NULL,

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "T_a_key" ON "T"("a");

-- CreateIndex
CREATE UNIQUE INDEX "b_is_one" ON "T"("b");

-- CreateIndex
CREATE UNIQUE INDEX "T_c_key" ON "T"("c" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "T_d_e_key" ON "T"("d", "e");

-- CreateIndex
CREATE UNIQUE INDEX "e_and_d" ON "T"("e" DESC, "d");

-- CreateIndex
CREATE UNIQUE INDEX "T_a_d_key" ON "T"("a", "d");
