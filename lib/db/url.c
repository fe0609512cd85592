/* Connection URLs: their parts, decoded.  The parameters: url_params.c. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/url_priv.h"

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

static int
parse_query(struct url_parse *p, const char *s)
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
				return url_invalid(p->d, "broken "
				    "percent-encoding in its parameters");
			if (url_parameter(p, name, value) == -1)
				return -1;
		}
		s = *end == '&' ? end + 1 : end;
	}
	return 0;
}

/* One host[:port]; an IPv6 address stands in brackets.  *port may be "". */
static int
parse_host(struct url_parse *p, const char *s, size_t n, char **host,
    char **port)
{
	const char *colon, *end = s + n, *close;

	*host = *port = "";
	if (n > 0 && *s == '[') {
		close = memchr(s, ']', n);
		if (close == NULL)
			return url_invalid(p->d, "']' is missing after the "
			    "IPv6 address");
		*host = arena_strndup(p->mem, s + 1, (size_t)(close - s - 1));
		colon = close + 1 < end ? close + 1 : NULL;
	} else {
		colon = memchr(s, ':', n);
		*host = decode(p->mem, s,
		    colon != NULL ? (size_t)(colon - s) : n);
	}
	if (colon != NULL)
		*port = arena_strndup(p->mem, colon + 1,
		    (size_t)(end - colon - 1));
	if (*host == NULL || (colon != NULL && *colon != ':') ||
	    (*port)[strspn(*port, "0123456789")] != '\0')
		return url_invalid(p->d, "its host or port cannot be read; a "
		    "':', '/', '@', '?' or '#' in the password has to be "
		    "percent-encoded");
	return 0;
}

/* One or more, separated by commas, as libpq has it. */
static int
parse_hosts(struct url_parse *p, const char *s, size_t n)
{
	const char *end = s + n, *hosts = NULL, *ports = NULL, *stop;
	char *host, *port;
	int any_port = 0;

	if (n == 0)
		return 0;
	for (;; s = stop + 1) {
		stop = memchr(s, ',', (size_t)(end - s));
		if (stop == NULL)
			stop = end;
		if (parse_host(p, s, (size_t)(stop - s), &host, &port) == -1)
			return -1;
		any_port |= *port != '\0';
		hosts = hosts == NULL ? host :
		    arena_printf(p->mem, "%s,%s", hosts, host);
		ports = ports == NULL ? port :
		    arena_printf(p->mem, "%s,%s", ports, port);
		if (stop == end)
			break;
	}
	if (*hosts != '\0')
		p->url->host = hosts;
	if (any_port)
		p->url->port = ports;
	return 0;
}

static int
parse_user(struct url_parse *p, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t len = colon == NULL ? n : (size_t)(colon - s);
	char *text;

	if ((text = decode(p->mem, s, len)) == NULL)
		return url_invalid(p->d, "broken percent-encoding in the user");
	if (*text != '\0')
		p->url->user = text;
	if (colon == NULL)
		return 0;
	text = decode(p->mem, colon + 1, n - len - 1);
	if (text == NULL)
		return url_invalid(p->d,
		    "broken percent-encoding in the password");
	if (*text != '\0')
		p->url->password = text;
	diag_secret(arena_strndup(p->mem, colon + 1, n - len - 1));
	return 0;
}

/* What stands between the scheme and the parameters. */
static int
parse_authority(struct url_parse *p, const char *s, size_t n)
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
		return url_invalid(p->d,
		    "broken percent-encoding in the database");
	p->url->dbname = name;
	return 0;
}

static int
looks_pooled(const struct db_url *u)
{
	return (u->host != NULL && strstr(u->host, "-pooler.") != NULL) ||
	    (u->port != NULL && strcmp(u->port, "6543") == 0);
}

static void
finish(struct url_parse *p)
{
	struct db_url *u = p->url;

	u->pooler = p->pgbouncer == -1 ? looks_pooled(u) : p->pgbouncer;
	url_translate_ssl(p);
	url_add_key(p, "host", u->host);
	url_add_key(p, "port", u->port);
	url_add_key(p, "user", u->user);
	url_add_key(p, "password", u->password);
	url_add_key(p, "dbname", u->dbname);
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

/*
 * Where the parameters begin.  A '?' in a password ought to be encoded; one
 * that is not is told by the '@' and the '/' that still follow it.
 */
static const char *
find_query(const char *s)
{
	const char *q = strchr(s, '?'), *at;

	if (q == NULL || memchr(s, '@', (size_t)(q - s)) != NULL ||
	    memchr(s, '/', (size_t)(q - s)) != NULL)
		return q;
	at = strrchr(q, '@');
	return at != NULL && strchr(at, '/') != NULL ? strchr(at, '?') : q;
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
	struct url_parse p = { .mem = mem, .d = d, .dir = dir, .url = url,
		.pgbouncer = -1 };
	const char *s, *query;
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
	query = find_query(s);
	n = query == NULL ? strlen(s) : (size_t)(query - s);
	url_add_key(&p, "connect_timeout", "5");
	if (parse_authority(&p, s, n) == -1 ||
	    (query != NULL && parse_query(&p, query + 1) == -1))
		return -1;
	finish(&p);
	return 0;
}

/* What libpq takes where the URL has none; a socket's folder is "". */
static const char *
host_of(const struct db_url *u)
{
	const char *host = u->host != NULL ? u->host : getenv("PGHOST");

	return host != NULL ? host : "";
}

static const char *
port_of(const struct db_url *u)
{
	const char *port = u->port != NULL ? u->port : getenv("PGPORT");

	return port != NULL && *port != '\0' ? port : "5432";
}

/* Of several hosts any may be meant; and 127.example.com is a name. */
int
url_is_local(const struct db_url *u)
{
	const char *h = host_of(u);

	if (strchr(h, ',') != NULL)
		return 0;
	return *h == '/' || *h == '@' || *h == '\0' ||
	    strcasecmp(h, "localhost") == 0 || strcmp(h, "::1") == 0 ||
	    (strncmp(h, "127.", 4) == 0 &&
	    h[strspn(h, "0123456789.")] == '\0');
}

int
url_is_same(const struct db_url *a, const struct db_url *b)
{
	return strcmp(port_of(a), port_of(b)) == 0 &&
	    strcmp(a->dbname, b->dbname) == 0 &&
	    (strcasecmp(host_of(a), host_of(b)) == 0 ||
	    (url_is_local(a) && url_is_local(b)));
}

char *
url_where(struct arena *mem, const struct db_url *u)
{
	const char *host = *host_of(u) == '\0' ? "localhost" : host_of(u);

	if (host[0] == '/')
		return arena_printf(mem, "unix:%s", host);
	return arena_printf(mem, strchr(host, ':') != NULL ? "[%s]:%s" :
	    "%s:%s", host, port_of(u));
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
