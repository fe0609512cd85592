-- What schema.prisma cannot say: it is kept by every tool that knows better.
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_quantity_check" CHECK ("quantity" > 0);

CREATE INDEX "orders_open_idx" ON "orders"("customerId") WHERE "status" IN ('NEW', 'PAID');

CREATE FUNCTION "customers_lower_email"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- one spelling; a ';' in a comment ends nothing
    NEW."email" := lower(NEW."email");
    RETURN NEW;
END;
$$;

CREATE TRIGGER "customers_lower_email" BEFORE INSERT OR UPDATE ON "customers"
    FOR EACH ROW EXECUTE FUNCTION "customers_lower_email"();
