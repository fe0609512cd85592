/*
 * Folders and users.
 */
#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/file.h"
#include "server/place.h"

#define ROOT_BASE "/var/lib/dbm"

/* /dbm-4294967295-0123abcd/.s.PGSQL.5432 and the NUL, of sun_path's 108 */
#define PARENT_MAX (108 - 41)

static struct passwd *
keep(struct arena *a, const struct passwd *found)
{
	struct passwd *pw = arena_new_of(a, struct passwd);

	*pw = *found;
	pw->pw_name = arena_strdup(a, found->pw_name);
	pw->pw_dir = arena_strdup(a, found->pw_dir);
	return pw;
}

/* Who owns the servers that are there already goes on owning them. */
static const struct passwd *
unprivileged(struct arena *a)
{
	const struct passwd *pw = NULL;
	struct stat st;

	if (lstat(ROOT_BASE, &st) == 0 && st.st_uid != 0)
		pw = getpwuid(st.st_uid);
	if (pw == NULL)
		pw = getpwnam("postgres");
	if (pw == NULL)
		pw = getpwnam("nobody");
	return pw == NULL || pw->pw_uid == 0 ? NULL : keep(a, pw);
}

static int
find_as_root(struct arena *a, struct place *p, struct diag *d)
{
	struct stat st;

	p->user = unprivileged(a);
	if (p->user == NULL) {
		diag_hint(d, "create a user 'postgres'");
		return diag_set(d, "PostgreSQL refuses to run as root, and "
		    "there is no user 'postgres' or 'nobody'");
	}
	p->uid = p->user->pw_uid;
	p->base = ROOT_BASE;
	if (mkdir(ROOT_BASE, 0700) == -1 && errno != EEXIST)
		return diag_errno(d, "cannot create folder '%s'", ROOT_BASE);
	/* Only root can have put a link or a file there: /var/lib is root's. */
	if (lstat(ROOT_BASE, &st) == -1 || !S_ISDIR(st.st_mode))
		return diag_set(d, "'%s' is not a folder", ROOT_BASE);
	if (st.st_uid != p->uid &&
	    lchown(ROOT_BASE, p->uid, p->user->pw_gid) == -1)
		return diag_errno(d, "cannot give '%s' to user '%s'", ROOT_BASE,
		    p->user->pw_name);
	return 0;
}

/* A service user may have no home to write to: a folder in /tmp, then. */
const char *
place_cache(struct arena *a, struct diag *d)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CACHE_HOME");
	char *dir;

	if (xdg != NULL && *xdg == '/')
		dir = arena_printf(a, "%s/dbm", xdg);
	else if (home != NULL && *home == '/' && access(home, W_OK) == 0)
		dir = arena_printf(a, "%s/.cache/dbm", home);
	else
		return arena_printf(a, "/tmp/dbm-cache-%u",
		    (unsigned)geteuid());
	*strrchr(dir, '/') = '\0';
	if (file_mkdirs(dir, 0700, d) == -1)
		return NULL;
	dir[strlen(dir)] = '/';
	return dir;
}

int
place_find(struct arena *a, struct place *p, struct diag *d)
{
	memset(p, 0, sizeof(*p));
	if (geteuid() == 0)
		return find_as_root(a, p, d);
	p->uid = geteuid();
	p->base = place_cache(a, d);
	return p->base == NULL ? -1 : place_own_folder(p->base, d);
}

static void
clean_environment(void)
{
	static const char *const variable[] = { "PGDATA", "PGPORT", "PGHOST",
		"PGHOSTADDR", "PGDATABASE", "PGUSER", "PGPASSWORD",
		"PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS",
		"PGAPPNAME", "PGSSLMODE", "PGTZ", "PGDATESTYLE",
		"PGCLIENTENCODING" };
	size_t i;

	for (i = 0; i < sizeof(variable) / sizeof(variable[0]); i++)
		unsetenv(variable[i]);
	/* Spares initdb the search for the name of the local time zone. */
	setenv("TZ", "UTC", 1);
}

int
place_become(const struct place *p, struct diag *d)
{
	umask(077);
	clean_environment();
	if (p->user != NULL && (initgroups(p->user->pw_name, p->user->pw_gid)
	    == -1 || setgid(p->user->pw_gid) == -1 ||
	    setuid(p->user->pw_uid) == -1))
		return diag_errno(d, "cannot become user '%s'",
		    p->user->pw_name);
	if (p->user != NULL)
		setenv("HOME", p->user->pw_dir, 1);
	/* The folder we were started in may be closed to that user. */
	if (chdir("/") == -1)
		return diag_errno(d, "cannot enter '/'");
	return 0;
}

int
place_is_own(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

int
place_own_folder(const char *path, struct diag *d)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return diag_errno(d, "cannot create folder '%s'", path);
	if (place_is_own(path))
		return 0;
	diag_hint(d, "it must be a folder of user id %u with mode 700; look "
	    "at it, then remove it", (unsigned)geteuid());
	return diag_set(d, "'%s' is not ours alone", path);
}

const char *
place_socket_parent(void)
{
	const char *dir = getenv("TMPDIR");

	/* A comma would end the folder's name in unix_socket_directories. */
	if (dir != NULL && *dir == '/' && strlen(dir) < PARENT_MAX &&
	    dir[strspn(dir, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")] == '\0' &&
	    file_is_dir(dir) && access(dir, W_OK | X_OK) == 0)
		return dir;
	return "/tmp";
}

char *
place_url(struct arena *a, const char *socket, const char *dbname)
{
	/* The port is named lest PGPORT decide. */
	return arena_printf(a, "postgresql://postgres@localhost:5432/%s"
	    "?host=%s", dbname, socket);
}

char *
place_lasting_url(struct arena *a, const struct place *p, const char *socket,
    const char *dbname)
{
	const struct passwd *pw = p->user != NULL ? p->user :
	    getpwuid(p->uid);
	char *url = place_url(a, socket, dbname);

	return pw == NULL ? url :
	    arena_printf(a, "%s&requirepeer=%s", url, pw->pw_name);
}
