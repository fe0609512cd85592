-- AlterTable
CREATE SEQUENCE "order lines_id_seq";
ALTER TABLE "order lines" ALTER COLUMN "id" SET DEFAULT nextval('"order lines_id_seq"');
ALTER SEQUENCE "order lines_id_seq" OWNED BY "order lines"."id";
