-- AlterEnum
BEGIN;
CREATE TYPE "one"."E_new" AS ENUM ('X');
ALTER TABLE "one"."A" ALTER COLUMN "e" DROP DEFAULT;
ALTER TABLE "one"."A" ALTER COLUMN "e" TYPE "one"."E_new" USING ("e"::text::"one"."E_new");
ALTER TYPE "one"."E" RENAME TO "E_old";
ALTER TYPE "one"."E_new" RENAME TO "E";
DROP TYPE "one"."E_old";
ALTER TABLE "one"."A" ALTER COLUMN "e" SET DEFAULT 'X';
COMMIT;

-- DropIndex
DROP INDEX "one"."A_b_key";

-- AlterTable
CREATE SEQUENCE "one".a_f_seq;
ALTER TABLE "one"."A" ADD COLUMN     "g" INTEGER,
ALTER COLUMN "f" SET DEFAULT nextval('"one".a_f_seq');
ALTER SEQUENCE "one".a_f_seq OWNED BY "one"."A"."f";

-- RenameIndex
ALTER INDEX "one"."A_c_idx" RENAME TO "c_index";
