-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "außergewöhnlich_überlange_tabellennamen_für_prüfzwecke" (
    "id" INTEGER NOT NULL,
    "größenänderungsmaßnahme" INTEGER NOT NULL,
    "ÄÖÜäöüß" INTEGER NOT NULL,

    CONSTRAINT "außergewöhnlich_überlange_tabellennamen_für_prüfzweck_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "außergewöhnlich_überlange_tabellennamen_für_prüfzwecke_key" ON "außergewöhnlich_überlange_tabellennamen_für_prüfzwecke"("größenänderungsmaßnahme");

-- CreateIndex
CREATE INDEX "außergewöhnlich_überlange_tabellennamen_für_prüfzwecke_idx" ON "außergewöhnlich_überlange_tabellennamen_für_prüfzwecke"("größenänderungsmaßnahme", "ÄÖÜäöüß");
