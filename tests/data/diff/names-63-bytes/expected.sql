-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "a_table_whose_name_is_long_but_not_too_long_for_postgres" (
    "id" INTEGER NOT NULL,
    "anotherColumnWithQuiteALongName" INTEGER NOT NULL,
    "yetAnotherColumnWithALongName" INTEGER NOT NULL,

    CONSTRAINT "a_table_whose_name_is_long_but_not_too_long_for_postgres_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "a_table_whose_name_is_long_but_not_too_long_for_postgres_an_key" ON "a_table_whose_name_is_long_but_not_too_long_for_postgres"("anotherColumnWithQuiteALongName");

-- CreateIndex
CREATE INDEX "a_table_whose_name_is_long_but_not_too_long_for_postgres_ye_idx" ON "a_table_whose_name_is_long_but_not_too_long_for_postgres"("yetAnotherColumnWithALongName");
