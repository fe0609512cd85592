-- AlterTable
ALTER TABLE "T" ALTER COLUMN "a" SET DEFAULT '	é';
