-- AlterTable
CREATE SEQUENCE "One".t_n_seq;
ALTER TABLE "One"."T" ALTER COLUMN "n" SET DEFAULT nextval('"One".t_n_seq');
ALTER SEQUENCE "One".t_n_seq OWNED BY "One"."T"."n";
