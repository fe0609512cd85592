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
CREATE TABLE "_averyveryveryveryveryverylongrelationnamethatexceedsthelimit" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_averyveryveryveryveryverylongrelationnamethatexceedsth_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_éééééééééééé" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_éééééééééééé_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE INDEX "_averyveryveryveryveryverylongrelationnamethatexceedsth_B_index" ON "_averyveryveryveryveryverylongrelationnamethatexceedsthelimit"("B");

-- CreateIndex
CREATE INDEX "_éééééééééééé_B_index" ON "_éééééééééééé"("B");

-- AddForeignKey
ALTER TABLE "_averyveryveryveryveryverylongrelationnamethatexceedsthelimit" ADD CONSTRAINT "_averyveryveryveryveryverylongrelationnamethatexceedsthe_A_fkey" FOREIGN KEY ("A") REFERENCES "A"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_averyveryveryveryveryverylongrelationnamethatexceedsthelimit" ADD CONSTRAINT "_averyveryveryveryveryverylongrelationnamethatexceedsthe_B_fkey" FOREIGN KEY ("B") REFERENCES "B"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_éééééééééééé" ADD CONSTRAINT "_éééééééééééé_A_fkey" FOREIGN KEY ("A") REFERENCES "A"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_éééééééééééé" ADD CONSTRAINT "_éééééééééééé_B_fkey" FOREIGN KEY ("B") REFERENCES "B"("id") ON DELETE CASCADE ON UPDATE CASCADE;
