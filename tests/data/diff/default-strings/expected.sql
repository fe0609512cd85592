-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "T" (
    "id" INTEGER NOT NULL,
    "a" TEXT NOT NULL DEFAULT '',
    "b" TEXT NOT NULL DEFAULT 'it''s',
    "c" TEXT NOT NULL DEFAULT 'back\slash "quoted"',
    "d" TEXT NOT NULL DEFAULT 'two
lines	and a tab',
    "e" TEXT NOT NULL DEFAULT 'naïve café, 漢字, 🙂',
    "f" TEXT NOT NULL DEFAULT '$1 %s ; -- /* */',
    "g" VARCHAR(1) NOT NULL DEFAULT 'x',

    CONSTRAINT "T_pkey" PRIMARY KEY ("id")
);
