#ifndef SCHEMA_CONFIG_PRIV_H
#define SCHEMA_CONFIG_PRIV_H

#include "schema/resolve_priv.h"

/* Of two with one name the later one; NULL: there is none. */
const struct ast_property *config_property(const struct ast_block *,
    const char *name);
const struct ast_expr *config_value(const struct ast_block *,
    const char *name);
/* 0: one has no value, which ends it, as in the engine. */
int config_have_values(struct resolve *, const struct ast_block *,
    const char *kind);
/* "…", or the name in env("…"); NULL: neither, which has been told. */
const char *config_string_or_env(struct resolve *, const struct ast_expr *);

/* 0: nothing of it can be used. */
int config_datasource(struct resolve *, const struct ast_block *,
    struct schema_datasource *);

#endif
