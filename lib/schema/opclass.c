/*
 * Operator classes by the names that the schema language has for them; any
 * other is written raw("…").
 */
#include <string.h>

#include "schema/opclass.h"

#define GIN (1u << INDEX_GIN)
#define GIST (1u << INDEX_GIST)
#define SPGIST (1u << INDEX_SPGIST)
#define BRIN (1u << INDEX_BRIN)

static const struct opclass classes[] = {
	{ "InetOps", "inet_ops", GIST | SPGIST },
	{ "JsonbOps", "jsonb_ops", GIN },
	{ "JsonbPathOps", "jsonb_path_ops", GIN },
	{ "ArrayOps", "array_ops", GIN },
	{ "TextOps", "text_ops", SPGIST },
	{ "BitMinMaxOps", "bit_minmax_ops", BRIN },
	{ "VarBitMinMaxOps", "varbit_minmax_ops", BRIN },
	{ "BpcharBloomOps", "bpchar_bloom_ops", BRIN },
	{ "BpcharMinMaxOps", "bpchar_minmax_ops", BRIN },
	{ "ByteaBloomOps", "bytea_bloom_ops", BRIN },
	{ "ByteaMinMaxOps", "bytea_minmax_ops", BRIN },
	{ "DateBloomOps", "date_bloom_ops", BRIN },
	{ "DateMinMaxOps", "date_minmax_ops", BRIN },
	{ "DateMinMaxMultiOps", "date_minmax_multi_ops", BRIN },
	{ "Float4BloomOps", "float4_bloom_ops", BRIN },
	{ "Float4MinMaxOps", "float4_minmax_ops", BRIN },
	{ "Float4MinMaxMultiOps", "float4_minmax_multi_ops", BRIN },
	{ "Float8BloomOps", "float8_bloom_ops", BRIN },
	{ "Float8MinMaxOps", "float8_minmax_ops", BRIN },
	{ "Float8MinMaxMultiOps", "float8_minmax_multi_ops", BRIN },
	{ "InetInclusionOps", "inet_inclusion_ops", BRIN },
	{ "InetBloomOps", "inet_bloom_ops", BRIN },
	{ "InetMinMaxOps", "inet_minmax_ops", BRIN },
	{ "InetMinMaxMultiOps", "inet_minmax_multi_ops", BRIN },
	{ "Int2BloomOps", "int2_bloom_ops", BRIN },
	{ "Int2MinMaxOps", "int2_minmax_ops", BRIN },
	{ "Int2MinMaxMultiOps", "int2_minmax_multi_ops", BRIN },
	{ "Int4BloomOps", "int4_bloom_ops", BRIN },
	{ "Int4MinMaxOps", "int4_minmax_ops", BRIN },
	{ "Int4MinMaxMultiOps", "int4_minmax_multi_ops", BRIN },
	{ "Int8BloomOps", "int8_bloom_ops", BRIN },
	{ "Int8MinMaxOps", "int8_minmax_ops", BRIN },
	{ "Int8MinMaxMultiOps", "int8_minmax_multi_ops", BRIN },
	{ "NumericBloomOps", "numeric_bloom_ops", BRIN },
	{ "NumericMinMaxOps", "numeric_minmax_ops", BRIN },
	{ "NumericMinMaxMultiOps", "numeric_minmax_multi_ops", BRIN },
	{ "OidBloomOps", "oid_bloom_ops", BRIN },
	{ "OidMinMaxOps", "oid_minmax_ops", BRIN },
	{ "OidMinMaxMultiOps", "oid_minmax_multi_ops", BRIN },
	{ "TextBloomOps", "text_bloom_ops", BRIN },
	{ "TextMinMaxOps", "text_minmax_ops", BRIN },
	{ "TimestampBloomOps", "timestamp_bloom_ops", BRIN },
	{ "TimestampMinMaxOps", "timestamp_minmax_ops", BRIN },
	{ "TimestampMinMaxMultiOps", "timestamp_minmax_multi_ops", BRIN },
	{ "TimestampTzBloomOps", "timestamptz_bloom_ops", BRIN },
	{ "TimestampTzMinMaxOps", "timestamptz_minmax_ops", BRIN },
	{ "TimestampTzMinMaxMultiOps", "timestamptz_minmax_multi_ops", BRIN },
	{ "TimeBloomOps", "time_bloom_ops", BRIN },
	{ "TimeMinMaxOps", "time_minmax_ops", BRIN },
	{ "TimeMinMaxMultiOps", "time_minmax_multi_ops", BRIN },
	{ "TimeTzBloomOps", "timetz_bloom_ops", BRIN },
	{ "TimeTzMinMaxOps", "timetz_minmax_ops", BRIN },
	{ "TimeTzMinMaxMultiOps", "timetz_minmax_multi_ops", BRIN },
	{ "UuidBloomOps", "uuid_bloom_ops", BRIN },
	{ "UuidMinMaxOps", "uuid_minmax_ops", BRIN },
	{ "UuidMinMaxMultiOps", "uuid_minmax_multi_ops", BRIN },
};

const struct opclass *
opclass_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].name, name) == 0)
			return &classes[i];
	return NULL;
}

const struct opclass *
opclass_find_sql(const char *sql)
{
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].sql, sql) == 0)
			return &classes[i];
	return NULL;
}
