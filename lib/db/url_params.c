/*
 * The parameters of a connection URL: every one that Prisma documents is
 * translated to what libpq knows or dropped.  libpq itself refuses them.
 */
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/url_priv.h"

/* What becomes of a parameter; one that is not listed goes to libpq if it
 * knows the keyword, and is dropped, as by Prisma, if not. */
enum fate {
	FATE_DROP,
	FATE_NUMBER,	   /* checked, then dropped */
	FATE_PASS,
	FATE_PASS_NUMBER,
	FATE_SPECIAL	   /* see apply_special() */
};

static const struct {
	const char *name;
	enum fate fate;
} parameters[] = {
	{ "application_name", FATE_DROP }, /* ours names the program */
	{ "channel_binding", FATE_PASS },
	{ "connect_timeout", FATE_PASS_NUMBER },
	{ "connection_limit", FATE_NUMBER },
	{ "client_encoding", FATE_DROP },
	{ "host", FATE_SPECIAL },
	{ "max_connection_lifetime", FATE_NUMBER },
	{ "max_idle_connection_lifetime", FATE_NUMBER },
	{ "options", FATE_PASS },
	{ "pgbouncer", FATE_SPECIAL },
	{ "pool_timeout", FATE_NUMBER },
	{ "schema", FATE_SPECIAL },
	{ "single_use_connections", FATE_DROP },
	{ "socket_timeout", FATE_NUMBER },
	{ "sslaccept", FATE_SPECIAL },
	{ "sslcert", FATE_SPECIAL },
	{ "sslidentity", FATE_SPECIAL },
	{ "sslmode", FATE_SPECIAL },
	{ "sslpassword", FATE_SPECIAL },
	{ "statement_cache_size", FATE_NUMBER },
};

int
url_invalid(struct diag *d, const char *what)
{
	diag_hint(d, "write it as "
	    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
	    "special characters percent-encoded (@ is %%40)");
	return diag_set(d, "P1013: the provided database string is invalid: %s",
	    what);
}

void
url_add_key(struct url_parse *p, const char *key, const char *value)
{
	size_t i;

	if (value == NULL)
		return;
	for (i = 0; i < p->nkeys; i++)
		if (strcmp(p->key[i], key) == 0) {
			p->value[i] = value;
			return;
		}
	if (p->nkeys < MAX_KEYS) {
		p->key[p->nkeys] = key;
		p->value[p->nkeys++] = value;
	}
}

static int
is_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static int
known_to_libpq(const char *name)
{
	static PQconninfoOption *all;
	PQconninfoOption *o;

	if (all == NULL)
		all = PQconndefaults();
	for (o = all; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, name) == 0)
			return 1;
	return 0;
}

static char *
in_dir(struct url_parse *p, const char *path)
{
	if (path[0] == '/' || p->dir == NULL)
		return arena_strdup(p->mem, path);
	return arena_printf(p->mem, "%s/%s", p->dir, path);
}

static int
apply_special(struct url_parse *p, const char *name, const char *value)
{
	static const char *const modes[] = { "disable", "allow", "prefer",
		"require", "verify-ca", "verify-full" };
	size_t i;

	if (strcmp(name, "schema") == 0)
		p->url->schema = value;
	else if (strcmp(name, "host") == 0)
		p->url->host = value;
	else if (strcmp(name, "sslcert") == 0)
		p->sslcert = in_dir(p, value);
	else if (strcmp(name, "sslpassword") == 0)
		p->sslpassword = value;
	else if (strcmp(name, "sslaccept") == 0)
		p->strict = strcmp(value, "accept_invalid_certs") != 0;
	else if (strcmp(name, "sslidentity") == 0)
		warning("sslidentity is dropped: libpq takes PEM files, "
		    "as sslcert and sslkey");
	else if (strcmp(name, "pgbouncer") == 0) {
		if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
			return url_invalid(p->d, "pgbouncer is true or false");
		p->pgbouncer = strcmp(value, "true") == 0;
	} else { /* sslmode */
		for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (strcmp(value, modes[i]) == 0)
				p->sslmode = value;
		if (p->sslmode == NULL)
			return url_invalid(p->d, arena_printf(p->mem,
			    "sslmode '%s' is none of disable, allow, prefer, "
			    "require, verify-ca, verify-full", value));
	}
	return 0;
}

int
url_parameter(struct url_parse *p, const char *name, const char *value)
{
	enum fate fate = FATE_DROP;
	size_t i;

	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (strcmp(parameters[i].name, name) == 0)
			break;
	if (i < sizeof(parameters) / sizeof(parameters[0]))
		fate = parameters[i].fate;
	else if (known_to_libpq(name))
		fate = FATE_PASS;
	if ((fate == FATE_NUMBER || fate == FATE_PASS_NUMBER) &&
	    !is_number(value))
		return url_invalid(p->d, arena_printf(p->mem,
		    "%s is a number, not '%s'", name, value));
	if (fate == FATE_SPECIAL)
		return apply_special(p, name, value);
	if (fate == FATE_PASS || fate == FATE_PASS_NUMBER) {
		if (strcmp(name, "user") == 0)
			p->url->user = value;
		else if (strcmp(name, "password") == 0)
			p->url->password = value;
		else if (strcmp(name, "port") == 0)
			p->url->port = value;
		else if (strcmp(name, "dbname") == 0)
			p->url->dbname = value;
		else
			url_add_key(p, name, value);
	}
	return 0;
}

/*
 * Prisma's sslcert is the server's CA; libpq's is the client's certificate,
 * and goes with an sslkey.  Prisma verifies only with sslaccept=strict.
 */
void
url_translate_ssl(struct url_parse *p)
{
	static const char system_ca[] = "/etc/ssl/certs/ca-certificates.crt";
	int has_key = 0, has_root = 0, verify;
	size_t i;

	for (i = 0; i < p->nkeys; i++) {
		has_key |= strcmp(p->key[i], "sslkey") == 0;
		has_root |= strcmp(p->key[i], "sslrootcert") == 0;
	}
	if (p->strict &&
	    (p->sslmode == NULL || strcmp(p->sslmode, "disable") != 0) &&
	    (p->sslmode == NULL || strncmp(p->sslmode, "verify", 6) != 0))
		p->sslmode = "verify-full";
	url_add_key(p, "sslmode", p->sslmode);
	verify = p->sslmode != NULL && strncmp(p->sslmode, "verify", 6) == 0;
	if (has_key) {
		url_add_key(p, "sslcert", p->sslcert);
		url_add_key(p, "sslpassword", p->sslpassword);
	} else if (verify && !has_root && p->sslcert != NULL)
		url_add_key(p, "sslrootcert", p->sslcert);
	else if (p->strict && verify && !has_root &&
	    access(system_ca, R_OK) == 0)
		url_add_key(p, "sslrootcert", system_ca);
	diag_secret(p->sslpassword);
}
