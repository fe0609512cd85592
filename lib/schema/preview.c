/*
 * Preview features: one table, the active ones in the order Prisma lists
 * them.
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "schema/finding.h"
#include "schema/preview.h"
#include "schema/schema.h"
#include "schema/suggest.h"

enum state {
	ACTIVE,
	HIDDEN,	 /* taken, not offered */
	STABLE,	 /* on without saying so */
	ENDING,	 /* will be taken away */
	RENAMED	 /* fullTextSearch */
};

static const struct {
	const char *name;
	enum state state;
	unsigned bit;
} features[] = {
	{ "fullTextSearchPostgres", ACTIVE, PREVIEW_FULLTEXT },
	{ "metrics", ENDING, 0 },
	{ "nativeDistinct", ACTIVE, 0 },
	{ "postgresqlExtensions", ACTIVE, PREVIEW_EXTENSIONS },
	{ "relationJoins", ACTIVE, 0 },
	{ "schemaEngineDriverAdapters", ACTIVE, 0 },
	{ "shardKeys", ACTIVE, PREVIEW_SHARD_KEYS },
	{ "strictUndefinedChecks", ACTIVE, 0 },
	{ "views", ACTIVE, PREVIEW_VIEWS },
	{ "reactNative", HIDDEN, 0 },
	{ "typedSql", HIDDEN, 0 },
	{ "fullTextSearch", RENAMED, PREVIEW_FULLTEXT },
	{ "aggregateApi", STABLE, 0 },
	{ "atomicNumberOperations", STABLE, 0 },
	{ "clientExtensions", STABLE, 0 },
	{ "cockroachdb", STABLE, 0 },
	{ "connectOrCreate", STABLE, 0 },
	{ "createMany", STABLE, 0 },
	{ "dataProxy", STABLE, 0 },
	{ "deno", STABLE, 0 },
	{ "distinct", STABLE, 0 },
	{ "driverAdapters", STABLE, 0 },
	{ "extendedIndexes", STABLE, 0 },
	{ "extendedWhereUnique", STABLE, 0 },
	{ "fieldReference", STABLE, 0 },
	{ "filteredRelationCount", STABLE, 0 },
	{ "filterJson", STABLE, 0 },
	{ "fullTextIndex", STABLE, 0 },
	{ "groupBy", STABLE, 0 },
	{ "improvedQueryRaw", STABLE, 0 },
	{ "interactiveTransactions", STABLE, 0 },
	{ "jsonProtocol", STABLE, 0 },
	{ "microsoftSqlServer", STABLE, 0 },
	{ "middlewares", STABLE, 0 },
	{ "mongoDb", STABLE, 0 },
	{ "multiSchema", STABLE, 0 },
	{ "namedConstraints", STABLE, 0 },
	{ "nApi", STABLE, 0 },
	{ "nativeTypes", STABLE, 0 },
	{ "omitApi", STABLE, 0 },
	{ "orderByAggregateGroup", STABLE, 0 },
	{ "orderByNulls", STABLE, 0 },
	{ "orderByRelation", STABLE, 0 },
	{ "prismaSchemaFolder", STABLE, 0 },
	{ "queryCompiler", STABLE, 0 },
	{ "referentialActions", STABLE, 0 },
	{ "referentialIntegrity", STABLE, 0 },
	{ "selectRelationCount", STABLE, 0 },
	{ "tracing", STABLE, 0 },
	{ "transactionApi", STABLE, 0 },
	{ "uncheckedScalarInputs", STABLE, 0 },
};
#define NFEATURES (sizeof(features) / sizeof(features[0]))

static void
unknown(struct findings *f, const char *name, struct span span)
{
	struct buf list = BUF_INIT;
	struct suggestion s;
	size_t i;

	suggest_begin(&s, f, name);
	for (i = 0; i < NFEATURES; i++) {
		if (features[i].state != ACTIVE && features[i].state != ENDING)
			continue;
		buf_addf(&list, "%s%s", list.len > 0 ? ", " : "",
		    features[i].name);
		suggest_offer(&s, features[i].name);
	}
	finding_error(f, span, "The preview feature \"%s\" is not known. "
	    "Expected one of: %s", name, buf_str(&list));
	suggest_tell(f, &s);
	buf_free(&list);
}

static void
warn(struct findings *f, const char *name, enum state state, struct span span)
{
	if (state == RENAMED)
		finding_warning(f, span, "On `provider = \"postgresql\"`, "
		    "preview feature \"%s\" has been renamed to "
		    "\"fullTextSearchPostgres\". Learn more at "
		    "https://pris.ly/d/fts-postgres.", name);
	else if (state == ENDING)
		finding_warning(f, span, "Preview feature \"%s\" is "
		    "deprecated. It will be removed in a future version of "
		    "Prisma.", name);
	else if (state == STABLE)
		finding_warning(f, span, "Preview feature \"%s\" is "
		    "deprecated. The functionality can be used without "
		    "specifying it as a preview feature.", name);
}

unsigned
preview_bit(struct findings *f, const char *name, struct span span)
{
	size_t i;

	for (i = 0; i < NFEATURES; i++)
		if (strcasecmp(features[i].name, name) == 0) {
			warn(f, name, features[i].state, span);
			return features[i].bit;
		}
	unknown(f, name, span);
	return 0;
}
