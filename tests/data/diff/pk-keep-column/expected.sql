-- AlterTable
ALTER TABLE "T" DROP CONSTRAINT "T_pkey";
