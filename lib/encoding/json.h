/* json.h - JSON by cJSON, checked.
 *
 * Built: a lack of memory anywhere is remembered and is an error at the end,
 * never a file that lacks something. Read: nothing deeper or larger than the
 * reader allows gets as far as cJSON. */
#ifndef SE_ENCODING_JSON_H
#define SE_ENCODING_JSON_H

#include "base/status.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdio.h>

/* ---- building ------------------------------------------------------------ */

struct se_json {
    cJSON *root; /* the object that is built */
    int failed;  /* there was no memory for something */
};

/* An empty object. What is built must be ended with se_json_save,
 * se_json_line or se_json_drop. */
struct se_json se_json_start(void);

/* Add to an object under `key`, or to an array (key NULL). `to` may be NULL,
 * as the first two return it where memory was lacking. */
cJSON *se_json_add_object(struct se_json *json, cJSON *to, const char *key);
cJSON *se_json_add_array(struct se_json *json, cJSON *to, const char *key);
void se_json_add_number(struct se_json *json, cJSON *to, const char *key,
                        double value);
void se_json_add_bool(struct se_json *json, cJSON *to, const char *key,
                      int value);
/* What is not UTF-8 becomes '?'. */
void se_json_add_text(struct se_json *json, cJSON *to, const char *key,
                      const char *text);
/* A number as it is to be written: "1.5e-07". */
void se_json_add_raw(struct se_json *json, cJSON *to, const char *key,
                     const char *number);
/* NULL adds nothing. */
void se_json_add_copy(struct se_json *json, cJSON *to, const char *key,
                      const cJSON *item);

/* Writes the object to a file, atomically, with line breaks. */
int se_json_save(struct se_json *json, const char *path,
                 struct se_report *report);

/* The object in one line (free it); NULL without memory. */
char *se_json_line(struct se_json *json);

void se_json_drop(struct se_json *json);

/* A float as the shortest decimal number that is the same float: 0.1, not
 * 0.10000000149. */
double se_json_decimal(float value);

/* ---- printing ------------------------------------------------------------ */

/* A string in quotes. What is not UTF-8 becomes '?'. */
void se_json_print_text(FILE *stream, const char *text);

/* "key": 1.50, with so many decimals, or of so many digits in all; null for
 * what is not finite. */
void se_json_print_fixed(FILE *stream, const char *key, double value,
                         int n_decimals);
void se_json_print_number(FILE *stream, const char *key, double value,
                          int n_digits);

/* ---- reading ------------------------------------------------------------- */

/* What a text may hold. */
struct se_json_limits {
    size_t n_bytes;
    int depth;           /* of objects and arrays in one another */
    int n_commas;        /* bounds the memory: cJSON takes 64 bytes a value */
    const char *outside; /* the characters outside of strings; NULL: JSON's */
    const char *part;    /* "header" of the file, for messages; NULL: all */
};

struct se_json_text {
    const char *bytes; /* bytes[n] is 0 */
    size_t n;
    const char *path; /* of the file that it is from, for messages */
};

/* Parses an object (cJSON_Delete it). Also refused are control and zero
 * characters in strings, numbers with leading zeros and anything behind the
 * object: cJSON would let them pass. SE_ERR_FORMAT begins with the path and
 * names the byte. */
int se_json_parse(cJSON **object, const struct se_json_text *text,
                  const struct se_json_limits *limits,
                  struct se_report *report);

/* The same of a line of a file in JSON lines, such as a history: some dozens of
 * members, 64 KB at most. */
int se_json_parse_line(cJSON **object, const char *line, const char *path,
                       struct se_report *report);

/* The same of a file. */
int se_json_read(cJSON **object, const char *path,
                 const struct se_json_limits *limits, struct se_report *report);

/* A member, exactly of that name; NULL if there is none, or no object. */
const cJSON *se_json_at(const cJSON *object, const char *key);

/* Members of one kind, or SE_ERR_FORMAT: a number of `least` or more, a whole
 * number from 1 to `most`, a string, an array of exactly n finite numbers of
 * `least` or more each. */
int se_json_get_number(double *value, const cJSON *object, const char *key,
                       double least);
int se_json_get_count(int *value, const cJSON *object, const char *key,
                      int most);
int se_json_get_text(const char **text, const cJSON *object, const char *key);
int se_json_get_numbers(double *numbers, int n, double least,
                        const cJSON *object, const char *key);

/* The first member by which two objects differ, by value or because only one
 * has it, and both values for a message: "\"x\"" or "12", cut to size. */
struct se_json_difference {
    const char *name; /* inside one of the objects */
    char was[101];    /* "unknown": `before` lacks it */
    char is[101];     /* `missing`: `now` lacks it */
};

/* Whether they differ; sets *difference if so. */
int se_json_differ(struct se_json_difference *difference, const cJSON *before,
                   const cJSON *now, const char *missing);

#endif
