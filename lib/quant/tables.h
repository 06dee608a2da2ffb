/* tables.h - the pair def_nn<id>_<name>.h and .c: names, files, arrays.
 *
 * What all layouts of C tables share. The pair appears in its folder complete
 * or not at all, and the same numbers give the same bytes. */
#ifndef SE_QUANT_TABLES_H
#define SE_QUANT_TABLES_H

#include "files/atomic.h"

#include <stdint.h>

enum { SE_TABLES_MAX_NAME = 40, SE_TABLES_MAX_ID = 99 };

/* Whose tables they are, and where. */
struct se_tables_place {
    const char *folder;   /* made if it is missing */
    int net_id;           /* 0..SE_TABLES_MAX_ID */
    const char *net_name; /* se_tables_check_name */
};

struct se_tables {
    FILE *header, *source;
    struct se_atomic_file header_file, source_file; /* tables.c's own */
};

/* SE_OK if `name` can be the end of a symbol's name: a C identifier of 1..40
 * characters, no keyword of C or C++. */
int se_tables_check_name(const char *name, struct se_report *report);

/* "Se2" -> "SE2", for macros. `upper` holds SE_TABLES_MAX_NAME + 1. */
void se_tables_upper(char *upper, const char *name);

enum se_tables_file {
    SE_TABLES_HEADER, /* def_nn<id>_<name>.h */
    SE_TABLES_SOURCE, /* def_nn<id>_<name>.c */
    SE_TABLES_GOLDEN  /* golden_nn<id>_<name>.h */
};

/* The name of a file, with its folder. SE_ERR_ARG: it does not fit into
 * path[size]. */
int se_tables_path(char *path, size_t size, const struct se_tables_place *place,
                   enum se_tables_file file, struct se_report *report);

/* Opens def_nn<net_id>_<net_name>.h and .c. SE_ERR_ARG: no good name or id, or
 * the folder has a net of this id by another name. */
int se_tables_open(struct se_tables *tables,
                   const struct se_tables_place *place,
                   struct se_report *report);

/* Both files appear, or none. */
int se_tables_commit(struct se_tables *tables, struct se_report *report);

/* Removes what was begun. Safe on a zeroed struct and after a commit. */
void se_tables_discard(struct se_tables *tables);

/* `text` as comment lines " * ..." of at most 80 characters, each of its lines
 * wrapped by itself; what would end the comment is broken up. */
void se_tables_comment(FILE *stream, const char *text);

/* "<declaration> = {...};" (as in "static const int8_t kernel0_se[12]"), the
 * same count of numbers on each line. n >= 1. */
void se_tables_int8(FILE *stream, const char *declaration, const int8_t *x,
                    int64_t n);
void se_tables_int16(FILE *stream, const char *declaration, const int16_t *x,
                     int64_t n);
void se_tables_uint8(FILE *stream, const char *declaration, const uint8_t *x,
                     int64_t n);
void se_tables_uint16(FILE *stream, const char *declaration, const uint16_t *x,
                      int64_t n);
void se_tables_int32(FILE *stream, const char *declaration, const int32_t *x,
                     int64_t n);

#endif
