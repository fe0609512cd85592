-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "the ""T""" (
    "id" INTEGER NOT NULL,
    "say ""a""" INTEGER NOT NULL,

    CONSTRAINT "the ""T""_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "the ""T""_say ""a""_key" ON "the ""T"""("say ""a""");

-- CreateIndex
CREATE INDEX "the ""T""_say ""a""_idx" ON "the ""T"""("say ""a""");
