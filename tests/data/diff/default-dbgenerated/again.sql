-- AlterTable
ALTER TABLE "T" ALTER COLUMN "c" SET DEFAULT '{a,b}'::text[],
ALTER COLUMN "d" SET DEFAULT 'it''s'::text;
