-- AlterTable
CREATE SEQUENCE t_n_seq;
ALTER TABLE "T" ALTER COLUMN "n" SET DEFAULT nextval('t_n_seq');
ALTER SEQUENCE t_n_seq OWNED BY "T"."n";
