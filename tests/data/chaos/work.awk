# work.awk -v seed=N -v n=TRANSACTIONS -v max=KEYS -v long=N -- what a session
# does, as a script for psql: transactions short and, one of so many, long.
# Their stamps are those of their start.  Some will fail, on a unique value or in a deadlock; they
# are rolled back and so have never been.
function r(k) { return int(rand() * k) }
function key(letter) { return "'" letter r(max) "'" }
function some(what, n) {
	printf "(SELECT id FROM %s ORDER BY hashtext(id::text || '%d') LIMIT 1)",
	    what, r(1000000)
}
function statement(  k, l) {
	k = r(20)
	if (k < 4) {
		printf "INSERT INTO users (id, email, name) VALUES (%s, 'm%d', " \
		    "'N%d') ON CONFLICT DO NOTHING;\n", key("u"), r(max * 2),
		    r(9)
	} else if (k < 6) {
		printf "UPDATE users SET name = CASE name::text WHEN " \
		    "upper(name::text) THEN lower(name::text) ELSE " \
		    "upper(name::text) END::citext, \"updatedAt\" = now() " \
		    "WHERE id = %s;\n", key("u")
	} else if (k < 7) {
		printf "DELETE FROM users WHERE id = %s;\n", key("u")
	} else if (k < 9) { # two exchange their addresses
		k = key("u")
		l = key("u")
		printf "CREATE TEMP TABLE x ON COMMIT DROP AS SELECT id, email " \
		    "FROM users WHERE id IN (%s, %s) FOR UPDATE;\n", k, l
		printf "UPDATE users SET email = 'x' || id || txid_current() " \
		    "WHERE id IN (SELECT id FROM x);\n"
		printf "UPDATE users u SET email = x.email, \"updatedAt\" = " \
		    "now() FROM x WHERE u.id IN (SELECT id FROM x) AND " \
		    "(u.id <> x.id OR (SELECT count(*) FROM x) = 1);\nDROP " \
		    "TABLE x;\n"
	} else if (k < 11) {
		printf "INSERT INTO houses (id, owner, place) SELECT %s, id, %d " \
		    "FROM users WHERE id = %s ON CONFLICT DO NOTHING;\n",
		    key("h"), r(max * 3), key("u")
	} else if (k < 12) {
		printf "UPDATE houses SET place = (SELECT max(place) + 1 FROM " \
		    "houses), updated_at = now() WHERE id = %s;\n", key("h")
	} else if (k < 14) {
		printf "INSERT INTO perfumes (id, house, best_of, price) VALUES " \
		    "(%s, ", key("p")
		some("houses")
		printf ", "
		some("perfumes")
		printf ", %d.%d) ON CONFLICT DO NOTHING;\n", r(50), r(100)
	} else if (k < 16) {
		printf "UPDATE perfumes SET price = price * 1.0, details = " \
		    "'{\"n\": %d.0}', \"updatedAt\" = now() WHERE id = %s;\n",
		    r(100), key("p")
	} else if (k < 17) {
		printf "DELETE FROM perfumes WHERE id = %s;\n", key("p")
	} else if (k < 18) {
		printf "INSERT INTO tags (name) VALUES ('tag%d') ON CONFLICT DO " \
		    "NOTHING;\n", r(max)
	} else if (k < 19) {
		printf "INSERT INTO \"_PerfumeToTag\" SELECT p.id, t.id FROM "
		printf "(SELECT id FROM perfumes WHERE id = %s) p, ", key("p")
		printf "(SELECT id FROM tags WHERE name = 'tag%d') t " \
		    "ON CONFLICT DO NOTHING;\n", r(max)
	} else {
		printf "DELETE FROM tags WHERE name = 'tag%d';\n", r(max)
	}
}
BEGIN {
	srand(seed)
	for (i = 0; i < n; i++) {
		print "BEGIN;"
		for (j = r(6); j >= 0; j--)
			statement()
		if (long > 0 && r(long) == 0) { # a long one: others pass it by
			printf "SELECT pg_sleep(%.2f);\n", rand() * 1.2
			statement()
		}
		print "COMMIT;"
		if (long > 0 && r(3) == 0)
			printf "SELECT pg_sleep(%.3f);\n", rand() / 20
	}
}
