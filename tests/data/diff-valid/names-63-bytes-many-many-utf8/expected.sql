-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "B" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "_éééééééééééééééééééééééééééééé" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_éééééééééééééééééééééééééééééé_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE INDEX "_éééééééééééééééééééééééééééééé_B_index" ON "_éééééééééééééééééééééééééééééé"("B");

-- AddForeignKey
ALTER TABLE "_éééééééééééééééééééééééééééééé" ADD CONSTRAINT "_ééééééééééééééééééééééééééé_A_fkey" FOREIGN KEY ("A") REFERENCES "A"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_éééééééééééééééééééééééééééééé" ADD CONSTRAINT "_ééééééééééééééééééééééééééé_B_fkey" FOREIGN KEY ("B") REFERENCES "B"("id") ON DELETE CASCADE ON UPDATE CASCADE;
