-- AlterTable
CREATE SEQUENCE thetable_theid_seq;
ALTER TABLE "TheTable" ALTER COLUMN "theId" SET DEFAULT nextval('thetable_theid_seq');
ALTER SEQUENCE thetable_theid_seq OWNED BY "TheTable"."theId";
