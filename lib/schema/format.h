#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

struct arena;
struct buf;
struct schema;
struct source;
struct sources;

/*
 * The canonical text of a schema's files: columns aligned, attributes in
 * order, one blank line between blocks; and, if names and types are sound,
 * with the back relations and @relation arguments that are missing.  What is
 * not understood is kept as it stands, so any text can be formatted.  The
 * result has the same paths; its texts live as long as the arena.
 */
void schema_format(struct arena *, const struct sources *,
    struct sources *result);

/* The same for one that is resolved already. */
void schema_format_resolved(struct arena *, const struct schema *,
    struct sources *result);

/* The same for one text, with nothing filled in; appended to the buf. */
void format_text(const struct source *, struct buf *);

#endif
