-- The table is large by now: its indexes are built beside the traffic.
CREATE INDEX CONCURRENTLY "orders_placedAt_idx" ON "orders"("placedAt");
CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_customerId_status_idx" ON "orders"("customerId", "status");

-- AlterTable
ALTER TABLE "orders" ADD COLUMN "note" TEXT;
