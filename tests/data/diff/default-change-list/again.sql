-- AlterTable
ALTER TABLE "T" ALTER COLUMN "e" SET DEFAULT '{b}'::text[];
