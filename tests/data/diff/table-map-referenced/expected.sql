-- DropForeignKey
ALTER TABLE "B" DROP CONSTRAINT "B_aId_fkey";

-- DropTable
DROP TABLE "A";

-- CreateTable
CREATE TABLE "as" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "a_key" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "B" ADD CONSTRAINT "B_aId_fkey" FOREIGN KEY ("aId") REFERENCES "as"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
