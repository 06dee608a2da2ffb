/* pickle.h - reads a Python pickle that holds a dictionary of NumPy arrays, as
 * data: nothing in it is executed.
 *
 * Just the opcodes that Python 3 writes (protocols 0 to 5) for
 * {'name': float32 or float64 array of one dimension, ...} are understood; any
 * other, and any other use of them, is an error that names offset and opcode.
 * Values of float64 are rounded to float.
 * Lib/pickletools.py of Python describes them. */
#ifndef SE_IMPORT_PICKLE_H
#define SE_IMPORT_PICKLE_H

#include "base/status.h"

#include <stddef.h>

enum { SE_PICKLE_MAX_ARRAYS = 8 };

struct se_pickle {
    int n_arrays;
    struct se_pickle_array { /* in the order of the file */
        char *name;
        int n;
        float *values; /* [n] */
    } array[SE_PICKLE_MAX_ARRAYS];
};

/* `name` is for messages: "stats.pkl: byte 12: opcode 0x63, expected ...". */
int se_pickle_parse(struct se_pickle *pickle, const void *bytes, size_t n_bytes,
                    const char *name, struct se_report *report);
int se_pickle_read(struct se_pickle *pickle, const char *path,
                   struct se_report *report);
void se_pickle_free(struct se_pickle *pickle);

#endif
