-- AlterTable
ALTER TABLE "cards" ADD COLUMN     "rarity_v2" VARCHAR(64);
