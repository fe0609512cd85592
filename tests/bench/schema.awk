# A schema of about `lines' lines, as large projects have them: models with
# keys to each other, enums, indexes, defaults, native types, comments.
BEGIN {
	print "datasource db {\n  provider = \"postgresql\"\n" \
	    "  url      = env(\"DATABASE_URL\")\n}\n"
	print "enum Role {\n  USER\n  EDITOR\n  ADMIN\n}"
	n = int((lines - 11) / 20)
	for (i = 1; i <= n; i++) {
		m = "Thing" i
		print "\n/// What thing " i " is about"
		print "model " m " {"
		print "  id        String    @id @default(cuid())"
		print "  createdAt DateTime  @default(now()) @map(\"created_at\")"
		print "  updatedAt DateTime  @updatedAt @map(\"updated_at\")"
		print "  name      String    @db.VarChar(200)"
		print "  slug      String    @unique"
		print "  role      Role      @default(USER)"
		print "  amount    Decimal   @default(0) @db.Decimal(12, 2)"
		print "  tags      String[]  @default([])"
		print "  settings  Json?"
		print "  seenAt    DateTime? @db.Timestamptz(6) // last time"
		if (i > 1) {
			print "  parentId  String?"
			print "  parent    Thing" i - 1 "? @relation(fields: " \
			    "[parentId], references: [id], onDelete: Cascade)"
		} else
			print "\n"
		print i < n ? "  children  Thing" i + 1 "[]" : ""
		print ""
		print "  @@index([name, createdAt(sort: Desc)])"
		print "  @@map(\"things_" i "\")"
		print "}"
	}
}
