-- AlterTable
ALTER TABLE "one"."User" ALTER COLUMN "id" DROP DEFAULT;
DROP SEQUENCE IF EXISTS "one"."User_id_seq";
