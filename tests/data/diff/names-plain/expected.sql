-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "from where" (
    "order" INTEGER NOT NULL,
    "group by" INTEGER NOT NULL,
    "1st.$" INTEGER NOT NULL,
    "UPPER" INTEGER NOT NULL,

    CONSTRAINT "from where_pkey" PRIMARY KEY ("order")
);
