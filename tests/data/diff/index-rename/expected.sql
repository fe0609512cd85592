-- RenameIndex
ALTER INDEX "T_a_key" RENAME TO "one_of_a";

-- RenameIndex
ALTER INDEX "T_b_idx" RENAME TO "many_of_b";

-- RenameIndex
ALTER INDEX "pair" RENAME TO "T_a_b_idx";
