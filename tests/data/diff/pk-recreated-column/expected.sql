-- AlterTable
ALTER TABLE "T" DROP CONSTRAINT "T_pkey",
DROP COLUMN "id",
ADD COLUMN     "id" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD CONSTRAINT "T_pkey" PRIMARY KEY ("id");
