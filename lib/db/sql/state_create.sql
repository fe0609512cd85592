-- What sync remembers of each table, where no Prisma model keeps it; and its
-- mark, for which such a model has no column.
CREATE TABLE IF NOT EXISTS dbm."MigrationState" (
    "tableName"      text PRIMARY KEY,
    "lastMigratedAt" timestamp(3) NOT NULL,
    "recordCount"    bigint NOT NULL,
    mark             text,
    "updatedAt"      timestamp(3) NOT NULL
);
