/* pickle_private.h - the machine that reads pickles: its stack and its objects
 * (pickle_machine.c), and the calls of NumPy (pickle_numpy.c), for the opcodes
 * (pickle.c).
 *
 * Objects live in one table and are never changed but in two places, where
 * NumPy's arrays and types are made: created empty by REDUCE, filled by BUILD.
 */
#ifndef SE_IMPORT_PICKLE_PRIVATE_H
#define SE_IMPORT_PICKLE_PRIVATE_H

#include "import/pickle.h"

#include <stdint.h>

enum {
    SE_PICKLE_MAX_OBJECTS = 1024,
    SE_PICKLE_MAX_STACK = 64,
    SE_PICKLE_MAX_MEMO = 256, /* what BINGET can name */
    SE_PICKLE_MAX_ITEMS = 8,  /* of a tuple: numpy's dtype has a state of 8 */
    SE_PICKLE_MAX_VALUES = 1 << 16,
};

enum se_object_kind {
    SE_OBJECT_MARK,
    SE_OBJECT_NONE,
    SE_OBJECT_BOOL,
    SE_OBJECT_INT,
    SE_OBJECT_TEXT,
    SE_OBJECT_BYTES,
    SE_OBJECT_TUPLE,
    SE_OBJECT_DICT,
    SE_OBJECT_RECONSTRUCT, /* numpy.core.multiarray._reconstruct */
    SE_OBJECT_NDARRAY,     /* numpy.ndarray */
    SE_OBJECT_DTYPE,       /* numpy.dtype */
    SE_OBJECT_NEW_FLOAT32, /* dtype('f4', False, True), not yet filled */
    SE_OBJECT_FLOAT32,     /* little endian */
    SE_OBJECT_NEW_ARRAY, /* _reconstruct(ndarray, (0,), b'b'), not yet filled */
    SE_OBJECT_ARRAY,
};

struct se_pickle_object {
    enum se_object_kind kind;
    int32_t number; /* an INT or BOOL itself; how many, of TUPLE and ARRAY */
    const uint8_t *bytes; /* of TEXT, BYTES and ARRAY, in the file */
    uint32_t n_bytes;
    int item[SE_PICKLE_MAX_ITEMS]; /* objects of a TUPLE */
};

struct se_pickle_machine {
    const uint8_t *start, *at, *end;
    const uint8_t *opcode; /* the current one */
    struct se_pickle_object object[SE_PICKLE_MAX_OBJECTS];
    int n_objects;
    int stack[SE_PICKLE_MAX_STACK];
    int n_stack;
    int memo[SE_PICKLE_MAX_MEMO];
    int n_memo;
    struct se_pickle *result;
    const char *name;
    struct se_report *report;
};

/* Fails at the current opcode. */
int se_pickle_refuse(const struct se_pickle_machine *m, const char *what);

/* The stack takes an object that exists, or a new one. */
int se_pickle_push(struct se_pickle_machine *m, int object);
int se_pickle_push_new(struct se_pickle_machine *m,
                       struct se_pickle_object object);
int se_pickle_push_kind(struct se_pickle_machine *m, enum se_object_kind kind,
                        int number);

/* The object `depth` below the top of the stack, which has that many. */
struct se_pickle_object *se_pickle_peek(struct se_pickle_machine *m, int depth);

/* Whether the top of the stack has n objects of these kinds, the top one last.
 */
int se_pickle_tops_are(struct se_pickle_machine *m,
                       const enum se_object_kind *kinds, int n);

int se_pickle_is_text(const struct se_pickle_object *object, const char *text);

/* REDUCE and BUILD: the calls and states that make arrays of NumPy. */
int se_pickle_reduce(struct se_pickle_machine *m);
int se_pickle_build(struct se_pickle_machine *m);

#endif
