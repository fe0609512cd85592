-- AlterEnum
BEGIN;
CREATE TYPE "two"."E_new" AS ENUM ('A');
ALTER TABLE "one"."T" ALTER COLUMN "e" DROP DEFAULT;
ALTER TABLE "one"."T" ALTER COLUMN "e" TYPE "two"."E_new" USING ("e"::text::"two"."E_new");
ALTER TABLE "one"."T" ALTER COLUMN "f" TYPE "two"."E_new"[] USING ("f"::text::"two"."E_new"[]);
ALTER TYPE "two"."E" RENAME TO "E_old";
ALTER TYPE "two"."E_new" RENAME TO "E";
DROP TYPE "two"."E_old";
ALTER TABLE "one"."T" ALTER COLUMN "e" SET DEFAULT 'A';
COMMIT;
