/* pickle.c - a strict little machine for pickles of float arrays. Names of
 * Python functions are compared, not called. */
#include "import/pickle_private.h"

#include "base/bytes.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 20 };

enum opcode {
    PROTO = 0x80,
    FRAME = 0x95,
    EMPTY_DICT = '}',
    MEMOIZE = 0x94,
    MARK = '(',
    SHORT_BINUNICODE = 0x8c,
    STACK_GLOBAL = 0x93,
    BININT1 = 'K',
    BININT = 'J',
    TUPLE1 = 0x85,
    TUPLE3 = 0x87,
    TUPLE = 't',
    SHORT_BINBYTES = 'C',
    BINBYTES = 'B',
    REDUCE = 'R',
    BINGET = 'h',
    NEWFALSE = 0x89,
    NEWTRUE = 0x88,
    NONE = 'N',
    BUILD = 'b',
    SETITEMS = 'u',
    STOP = '.',
};

/* ---- opcodes with an argument -------------------------------------------- */

/* Takes n bytes of argument, NULL if there are no more. */
static const uint8_t *take(struct se_pickle_machine *m, uint64_t n)
{
    const uint8_t *bytes = m->at;

    if (n > (uint64_t)(m->end - m->at))
        return NULL;
    m->at += n;
    return bytes;
}

static int truncated(const struct se_pickle_machine *m)
{
    return se_pickle_refuse(m, "its argument is cut off");
}

static int do_proto(struct se_pickle_machine *m)
{
    const uint8_t *version = take(m, 1);

    if (!version)
        return truncated(m);
    if (m->opcode != m->start || *version != 4)
        return se_pickle_refuse(
            m, "expected protocol 4, stated once, at the start");
    return SE_OK;
}

static int do_frame(struct se_pickle_machine *m)
{
    const uint8_t *n_bytes = take(m, 8);

    if (!n_bytes)
        return truncated(m);
    if (se_get_u64(n_bytes) > (uint64_t)(m->end - m->at))
        return se_pickle_refuse(m, "a frame longer than the file");
    return SE_OK;
}

static int do_int(struct se_pickle_machine *m, int width)
{
    const uint8_t *bytes = take(m, (uint64_t)width);

    if (!bytes)
        return truncated(m);
    return se_pickle_push_kind(
        m, SE_OBJECT_INT, width == 1 ? *bytes : (int32_t)se_get_u32(bytes));
}

/* Bytes or text with its length, of `width` bytes, in front. */
static int do_bytes(struct se_pickle_machine *m, enum se_object_kind kind,
                    int width)
{
    const uint8_t *length = take(m, (uint64_t)width);

    if (!length)
        return truncated(m);

    const uint32_t n = width == 1 ? *length : se_get_u32(length);
    const uint8_t *bytes = take(m, n);

    if (!bytes)
        return truncated(m);
    return se_pickle_push_new(
        m,
        (struct se_pickle_object){.kind = kind, .bytes = bytes, .n_bytes = n});
}

static int do_binget(struct se_pickle_machine *m)
{
    const uint8_t *index = take(m, 1);

    if (!index)
        return truncated(m);
    if (*index >= m->n_memo)
        return se_pickle_refuse(m, "nothing was memoized under that number");
    return se_pickle_push(m, m->memo[*index]);
}

/* ---- opcodes that work on the stack -------------------------------------- */

static int do_memoize(struct se_pickle_machine *m)
{
    if (m->n_stack == 0 || se_pickle_peek(m, 0)->kind == SE_OBJECT_MARK)
        return se_pickle_refuse(m, "nothing to memoize");
    if (m->n_memo == SE_PICKLE_MAX_MEMO)
        return se_pickle_refuse(m, "too many objects memoized");
    m->memo[m->n_memo++] = m->stack[m->n_stack - 1];
    return SE_OK;
}

static int do_global(struct se_pickle_machine *m)
{
    static const enum se_object_kind names[] = {SE_OBJECT_TEXT, SE_OBJECT_TEXT};
    static const struct {
        const char *module, *name;
        enum se_object_kind kind;
    } known[] = {
        {"numpy.core.multiarray", "_reconstruct", SE_OBJECT_RECONSTRUCT},
        {"numpy._core.multiarray", "_reconstruct", SE_OBJECT_RECONSTRUCT},
        {"numpy", "ndarray", SE_OBJECT_NDARRAY},
        {"numpy", "dtype", SE_OBJECT_DTYPE},
    };

    if (!se_pickle_tops_are(m, names, 2))
        return se_pickle_refuse(m, "expected two names below it");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (se_pickle_is_text(se_pickle_peek(m, 1), known[i].module) &&
            se_pickle_is_text(se_pickle_peek(m, 0), known[i].name)) {
            m->n_stack -= 2;
            return se_pickle_push_kind(m, known[i].kind, 0);
        }
    return se_pickle_refuse(m, "a name other than those of a NumPy array");
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
        return se_pickle_refuse(m, "expected names and float32 arrays");
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
    for (int i = 0; i < out->n; i++)
        out->values[i] = se_get_float(array->bytes + 4 * (size_t)i);
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

static int do_stop(struct se_pickle_machine *m)
{
    if (m->n_stack != 1 || se_pickle_peek(m, 0)->kind != SE_OBJECT_DICT)
        return se_pickle_refuse(m, "expected a dictionary alone on the stack");
    if (m->at != m->end)
        return se_pickle_refuse(m, "bytes after the end of the pickle");
    return SE_OK;
}

static int do_opcode(struct se_pickle_machine *m)
{
    switch ((enum opcode) * m->opcode) {
    case PROTO:
        return do_proto(m);
    case FRAME:
        return do_frame(m);
    case EMPTY_DICT:
        return se_pickle_push_kind(m, SE_OBJECT_DICT, 0);
    case MEMOIZE:
        return do_memoize(m);
    case MARK:
        return se_pickle_push_kind(m, SE_OBJECT_MARK, 0);
    case SHORT_BINUNICODE:
        return do_bytes(m, SE_OBJECT_TEXT, 1);
    case STACK_GLOBAL:
        return do_global(m);
    case BININT1:
        return do_int(m, 1);
    case BININT:
        return do_int(m, 4);
    case TUPLE1:
        return make_tuple(m, 1);
    case TUPLE3:
        return make_tuple(m, 3);
    case TUPLE:
        return do_tuple(m);
    case SHORT_BINBYTES:
        return do_bytes(m, SE_OBJECT_BYTES, 1);
    case BINBYTES:
        return do_bytes(m, SE_OBJECT_BYTES, 4);
    case REDUCE:
        return se_pickle_reduce(m);
    case BINGET:
        return do_binget(m);
    case NEWFALSE:
        return se_pickle_push_kind(m, SE_OBJECT_BOOL, 0);
    case NEWTRUE:
        return se_pickle_push_kind(m, SE_OBJECT_BOOL, 1);
    case NONE:
        return se_pickle_push_kind(m, SE_OBJECT_NONE, 0);
    case BUILD:
        return se_pickle_build(m);
    case SETITEMS:
        return do_setitems(m);
    case STOP:
        return do_stop(m);
    }
    return se_pickle_refuse(m, "not in a pickle of float arrays: refused");
}

/* ---- from outside -------------------------------------------------------- */

static int run(struct se_pickle_machine *m)
{
    int status;

    if (m->end == m->start || *m->start != PROTO)
        return se_fail(m->report, SE_ERR_FORMAT,
                       "%s: byte 0: no pickle of protocol 4", m->name);
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
    if (!m)
        return se_fail_memory(report, name);
    m->start = m->at = bytes;
    m->end = m->start + n_bytes;
    m->result = pickle;
    m->name = name;
    m->report = report;

    int status = run(m);

    if (status != SE_OK)
        se_pickle_free(pickle);
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
