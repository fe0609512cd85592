-- AlterEnum
ALTER TYPE "OrderStatus" ADD VALUE 'REFUNDED';

-- Orders that came back before there was a status for it.
UPDATE "orders" SET "status" = 'REFUNDED' WHERE "note" LIKE 'refund:%';
