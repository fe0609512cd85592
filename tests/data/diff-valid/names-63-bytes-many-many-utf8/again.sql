-- AlterTable
ALTER TABLE "_éééééééééééééééééééééééééééééé" RENAME CONSTRAINT "_éééééééééééééééééééééééééééééé_A" TO "_éééééééééééééééééééééééééééééé_AB_pkey";

-- RenameIndex
ALTER INDEX "_éééééééééééééééééééééééééééééé_B" RENAME TO "_éééééééééééééééééééééééééééééé_B_index";
