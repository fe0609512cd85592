#ifndef DB_SQL_H
#define DB_SQL_H

/*
 * The catalogue queries of lib/db/sql/, one a file, embedded at build time:
 * NAME.sql is sql_NAME.  Their comments name parameters and columns.
 */
extern const char sql_blockers[];
extern const char sql_change_children[];
extern const char sql_change_functions[];
extern const char sql_change_relation[];
extern const char sql_change_rights[];
extern const char sql_history_read[];
extern const char sql_introspect_columns[];
extern const char sql_introspect_constraints[];
extern const char sql_introspect_enums[];
extern const char sql_introspect_extensions[];
extern const char sql_introspect_fks[];
extern const char sql_introspect_indexes[];
extern const char sql_introspect_namespaces[];
extern const char sql_introspect_tables[];
extern const char sql_introspect_views[];
extern const char sql_keep_columns[];
extern const char sql_keep_stale[];
extern const char sql_lock_holder[];
extern const char sql_manners_blocks[];
extern const char sql_manners_look[];
extern const char sql_locks_held[];
extern const char sql_migrate_prelude[];
extern const char sql_own_find[];
extern const char sql_own_layout[];
extern const char sql_preview_counters[];
extern const char sql_preview_indexes[];
extern const char sql_preview_triggers[];
extern const char sql_roles[];
extern const char sql_rows_cascades[];
extern const char sql_rows_children[];
extern const char sql_rows_columns[];
extern const char sql_rows_fks[];
extern const char sql_rows_keys[];
extern const char sql_rows_parking[];
extern const char sql_rows_same[];
extern const char sql_rows_sequences[];
extern const char sql_rows_tables[];
extern const char sql_rows_unique[];
extern const char sql_runs_create[];
extern const char sql_runs_list[];
extern const char sql_schema_contents[];
extern const char sql_schema_dependents[];
extern const char sql_schema_tables[];
extern const char sql_sessions[];
extern const char sql_shadow_databases[];
extern const char sql_state_create[];
extern const char sql_state_table[];
extern const char sql_table_busy[];
extern const char sql_table_indexes[];
extern const char sql_table_lock[];
extern const char sql_watermark_open[];
extern const char sql_watermark_prepared[];
extern const char sql_watermark_source[];

#endif
