-- DropTable
DROP TABLE "one"."A";

-- CreateTable
CREATE TABLE "two"."A" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);
