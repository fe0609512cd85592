-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "A" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "A_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "the_first_of_two_tables_with_long_names" (
    "id" INTEGER NOT NULL,
    "aIdentifierOfTheOtherTableHere" INTEGER NOT NULL,

    CONSTRAINT "the_first_of_two_tables_with_long_names_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "日本語の長い表名" (
    "id" INTEGER NOT NULL,
    "日本語の長い列名をここに" INTEGER NOT NULL,

    CONSTRAINT "日本語の長い表名_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "the_first_of_two_tables_with_long_names" ADD CONSTRAINT "the_first_of_two_tables_with_long_names_aIdentifierOfTheOt_fkey" FOREIGN KEY ("aIdentifierOfTheOtherTableHere") REFERENCES "A"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "日本語の長い表名" ADD CONSTRAINT "日本語の長い表名_日本語の長い列名をここ_fkey" FOREIGN KEY ("日本語の長い列名をここに") REFERENCES "A"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
