# dbm: the two commands are `make demo' and `make check'; `make' builds.
# SAN=1 builds and tests with ASan and UBSan, in a tree of its own.

PREFIX	?= /usr/local
DESTDIR	?=
B	:= build$(if $(SAN),/san)

DEBS	:= gcc libc6-dev make pkg-config \
	bats mandoc jq bsdutils procps openssl pgbouncer time zstd \
	libpq-dev libpg-query-dev libbsd-dev libmd-dev libjansson-dev \
	postgresql postgresql-client

WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla $(if $(CI),-Werror)
CFLAGS	?= -O2 -g
ifdef SAN
HARDEN	:= -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
LDHARD	:= -fsanitize=address,undefined
else
HARDEN	:= -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
LDHARD	:= -pie -Wl,-z,relro,-z,now -Wl,--as-needed
endif

# Asked only when something is compiled: `make deps' may have to come first.
PKGS	= libpq libbsd-overlay libmd jansson
PKGCF	= $(eval PKGCF := $$(shell pkg-config --cflags $(PKGS)))$(PKGCF)
PKGLD	= $(eval PKGLD := $$(shell pkg-config --libs $(PKGS)))$(PKGLD)
CPP	= -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib \
	-DDBM_LIBEXECDIR='"$(PREFIX)/libexec/dbm"' \
	-DDBM_MANDIR='"$(PREFIX)/share/man"'
CC_ALL	= $(CC) -std=c11 $(WARN) $(HARDEN) -ffile-prefix-map=$(CURDIR)=. \
	$(CPP) $(PKGCF) $(CFLAGS)
# libc first: libpg_query has a strnlen of its own, and would be linked for it.
LIBS	= $(PKGLD) -lc -lpg_query -lm

LIBSRC	:= $(wildcard lib/*/*.c)
SQLSRC	:= $(sort $(wildcard lib/db/sql/*.sql))
LIBOBJ	:= $(LIBSRC:%.c=$B/obj/%.o) $B/obj/sql.o
PROGS	:= $(patsubst libexec/%.c,$B/libexec/dbm/%,$(wildcard libexec/dbm-*.c))
UNITS	:= $(patsubst tests/unit/%.c,$B/unit/%,$(wildcard tests/unit/*.c))

all: $B/bin/dbm $(PROGS) $B/share/man

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo CC $<; $(CC_ALL) -MMD -MP -c -o $@ $<

# The dispatcher knows where it is installed: another PREFIX, another dbm.
$B/prefix: FORCE
	@mkdir -p $(@D); echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
$B/obj/bin/dbm.o: $B/prefix
FORCE:

# Catalogue queries stand in files that psql can run; they are embedded here.
$B/obj/sql.c: $(SQLSRC) Makefile
	@mkdir -p $(@D)
	@for f in $(SQLSRC); do n=$${f##*/}; \
	printf 'extern const char sql_%s[];\nconst char sql_%s[] =\n' \
	    $${n%.sql} $${n%.sql}; \
	sed -e '/^--/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $$f; \
	echo ';'; done >$@

$B/obj/sql.o: $B/obj/sql.c
	@$(CC_ALL) -c -o $@ $<

$B/libdbm.a: $(LIBOBJ)
	@rm -f $@
	@$(AR) rcs $@ $(LIBOBJ)

$B/bin/dbm: $B/obj/bin/dbm.o $B/libdbm.a
	@mkdir -p $(@D)
	@$(CC) $(LDHARD) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/libexec/dbm/%: $B/obj/libexec/%.o $B/libdbm.a
	@mkdir -p $(@D)
	@$(CC) $(LDHARD) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/unit/%: $B/obj/tests/unit/%.o $B/libdbm.a
	@mkdir -p $(@D)
	@$(CC) $(LDHARD) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/share/man: $(wildcard man/*)
	@mkdir -p $@/man1 $@/man5 $@/man7
	@for f in man/*.[157]; do cp $$f $@/man$${f##*.}/; done; touch $@

# Installs what is missing, and calls apt only then.
deps:
	@missing=$$(for p in $(DEBS); do dpkg-query -W -f '$${Status}' $$p \
	    2>/dev/null | grep -q ' installed' || echo $$p; done); \
	[ -z "$$missing" ] || tests/install-debs $$missing

demo: deps
	@$(MAKE) --no-print-directory all
	@PATH="$(abspath $B)/bin:$$PATH" tests/demo

check: deps
	@$(MAKE) --no-print-directory all $(UNITS)
	@BUILD="$(abspath $B)" SAN="$(SAN)" tests/run

check-peer: deps
	@$(MAKE) --no-print-directory all
	@rc=0; export DBM="$(abspath $B)/bin/dbm"; \
	tests/peer/deploy.sh || rc=1; tests/peer/schema.sh || rc=1; exit $$rc

bench: deps
	@$(MAKE) --no-print-directory all
	@DBM="$(abspath $B)/bin/dbm" tests/bench/run

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/dbm
	install -m 755 $B/bin/dbm $(DESTDIR)$(PREFIX)/bin/dbm
	install -m 755 $(PROGS) $(DESTDIR)$(PREFIX)/libexec/dbm/
	for f in man/*.[157]; do install -D -m 644 $$f \
	    $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done
	install -D -m 644 completions/dbm.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dbm
	install -D -m 644 completions/_dbm \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_dbm
	install -D -m 644 completions/dbm.fish \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dbm.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/dbm
	rm -rf $(DESTDIR)$(PREFIX)/libexec/dbm
	for f in man/*.[157]; do rm -f \
	    $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dbm \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_dbm \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dbm.fish

clean:
	rm -rf build

.PHONY: all deps demo check check-peer bench install uninstall clean
.SECONDARY:
-include $(shell find $B/obj -name '*.d' 2>/dev/null)
