/*
 * Connection URLs, with every parameter that Prisma documents translated to
 * what libpq knows or dropped.  libpq itself refuses Prisma's parameters.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/url.h"

#define MAX_KEYS 64

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

struct parse {
	struct arena *mem;
	struct diag *d;
	const char *dir;
	struct db_url *url;
	const char **key, **value;
	size_t nkeys;
	const char *sslcert, *sslmode, *sslpassword;
	int strict, pgbouncer; /* pgbouncer: -1 not said */
};

static int
invalid(struct diag *d, const char *what)
{
	diag_hint(d, "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE,"
	    " special characters percent-encoded (@ is %%40)");
	return diag_set(d, "P1013: the provided database string is invalid: %s",
	    what);
}

static int
hex(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: a broken escape, or an encoded NUL byte. */
static char *
decode(struct arena *mem, const char *s, size_t n)
{
	char *out = arena_alloc(mem, n + 1), *p = out;
	size_t i;
	int hi, lo;

	for (i = 0; i < n; i++) {
		if (s[i] != '%') {
			*p++ = s[i];
			continue;
		}
		if (i + 2 >= n || (hi = hex((unsigned char)s[i + 1])) < 0 ||
		    (lo = hex((unsigned char)s[i + 2])) < 0 || hi + lo == 0)
			return NULL;
		*p++ = (char)(hi * 16 + lo);
		i += 2;
	}
	*p = '\0';
	return out;
}

static void
add_key(struct parse *p, const char *key, const char *value)
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
in_dir(struct parse *p, const char *path)
{
	if (path[0] == '/' || p->dir == NULL)
		return arena_strdup(p->mem, path);
	return arena_printf(p->mem, "%s/%s", p->dir, path);
}

static int
apply_special(struct parse *p, const char *name, const char *value)
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
			return invalid(p->d, "pgbouncer is true or false");
		p->pgbouncer = strcmp(value, "true") == 0;
	} else { /* sslmode */
		for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (strcmp(value, modes[i]) == 0)
				p->sslmode = value;
		if (p->sslmode == NULL)
			return invalid(p->d, arena_printf(p->mem,
			    "sslmode '%s' is none of disable, allow, prefer, "
			    "require, verify-ca, verify-full", value));
	}
	return 0;
}

static int
apply(struct parse *p, const char *name, const char *value)
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
		return invalid(p->d, arena_printf(p->mem,
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
			add_key(p, name, value);
	}
	return 0;
}

static int
parse_query(struct parse *p, const char *s)
{
	const char *end, *eq;
	char *name, *value;

	while (*s != '\0') {
		end = s + strcspn(s, "&");
		eq = memchr(s, '=', (size_t)(end - s));
		if (eq != NULL) {
			name = decode(p->mem, s, (size_t)(eq - s));
			value = decode(p->mem, eq + 1, (size_t)(end - eq - 1));
			if (name == NULL || value == NULL)
				return invalid(p->d, "broken percent-encoding "
				    "in its parameters");
			if (apply(p, name, value) == -1)
				return -1;
		}
		s = *end == '&' ? end + 1 : end;
	}
	return 0;
}

/* One or more host[:port], separated by commas as libpq has it. */
static int
parse_hosts(struct parse *p, const char *s, size_t n)
{
	struct buf hosts = BUF_INIT, ports = BUF_INIT;
	const char *end = s + n, *close, *colon, *stop;
	char *host;
	int any_port = 0, rc = 0;

	while (s <= end && n > 0) {
		stop = memchr(s, ',', (size_t)(end - s));
		if (stop == NULL)
			stop = end;
		colon = NULL;
		if (*s == '[') {
			close = memchr(s, ']', (size_t)(stop - s));
			if (close == NULL) {
				rc = invalid(p->d, "']' is missing after the "
				    "IPv6 address");
				break;
			}
			host = arena_strndup(p->mem, s + 1,
			    (size_t)(close - s - 1));
			if (close + 1 < stop)
				colon = close + 1;
		} else {
			colon = memchr(s, ':', (size_t)(stop - s));
			host = decode(p->mem, s,
			    (size_t)((colon != NULL ? colon : stop) - s));
		}
		if (host == NULL ||
		    (colon != NULL && (*colon != ':' ||
		    strspn(colon + 1, "0123456789") !=
			(size_t)(stop - colon - 1)))) {
			rc = invalid(p->d, "its host or port cannot be read; "
			    "a ':', '/', '@', '?' or '#' in the password has "
			    "to be percent-encoded");
			break;
		}
		if (hosts.data != NULL) {
			buf_addc(&hosts, ',');
			buf_addc(&ports, ',');
		}
		buf_adds(&hosts, host);
		if (colon != NULL && stop > colon + 1) {
			buf_add(&ports, colon + 1, (size_t)(stop - colon - 1));
			any_port = 1;
		} else
			buf_adds(&ports, "");
		if (stop == end)
			break;
		s = stop + 1;
	}
	if (hosts.len > 0)
		p->url->host = arena_strdup(p->mem, hosts.data);
	if (any_port)
		p->url->port = arena_strdup(p->mem, ports.data);
	buf_free(&hosts);
	buf_free(&ports);
	return rc;
}

static int
parse_user(struct parse *p, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t len = colon == NULL ? n : (size_t)(colon - s);
	char *text;

	if ((text = decode(p->mem, s, len)) == NULL)
		return invalid(p->d, "broken percent-encoding in the user");
	if (*text != '\0')
		p->url->user = text;
	if (colon == NULL)
		return 0;
	text = decode(p->mem, colon + 1, n - len - 1);
	if (text == NULL)
		return invalid(p->d, "broken percent-encoding in the password");
	if (*text != '\0')
		p->url->password = text;
	diag_secret(arena_strndup(p->mem, colon + 1, n - len - 1));
	return 0;
}

/* What stands between the scheme and the parameters. */
static int
parse_authority(struct parse *p, const char *s, size_t n)
{
	const char *slash, *at = NULL, *q;
	size_t len;
	char *name;

	/* The password may hold a '/': the last '@' ends it all the same. */
	for (q = s; q < s + n; q++)
		if (*q == '@')
			at = q;
	if (at != NULL && parse_user(p, s, (size_t)(at - s)) == -1)
		return -1;
	if (at != NULL) {
		n -= (size_t)(at + 1 - s);
		s = at + 1;
	}
	slash = memchr(s, '/', n);
	len = slash == NULL ? n : (size_t)(slash - s);
	if (parse_hosts(p, s, len) == -1)
		return -1;
	if (slash == NULL || len + 1 == n)
		return 0;
	name = decode(p->mem, slash + 1, n - len - 1);
	if (name == NULL)
		return invalid(p->d, "broken percent-encoding in the database");
	p->url->dbname = name;
	return 0;
}

/*
 * Prisma's sslcert is the server's CA; libpq's is the client's certificate,
 * and goes with an sslkey.  Prisma verifies only with sslaccept=strict.
 */
static void
translate_ssl(struct parse *p)
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
	add_key(p, "sslmode", p->sslmode);
	verify = p->sslmode != NULL && strncmp(p->sslmode, "verify", 6) == 0;
	if (has_key) {
		add_key(p, "sslcert", p->sslcert);
		add_key(p, "sslpassword", p->sslpassword);
	} else if (verify && !has_root && p->sslcert != NULL)
		add_key(p, "sslrootcert", p->sslcert);
	else if (p->strict && verify && !has_root &&
	    access(system_ca, R_OK) == 0)
		add_key(p, "sslrootcert", system_ca);
	diag_secret(p->sslpassword);
}

static int
looks_pooled(const struct db_url *u)
{
	return (u->host != NULL && strstr(u->host, "-pooler.") != NULL) ||
	    (u->port != NULL && strcmp(u->port, "6543") == 0);
}

static void
finish(struct parse *p)
{
	struct db_url *u = p->url;

	u->pooler = p->pgbouncer == -1 ? looks_pooled(u) : p->pgbouncer;
	translate_ssl(p);
	add_key(p, "host", u->host);
	add_key(p, "port", u->port);
	add_key(p, "user", u->user);
	add_key(p, "password", u->password);
	add_key(p, "dbname", u->dbname);
	diag_secret(u->password);
	p->key[p->nkeys] = NULL;
	p->value[p->nkeys] = NULL;
	u->keys = p->key;
	u->values = p->value;
}

static int
not_postgresql(struct diag *d, const char *text)
{
	if (strncmp(text, "prisma://", 9) == 0 ||
	    strncmp(text, "prisma+postgres://", 18) == 0) {
		diag_hint(d, "set DIRECT_URL (or NAME_DIRECT_URL for a short "
		    "name, or directUrl in the schema) to the "
		    "postgresql:// address of the database itself");
		return diag_set(d, "'%.*s://' addresses Prisma's HTTP service, "
		    "which is not a PostgreSQL connection",
		    (int)strcspn(text, ":"), text);
	}
	diag_hint(d, "dbm works with PostgreSQL: the URL must start with "
	    "postgresql:// or postgres://");
	return diag_set(d, "P1013: the provided database string is invalid: "
	    "the URL must start with the protocol `postgresql://` or "
	    "`postgres://`");
}

int
url_looks_like(const char *s)
{
	return strstr(s, "://") != NULL || strncmp(s, "file:", 5) == 0;
}

int
url_parse(struct arena *mem, const char *text, const char *dir,
    struct db_url *url, struct diag *d)
{
	struct parse p = { .mem = mem, .d = d, .dir = dir, .url = url,
		.pgbouncer = -1 };
	const char *s, *query, *at;
	size_t n;

	memset(url, 0, sizeof(*url));
	url->schema = "public";
	url->dbname = "postgres";
	url->text = arena_strdup(mem, text);
	p.key = arena_array(mem, const char *, MAX_KEYS + 1);
	p.value = arena_array(mem, const char *, MAX_KEYS + 1);
	if (strncmp(text, "postgresql://", 13) == 0)
		s = text + 13;
	else if (strncmp(text, "postgres://", 11) == 0)
		s = text + 11;
	else
		return not_postgresql(d, text);
	/* A '#' or '?' in a password ought to be encoded; one that is not is
	 * told from a parameter list by the '@' after it. */
	at = strrchr(s, '@');
	query = strchr(at != NULL && strchr(at, '/') != NULL ? at : s, '?');
	n = query == NULL ? strlen(s) : (size_t)(query - s);
	add_key(&p, "connect_timeout", "5");
	if (parse_authority(&p, s, n) == -1 ||
	    (query != NULL && parse_query(&p, query + 1) == -1))
		return -1;
	finish(&p);
	return 0;
}

char *
url_public(struct arena *mem, const char *text)
{
	const char *scheme = strstr(text, "://"), *at, *colon, *end;
	struct buf b = BUF_INIT;
	char *out;

	end = text + strcspn(text, "?");
	if (scheme == NULL)
		return arena_strdup(mem, text);
	scheme += 3;
	for (at = end; at > scheme && *at != '@'; at--)
		continue;
	colon = at == scheme ? NULL :
	    memchr(scheme, ':', (size_t)(at - scheme));
	if (colon == NULL)
		diag_redact(&b, text);
	else {
		buf_add(&b, text, (size_t)(colon + 1 - text));
		buf_adds(&b, "***");
		diag_redact(&b, at);
	}
	out = arena_strdup(mem, buf_str(&b));
	buf_free(&b);
	return out;
}

char *
url_where(struct arena *mem, const struct db_url *u)
{
	const char *host = u->host != NULL ? u->host : getenv("PGHOST");
	const char *port = u->port != NULL ? u->port : getenv("PGPORT");

	if (host == NULL || *host == '\0')
		host = "localhost";
	if (host[0] == '/')
		return arena_printf(mem, "unix:%s", host);
	return arena_printf(mem, strchr(host, ':') != NULL ? "[%s]:%s" :
	    "%s:%s", host, port != NULL && *port != '\0' ? port : "5432");
}

int
url_with_dbname(struct arena *mem, const struct db_url *from,
    const char *dbname, struct db_url *to)
{
	const char **values = arena_array(mem, const char *, MAX_KEYS + 1);
	size_t i;

	*to = *from;
	to->dbname = dbname;
	for (i = 0; from->keys[i] != NULL; i++)
		values[i] = strcmp(from->keys[i], "dbname") == 0 ? dbname :
		    from->values[i];
	to->values = values;
	return 0;
}
