# dbm generate: the project's own generators.
load helper
load migrate

setup() {
	empty_project
	cat >prisma/schema.prisma <<-'END'
	datasource db {
	  provider = "postgresql"
	  url      = env("DATABASE_URL")
	}

	generator client {
	  provider = "prisma-client-js"
	}

	model A {
	  id Int @id
	}
	END
}

installed() { # [FOLDER]
	mkdir -p "${1:-.}/node_modules/.bin"
	printf '#!/bin/sh\necho "${1:-here} $*"; exit ${STATUS:-0}\n' \
	    >"${1:-.}/node_modules/.bin/prisma"
	chmod +x "${1:-.}/node_modules/.bin/prisma"
}

@test "generate: runs prisma generate for the schema" {
	installed
	run -0 dbm generate
	[ "$output" = "generate generate --schema prisma/schema.prisma" ]
	run -0 dbm generate -- --no-hints --generator client
	has "--schema prisma/schema.prisma --no-hints --generator client"
}

@test "generate: the nearest one upwards of the schema" {
	installed
	installed prisma
	printf '#!/bin/sh\necho near\n' >prisma/node_modules/.bin/prisma
	run -0 dbm generate
	[ "$output" = near ]
	rm -r prisma/node_modules
	cd prisma
	run -0 dbm generate
	has "--schema schema.prisma"
}

@test "generate: its status is ours, as is its death" {
	installed
	STATUS=3 run -3 dbm generate
	printf '#!/bin/sh\nkill -TERM $$\n' >node_modules/.bin/prisma
	run -143 dbm generate
}

@test "generate: no generator is no failure, and said" {
	sed -i '/generator/,/}/d' prisma/schema.prisma
	run -0 dbm generate
	has "no generator in prisma/schema.prisma"
}

@test "generate: not installed is 2, with what helps" {
	run -2 dbm generate
	has "node_modules/.bin/prisma"
	has "npm install"
}

@test "generate: no schema, a broken one, a database is not needed" {
	installed
	unset DATABASE_URL
	run -0 dbm generate
	echo 'model B {' >>prisma/schema.prisma
	run -2 dbm generate
	has "prisma/schema.prisma:"
	rm prisma/schema.prisma
	run -2 dbm generate
	has "no schema"
}

@test "generate: ^C goes to it" {
	installed
	printf '#!/bin/sh\ntouch began; exec sleep 20\n' \
	    >node_modules/.bin/prisma
	start dbm generate
	within 10 test -e began
	kill -INT "$pid"
	ended 130
}
