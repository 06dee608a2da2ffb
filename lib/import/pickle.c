/* pickle.c - a strict little machine for pickles of float arrays. Names of
 * Python functions are compared, not called. */
#include "import/pickle_private.h"

#include "files/file.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 16 << 20 };

enum opcode {
    PROTO = 0x80,
    FRAME = 0x95,
    EMPTY_DICT = '}',
    DICT = 'd',
    MEMOIZE = 0x94,
    PUT = 'p',
    BINPUT = 'q',
    LONG_BINPUT = 'r',
    MARK = '(',
    UNICODE = 'V',
    BINUNICODE = 'X',
    SHORT_BINUNICODE = 0x8c,
    GLOBAL = 'c',
    STACK_GLOBAL = 0x93,
    INT = 'I',
    LONG = 'L',
    BININT1 = 'K',
    BININT2 = 'M',
    BININT = 'J',
    EMPTY_TUPLE = ')',
    TUPLE1 = 0x85,
    TUPLE2 = 0x86,
    TUPLE3 = 0x87,
    TUPLE = 't',
    SHORT_BINBYTES = 'C',
    BINBYTES = 'B',
    BINBYTES8 = 0x8e,
    BYTEARRAY8 = 0x96,
    REDUCE = 'R',
    GET = 'g',
    BINGET = 'h',
    LONG_BINGET = 'j',
    NEWFALSE = 0x89,
    NEWTRUE = 0x88,
    NONE = 'N',
    BUILD = 'b',
    SETITEM = 's',
    SETITEMS = 'u',
    STOP = '.',
};

/* ---- opcodes that work on the stack -------------------------------------- */

static int push_global(struct se_pickle_machine *m,
                       const struct se_pickle_object *module,
                       const struct se_pickle_object *name)
{
    static const struct {
        const char *module, *name;
        enum se_object_kind kind;
    } known[] = {
        {"numpy.core.multiarray", "_reconstruct", SE_OBJECT_RECONSTRUCT},
        {"numpy._core.multiarray", "_reconstruct", SE_OBJECT_RECONSTRUCT},
        {"numpy.core.numeric", "_frombuffer", SE_OBJECT_FROMBUFFER},
        {"numpy._core.numeric", "_frombuffer", SE_OBJECT_FROMBUFFER},
        {"numpy", "ndarray", SE_OBJECT_NDARRAY},
        {"numpy", "dtype", SE_OBJECT_DTYPE},
        {"_codecs", "encode", SE_OBJECT_ENCODE},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (se_pickle_is_text(module, known[i].module) &&
            se_pickle_is_text(name, known[i].name))
            return se_pickle_push_kind(m, known[i].kind, 0);
    return se_pickle_refuse(m, "a name other than those of a NumPy array");
}

static int do_stack_global(struct se_pickle_machine *m)
{
    static const enum se_object_kind names[] = {SE_OBJECT_TEXT, SE_OBJECT_TEXT};

    if (!se_pickle_tops_are(m, names, 2))
        return se_pickle_refuse(m, "expected two names below it");
    m->n_stack -= 2;
    return push_global(m, &m->object[m->stack[m->n_stack]],
                       &m->object[m->stack[m->n_stack + 1]]);
}

static int do_global(struct se_pickle_machine *m)
{
    struct se_pickle_object module, name;
    int status = se_pickle_line(m, &module);

    if (status == SE_OK)
        status = se_pickle_line(m, &name);
    return status == SE_OK ? push_global(m, &module, &name) : status;
}

/* Makes a tuple of the n objects on top. */
static int make_tuple(struct se_pickle_machine *m, int n)
{
    struct se_pickle_object tuple = {.kind = SE_OBJECT_TUPLE, .number = n};

    if (n > m->n_stack || n > SE_PICKLE_MAX_ITEMS)
        return se_pickle_refuse(m, "a tuple of too few or too many objects");
    for (int i = 0; i < n; i++) {
        tuple.item[i] = m->stack[m->n_stack - n + i];
        if (m->object[tuple.item[i]].kind == SE_OBJECT_MARK)
            return se_pickle_refuse(m, "a tuple across a mark");
    }
    m->n_stack -= n;
    return se_pickle_push_new(m, tuple);
}

/* How many objects are above the last mark; -1: no mark. */
static int above_mark(struct se_pickle_machine *m)
{
    for (int n = 0; n < m->n_stack; n++)
        if (se_pickle_peek(m, n)->kind == SE_OBJECT_MARK)
            return n;
    return -1;
}

static int do_tuple(struct se_pickle_machine *m)
{
    const int n = above_mark(m);

    if (n < 0)
        return se_pickle_refuse(m, "no mark below it");

    int status = make_tuple(m, n);

    if (status == SE_OK) { /* where the mark was */
        m->stack[m->n_stack - 2] = m->stack[m->n_stack - 1];
        m->n_stack--;
    }
    return status;
}

static int add_array(struct se_pickle_machine *m,
                     const struct se_pickle_object *key,
                     const struct se_pickle_object *array)
{
    struct se_pickle *pickle = m->result;
    struct se_pickle_array *out = &pickle->array[pickle->n_arrays];

    if (key->kind != SE_OBJECT_TEXT || array->kind != SE_OBJECT_ARRAY)
        return se_pickle_refuse(m, "expected names and float arrays");
    if (pickle->n_arrays == SE_PICKLE_MAX_ARRAYS)
        return se_pickle_refuse(m, "too many arrays");
    for (uint32_t i = 0; i < key->n_bytes; i++)
        if (key->bytes[i] < ' ' || key->bytes[i] > '~')
            return se_pickle_refuse(m, "a name that is not plain ASCII");
    out->name = strndup((const char *)key->bytes, key->n_bytes);
    out->values = malloc((size_t)array->number * sizeof *out->values);
    pickle->n_arrays++;
    if (!out->name || !out->values)
        return se_fail_memory(m->report, m->name);
    out->n = array->number;
    se_pickle_array_values(out->values, array);
    for (int i = 0; i < pickle->n_arrays - 1; i++)
        if (strcmp(pickle->array[i].name, out->name) == 0)
            return se_pickle_refuse(m, "two arrays of one name");
    return SE_OK;
}

/* Names and arrays by turns above the mark, the dictionary below it. */
static int do_setitems(struct se_pickle_machine *m)
{
    const int n = above_mark(m);
    int status = SE_OK;

    if (n < 2 || n % 2 != 0 || n + 2 != m->n_stack ||
        se_pickle_peek(m, n + 1)->kind != SE_OBJECT_DICT)
        return se_pickle_refuse(
            m, "expected a dictionary, a mark, names and arrays");
    for (int depth = n - 1; depth > 0 && status == SE_OK; depth -= 2)
        status = add_array(m, se_pickle_peek(m, depth),
                           se_pickle_peek(m, depth - 1));
    m->n_stack -= n + 1;
    return status;
}

/* The same with one name, one array and no mark. */
static int do_setitem(struct se_pickle_machine *m)
{
    int status;

    if (m->n_stack != 3 || se_pickle_peek(m, 2)->kind != SE_OBJECT_DICT)
        return se_pickle_refuse(m, "expected a dictionary, a name, an array");
    status = add_array(m, se_pickle_peek(m, 1), se_pickle_peek(m, 0));
    m->n_stack -= 2;
    return status;
}

/* An empty one: the mark alone. */
static int do_dict(struct se_pickle_machine *m)
{
    if (above_mark(m) != 0)
        return se_pickle_refuse(m, "expected a mark, for an empty dictionary");
    m->n_stack--;
    return se_pickle_push_kind(m, SE_OBJECT_DICT, 0);
}

static int do_stop(struct se_pickle_machine *m)
{
    if (m->n_stack != 1 || se_pickle_peek(m, 0)->kind != SE_OBJECT_DICT)
        return se_pickle_refuse(m, "expected a dictionary alone on the stack");
    if (m->at != m->end)
        return se_pickle_refuse(m, "bytes after the end of the pickle");
    return SE_OK;
}

/* Those that put a constant or what follows them on the stack. */
static int do_value(struct se_pickle_machine *m)
{
    switch ((enum opcode) * m->opcode) {
    case NONE:
        return se_pickle_push_kind(m, SE_OBJECT_NONE, 0);
    case NEWFALSE:
        return se_pickle_push_kind(m, SE_OBJECT_BOOL, 0);
    case NEWTRUE:
        return se_pickle_push_kind(m, SE_OBJECT_BOOL, 1);
    case INT:
    case LONG:
        return se_pickle_push_int(m, SE_PICKLE_LINE);
    case BININT1:
        return se_pickle_push_int(m, 1);
    case BININT2:
        return se_pickle_push_int(m, 2);
    case BININT:
        return se_pickle_push_int(m, 4);
    case UNICODE:
        return se_pickle_push_line(m);
    case SHORT_BINUNICODE:
        return se_pickle_push_bytes(m, SE_OBJECT_TEXT, 1);
    case BINUNICODE:
        return se_pickle_push_bytes(m, SE_OBJECT_TEXT, 4);
    case SHORT_BINBYTES:
        return se_pickle_push_bytes(m, SE_OBJECT_BYTES, 1);
    case BINBYTES:
        return se_pickle_push_bytes(m, SE_OBJECT_BYTES, 4);
    case BINBYTES8:
    case BYTEARRAY8:
        return se_pickle_push_bytes(m, SE_OBJECT_BYTES, 8);
    case GLOBAL:
        return do_global(m);
    default:
        return se_pickle_refuse(m, "not in a pickle of float arrays: refused");
    }
}

/* Opcodes of the memo. */
static int do_memo(struct se_pickle_machine *m)
{
    switch ((enum opcode) * m->opcode) {
    case MEMOIZE:
        return se_pickle_put(m, SE_PICKLE_NEXT);
    case PUT:
        return se_pickle_put(m, SE_PICKLE_LINE);
    case BINPUT:
        return se_pickle_put(m, 1);
    case LONG_BINPUT:
        return se_pickle_put(m, 4);
    case GET:
        return se_pickle_get(m, SE_PICKLE_LINE);
    case BINGET:
        return se_pickle_get(m, 1);
    case LONG_BINGET:
        return se_pickle_get(m, 4);
    default:
        return do_value(m);
    }
}

static int do_opcode(struct se_pickle_machine *m)
{
    switch ((enum opcode) * m->opcode) {
    case PROTO:
        return se_pickle_proto(m);
    case FRAME:
        return se_pickle_frame(m);
    case MARK:
        return se_pickle_push_kind(m, SE_OBJECT_MARK, 0);
    case STACK_GLOBAL:
        return do_stack_global(m);
    case EMPTY_TUPLE:
        return make_tuple(m, 0);
    case TUPLE1:
        return make_tuple(m, 1);
    case TUPLE2:
        return make_tuple(m, 2);
    case TUPLE3:
        return make_tuple(m, 3);
    case TUPLE:
        return do_tuple(m);
    case REDUCE:
        return se_pickle_reduce(m);
    case BUILD:
        return se_pickle_build(m);
    case EMPTY_DICT:
        return se_pickle_push_kind(m, SE_OBJECT_DICT, 0);
    case DICT:
        return do_dict(m);
    case SETITEM:
        return do_setitem(m);
    case SETITEMS:
        return do_setitems(m);
    case STOP:
        return do_stop(m);
    default:
        return do_memo(m);
    }
}

/* ---- from outside -------------------------------------------------------- */

static int run(struct se_pickle_machine *m)
{
    int status;

    /* Protocols 0 and 1 do not state theirs. */
    if (m->end == m->start || !strchr("\x80(}", *m->start) || !*m->start)
        return se_fail(m->report, SE_ERR_FORMAT,
                       "%s: byte 0: no pickle of a dictionary", m->name);
    do {
        if (m->at == m->end)
            return se_fail(m->report, SE_ERR_FORMAT,
                           "%s: byte %lld: the pickle is cut off, expected "
                           "STOP",
                           m->name, (long long)(m->at - m->start));
        m->opcode = m->at++;
        status = do_opcode(m);
    } while (status == SE_OK && *m->opcode != STOP);
    return status;
}

int se_pickle_parse(struct se_pickle *pickle, const void *bytes, size_t n_bytes,
                    const char *name, struct se_report *report)
{
    struct se_pickle_machine *m = calloc(1, sizeof *m);

    *pickle = (struct se_pickle){0};
    if (m)
        m->decoded = malloc(n_bytes + 1);
    if (!m || !m->decoded) {
        free(m);
        return se_fail_memory(report, name);
    }
    m->n_left = n_bytes;
    m->next = m->decoded;
    m->start = m->at = bytes;
    m->end = m->start + n_bytes;
    m->result = pickle;
    m->name = name;
    m->report = report;

    int status = run(m);

    if (status != SE_OK)
        se_pickle_free(pickle);
    free(m->decoded);
    free(m);
    return status;
}

int se_pickle_read(struct se_pickle *pickle, const char *path,
                   struct se_report *report)
{
    char *bytes;
    size_t n_bytes;
    int status = se_read_file(&bytes, &n_bytes, path, MAX_FILE_BYTES, report);

    *pickle = (struct se_pickle){0};
    if (status != SE_OK)
        return status;
    status = se_pickle_parse(pickle, bytes, n_bytes, path, report);
    free(bytes);
    return status;
}

void se_pickle_free(struct se_pickle *pickle)
{
    for (int i = 0; i < pickle->n_arrays; i++) {
        free(pickle->array[i].name);
        free(pickle->array[i].values);
    }
    *pickle = (struct se_pickle){0};
}
