-- DropForeignKey
ALTER TABLE "public"."B" DROP CONSTRAINT "B_aId_fkey";

-- DropForeignKey
ALTER TABLE "public"."_AToC" DROP CONSTRAINT "_AToC_A_fkey";

-- DropForeignKey
ALTER TABLE "public"."_AToC" DROP CONSTRAINT "_AToC_B_fkey";

-- DropTable
DROP TABLE "public"."A";

-- DropTable
DROP TABLE "public"."B";

-- DropTable
DROP TABLE "public"."C";

-- DropTable
DROP TABLE "public"."_AToC";

-- DropEnum
DROP TYPE "public"."E";
