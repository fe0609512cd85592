-- DropTable
DROP TABLE "A";

-- CreateTable
CREATE TABLE "B" (
    "id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "B_pkey" PRIMARY KEY ("id")
);
