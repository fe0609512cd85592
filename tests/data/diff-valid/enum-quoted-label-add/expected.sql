-- AlterEnum
ALTER TYPE "E" ADD VALUE 'it''s';
