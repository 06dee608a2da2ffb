/* pickle_private.h - the machine that reads pickles: its stack and its objects
 * (pickle_machine.c), opcodes with an argument (pickle_argument.c), and the
 * calls of NumPy (pickle_numpy.c), for all opcodes (pickle.c).
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
    SE_PICKLE_MAX_MEMO = 256,
    SE_PICKLE_MAX_ITEMS = 8, /* of a tuple: numpy's dtype has a state of 8 */
    SE_PICKLE_MAX_VALUES = 1 << 20,
};

/* In place of an argument's width in bytes: it is a line of text; there is
 * none, it is the next number. */
enum { SE_PICKLE_LINE = 0, SE_PICKLE_NEXT = -1 };

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
    SE_OBJECT_FROMBUFFER,  /* numpy.core.numeric._frombuffer */
    SE_OBJECT_ENCODE,      /* _codecs.encode */
    SE_OBJECT_NDARRAY,     /* numpy.ndarray */
    SE_OBJECT_DTYPE,       /* numpy.dtype */
    SE_OBJECT_NEW_FLOAT, /* dtype('f4' or 'f8', False, True), not yet filled */
    SE_OBJECT_FLOAT,     /* little endian */
    SE_OBJECT_NEW_ARRAY, /* _reconstruct(ndarray, (0,), b'b'), not yet filled */
    SE_OBJECT_ARRAY,
};

struct se_pickle_object {
    enum se_object_kind kind;
    int32_t number; /* an INT or BOOL itself; how many, of TUPLE and ARRAY;
                       bytes of a FLOAT; of TEXT 0: in UTF-8, 1: in Latin-1,
                       with \\uXXXX for some characters */
    const uint8_t *bytes; /* of TEXT, BYTES and ARRAY, in the file or decoded */
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
    int memo[SE_PICKLE_MAX_MEMO]; /* object + 1; 0: none */
    int n_memo;                   /* how often something was memoized */
    uint8_t *decoded, *next;      /* bytes that were written as text, */
    size_t n_left;                /* and how many more there may be */
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

/* Opcodes with an argument of `width` bytes, or SE_PICKLE_LINE: an integer;
 * bytes or text behind their length; text in a line; what is on top of the
 * stack gets a number in the memo (SE_PICKLE_NEXT, too); the stack takes that
 * again. */
int se_pickle_proto(struct se_pickle_machine *m);
int se_pickle_frame(struct se_pickle_machine *m);
int se_pickle_push_int(struct se_pickle_machine *m, int width);
int se_pickle_push_bytes(struct se_pickle_machine *m, enum se_object_kind kind,
                         int width);
int se_pickle_push_line(struct se_pickle_machine *m);
int se_pickle_put(struct se_pickle_machine *m, int width);
int se_pickle_get(struct se_pickle_machine *m, int width);

/* Takes a line of the argument as a text. */
int se_pickle_line(struct se_pickle_machine *m, struct se_pickle_object *text);

/* The values of an ARRAY, values[array->number]. */
void se_pickle_array_values(float *values,
                            const struct se_pickle_object *array);

/* REDUCE and BUILD: the calls and states that make arrays of NumPy. */
int se_pickle_reduce(struct se_pickle_machine *m);
int se_pickle_build(struct se_pickle_machine *m);

#endif
