/* flat.c - a TensorFlow Lite file, from its beginning to its end: FlatBuffers
 * (https://flatbuffers.dev/internals) whose fields all have four bytes, and
 * whose offsets are filled in when what they point to is there. */
#include "export/flat_private.h"

#include "export/bytes_private.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tensors and operators ----------------------------------------------- */

static struct se_flat_tensor *add_tensor(struct se_flat *flat, const char *name,
                                         int n_rows, int n_columns)
{
    if (flat->n_tensors == SE_FLAT_TENSORS) {
        flat->is_broken = 1;
        return NULL;
    }

    struct se_flat_tensor *tensor = &flat->tensors[flat->n_tensors++];

    tensor->n_rows = n_rows;
    tensor->n_columns = n_columns;
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    return tensor;
}

int se_flat_value(struct se_flat *flat, const char *name, int n,
                  enum se_flat_role role)
{
    struct se_flat_tensor *tensor = add_tensor(flat, name, 1, n);

    if (tensor)
        tensor->role = role;
    return flat->n_tensors - 1;
}

static void *add_values(struct se_flat *flat, int *number, const char *name,
                        int n_rows, int n_columns)
{
    struct se_flat_tensor *tensor = add_tensor(flat, name, n_rows, n_columns);

    *number = flat->n_tensors - 1;
    if (!tensor)
        return NULL;
    tensor->values = calloc((size_t)(n_rows ? n_rows : 1) * (size_t)n_columns,
                            sizeof(float));
    flat->is_broken |= !tensor->values;
    return tensor->values;
}

float *se_flat_constant(struct se_flat *flat, int *tensor, const char *name,
                        int n_rows, int n_columns)
{
    return add_values(flat, tensor, name, n_rows, n_columns);
}

int se_flat_pair(struct se_flat *flat, const char *name, int a, int b)
{
    int number;
    int32_t *values = add_values(flat, &number, name, 0, 2);

    if (values) {
        flat->tensors[number].is_integer = 1;
        values[0] = a;
        values[1] = b;
    }
    return number;
}

int se_flat_apply(struct se_flat *flat, enum se_flat_code code, int n,
                  const int in[3], int out)
{
    if (flat->n_operators == SE_FLAT_OPERATORS) {
        flat->is_broken = 1;
        return 0;
    }

    struct se_flat_operator *op = &flat->operators[flat->n_operators++];

    if (out < 0) {
        char name[SE_FLAT_NAME];

        snprintf(name, sizeof name, "value.%d", flat->n_operators);
        out = se_flat_value(flat, name, n, SE_FLAT_INNER);
    }
    op->code = code;
    op->out = out;
    for (int i = 0; i < 3 && in[i] >= 0; i++)
        op->in[op->n_in++] = in[i];
    return out;
}

void se_flat_free(struct se_flat *flat)
{
    for (int i = 0; i < flat->n_tensors; i++)
        free(flat->tensors[i].values);
}

/* ---- FlatBuffers --------------------------------------------------------- */

/* So that what follows `before` bytes is aligned. */
static void align(struct se_bytes *out, size_t to, size_t before)
{
    static const uint8_t zeros[16];

    se_bytes_put(out, zeros, (to - (out->n + before) % to) % to);
}

static void put_u16(struct se_bytes *out, size_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};

    se_bytes_put(out, bytes, sizeof bytes);
}

static void put_u32(struct se_bytes *out, size_t value)
{
    put_u16(out, value & 0xffff);
    put_u16(out, value >> 16);
}

/* The offset at `place` points to what comes now. */
static void point(struct se_bytes *out, size_t place)
{
    size_t way = out->n - place;

    if (out->is_broken)
        return;
    for (int i = 0; i < 4; i++)
        out->at[place + (size_t)i] = (uint8_t)(way >> (8 * i));
}

/* A table of n fields, of which those with no value given are left out; points
 * `place` to it. Where field k lies is table + 4 + 4 k. */
enum { MAX_FIELDS = 6, ABSENT = -1, LATER = 0 };

static size_t put_table(struct se_bytes *out, size_t place, int n,
                        const int fields[MAX_FIELDS])
{
    align(out, 4, 4 + 2 * (size_t)n);
    put_u16(out, 4 + 2 * (size_t)n);
    put_u16(out, 4 + 4 * (size_t)n);
    for (int k = 0; k < n; k++)
        put_u16(out, fields[k] == ABSENT ? 0 : 4 + 4 * (size_t)k);
    point(out, place);

    size_t table = out->n;

    put_u32(out, 4 + 2 * (size_t)n);
    for (int k = 0; k < n; k++)
        put_u32(out, fields[k] == ABSENT ? 0 : (size_t)fields[k]);
    return table;
}

static size_t field(size_t table, int k)
{
    return table + 4 + 4 * (size_t)k;
}

/* Room for n offsets; returns the place of the first. */
static size_t put_offsets(struct se_bytes *out, size_t place, int n)
{
    align(out, 4, 0);
    point(out, place);
    put_u32(out, (size_t)n);

    size_t first = out->n;

    for (int i = 0; i < n; i++)
        put_u32(out, 0);
    return first;
}

static void put_integers(struct se_bytes *out, size_t place, int n,
                         const int *values)
{
    align(out, 4, 0);
    point(out, place);
    put_u32(out, (size_t)n);
    for (int i = 0; i < n; i++)
        put_u32(out, (size_t)values[i]);
}

static void put_text(struct se_bytes *out, size_t place, const char *text)
{
    align(out, 4, 0);
    point(out, place);
    put_u32(out, strlen(text));
    se_bytes_put(out, text, strlen(text) + 1);
}

/* ---- the parts of a model ------------------------------------------------ */

static void put_tensor(struct se_bytes *out, size_t place,
                       const struct se_flat_tensor *tensor, int buffer)
{
    enum { FLOAT32 = 0, INT32 = 2 };
    const int fields[MAX_FIELDS] = {LATER, tensor->is_integer ? INT32 : FLOAT32,
                                    buffer, LATER};
    const int shape[] = {tensor->n_rows, tensor->n_columns};
    size_t table = put_table(out, place, 4, fields);

    if (tensor->n_rows > 0)
        put_integers(out, field(table, 0), 2, shape);
    else
        put_integers(out, field(table, 0), 1, shape + 1);
    put_text(out, field(table, 3), tensor->name);
}

/* Of floats, as they lie in memory: both are little-endian. */
static void put_buffer(struct se_bytes *out, size_t place,
                       const struct se_flat_tensor *tensor)
{
    const int fields[MAX_FIELDS] = {LATER};
    size_t n = (size_t)(tensor->n_rows ? tensor->n_rows : 1) *
               (size_t)tensor->n_columns * sizeof(float);
    size_t table = put_table(out, place, 1, fields);

    align(out, 16, 4);
    point(out, field(table, 0));
    put_u32(out, n);
    se_bytes_put(out, tensor->values, n);
}

/* The schema's number of the table of options, 0: none is needed, and how many
 * fields it has, of which the last is the activation. */
static int options_of(enum se_flat_code code, int *n)
{
    *n = code == SE_FLAT_CONCATENATION ? 2 : 1;
    switch (code) {
    case SE_FLAT_ADD:
        return 11;
    case SE_FLAT_CONCATENATION:
        return 10;
    case SE_FLAT_FULLY_CONNECTED:
        return 8;
    case SE_FLAT_MUL:
        return 21;
    default:
        return 0;
    }
}

static const enum se_flat_code codes[] = {
    SE_FLAT_ADD,      SE_FLAT_CONCATENATION, SE_FLAT_FULLY_CONNECTED,
    SE_FLAT_LOGISTIC, SE_FLAT_MUL,           SE_FLAT_TANH,
    SE_FLAT_MAXIMUM,  SE_FLAT_MINIMUM,       SE_FLAT_SLICE};

enum { N_CODES = sizeof codes / sizeof *codes };

static int index_of(enum se_flat_code code)
{
    int i = 0;

    while (codes[i] != code)
        i++;
    return i;
}

static void put_operator(struct se_bytes *out, size_t place,
                         const struct se_flat_operator *op)
{
    int n, type = options_of(op->code, &n);
    const int fields[MAX_FIELDS] = {index_of(op->code), LATER, LATER,
                                    type ? type : ABSENT,
                                    type ? LATER : ABSENT};
    size_t table = put_table(out, place, 5, fields);

    put_integers(out, field(table, 1), op->n_in, op->in);
    put_integers(out, field(table, 2), 1, &op->out);
    if (type == 0)
        return;

    /* An axis before the activation: side by side. */
    const int options[MAX_FIELDS] = {n == 2 ? 1 : op->activation,
                                     op->activation};

    put_table(out, field(table, 4), n, options);
}

static void put_role(struct se_bytes *out, size_t place,
                     const struct se_flat *flat, enum se_flat_role role)
{
    int numbers[SE_FLAT_TENSORS], n = 0;

    for (int i = 0; i < flat->n_tensors; i++)
        if (flat->tensors[i].role == role)
            numbers[n++] = i;
    put_integers(out, place, n, numbers);
}

/* Buffer 0 is the empty one, that of all values. */
static void put_subgraph(struct se_bytes *out, size_t place,
                         const struct se_flat *flat)
{
    const int fields[MAX_FIELDS] = {LATER, LATER, LATER, LATER, LATER};
    size_t table = put_table(out, place, 5, fields);
    size_t first = put_offsets(out, field(table, 0), flat->n_tensors);
    int n_buffers = 1;

    for (int i = 0; i < flat->n_tensors; i++)
        put_tensor(out, first + 4 * (size_t)i, &flat->tensors[i],
                   flat->tensors[i].values ? n_buffers++ : 0);
    put_role(out, field(table, 1), flat, SE_FLAT_INPUT);
    put_role(out, field(table, 2), flat, SE_FLAT_OUTPUT);
    first = put_offsets(out, field(table, 3), flat->n_operators);
    for (int i = 0; i < flat->n_operators; i++)
        put_operator(out, first + 4 * (size_t)i, &flat->operators[i]);
    put_text(out, field(table, 4), "net");
}

static void put_codes(struct se_bytes *out, size_t place)
{
    size_t first = put_offsets(out, place, N_CODES);

    for (int i = 0; i < N_CODES; i++) {
        /* Once for old readers, which know 8 bits, and once for the others. */
        const int fields[MAX_FIELDS] = {(int)codes[i], ABSENT, 1,
                                        (int)codes[i]};

        put_table(out, first + 4 * (size_t)i, 4, fields);
    }
}

static void put_buffers(struct se_bytes *out, size_t place,
                        const struct se_flat *flat)
{
    const int nothing[MAX_FIELDS] = {ABSENT};
    int n = 1;

    for (int i = 0; i < flat->n_tensors; i++)
        n += flat->tensors[i].values != NULL;

    size_t at = put_offsets(out, place, n);

    put_table(out, at, 1, nothing);
    for (int i = 0; i < flat->n_tensors; i++)
        if (flat->tensors[i].values)
            put_buffer(out, at += 4, &flat->tensors[i]);
}

static void put_model(struct se_bytes *out, const struct se_flat *flat)
{
    const int fields[MAX_FIELDS] = {3, LATER, LATER, LATER, LATER};

    put_u32(out, 0);
    se_bytes_put(out, "TFL3", 4);

    size_t table = put_table(out, 0, 5, fields);

    put_codes(out, field(table, 1));
    put_subgraph(out, put_offsets(out, field(table, 2), 1), flat);
    put_text(out, field(table, 3), "nnse-c " SE_VERSION);
    put_buffers(out, field(table, 4), flat);
}

int se_flat_write(const struct se_flat *flat, const char *path,
                  struct se_report *report)
{
    struct se_bytes out = {.is_broken = flat->is_broken};

    put_model(&out, flat);
    return se_bytes_write(&out, path, report);
}
