-- DropTable
DROP TABLE "one"."A";

-- DropEnum
DROP TYPE "one"."E";
