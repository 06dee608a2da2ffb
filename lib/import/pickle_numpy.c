/* pickle_numpy.c - what a pickle says to make NumPy's arrays of floats: four
 * calls and two states, compared word for word. */
#include "import/pickle_private.h"

#include "encoding/bytes.h"

#include <string.h>

static int is_int(const struct se_pickle_object *object, int number)
{
    return object->kind == SE_OBJECT_INT && object->number == number;
}

static const struct se_pickle_object *item(const struct se_pickle_machine *m,
                                           const struct se_pickle_object *tuple,
                                           int i)
{
    return &m->object[tuple->item[i]];
}

/* ---- bytes written as text ----------------------------------------------- */

static int hex_value(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The next character, from 0 to 255, and past it; -1: none of these. */
static int next_character(const struct se_pickle_object *text, uint32_t *at)
{
    const uint8_t *c = text->bytes + *at;
    const uint32_t left = text->n_bytes - *at;
    int value = 0;

    if (text->number == 0 && (c[0] == 0xc2 || c[0] == 0xc3) && left > 1 &&
        (c[1] & 0xc0) == 0x80) {
        *at += 2;
        return (c[0] & 3) << 6 | (c[1] & 0x3f);
    }
    if (text->number == 1 && c[0] == '\\' && left > 5 && c[1] == 'u') {
        for (int i = 2; i < 6; i++) {
            if (hex_value(c[i]) < 0)
                return -1;
            value = value << 4 | hex_value(c[i]);
        }
        *at += 6;
        return value < 256 ? value : -1;
    }
    ++*at;
    return text->number == 0 && c[0] >= 0x80 ? -1 : c[0];
}

/* encode(text, 'latin1'): how protocols before 3 write bytes. */
static int encode(struct se_pickle_machine *m,
                  const struct se_pickle_object *text)
{
    struct se_pickle_object bytes = {.kind = SE_OBJECT_BYTES, .bytes = m->next};

    for (uint32_t at = 0; at < text->n_bytes; m->n_left--) {
        const int c = next_character(text, &at);

        if (c < 0)
            return se_pickle_refuse(m, "expected text of Latin-1 alone");
        if (m->n_left == 0)
            return se_pickle_refuse(m, "more bytes than the file has");
        *m->next++ = (uint8_t)c;
        bytes.n_bytes++;
    }
    return se_pickle_push_new(m, bytes);
}

/* ---- calls --------------------------------------------------------------- */

static int is_bool(const struct se_pickle_object *object, int number)
{
    return object->kind == SE_OBJECT_BOOL && object->number == number;
}

static int new_float(struct se_pickle_machine *m,
                     const struct se_pickle_object *arguments)
{
    const struct se_pickle_object *type = item(m, arguments, 0);
    const int is_double = se_pickle_is_text(type, "f8");

    if ((!is_double && !se_pickle_is_text(type, "f4")) ||
        !is_bool(item(m, arguments, 1), 0) ||
        !is_bool(item(m, arguments, 2), 1))
        return se_pickle_refuse(m,
                                "expected the type 'f4' or 'f8', False, True");
    return se_pickle_push_kind(m, SE_OBJECT_NEW_FLOAT, is_double ? 8 : 4);
}

static int new_array(struct se_pickle_machine *m,
                     const struct se_pickle_object *arguments)
{
    const struct se_pickle_object *a = item(m, arguments, 0),
                                  *b = item(m, arguments, 1),
                                  *c = item(m, arguments, 2);

    if (a->kind != SE_OBJECT_NDARRAY || b->kind != SE_OBJECT_TUPLE ||
        b->number != 1 || !is_int(item(m, b, 0), 0) ||
        c->kind != SE_OBJECT_BYTES || c->n_bytes != 1)
        return se_pickle_refuse(m, "expected ndarray, (0,), b'b'");
    return se_pickle_push_kind(m, SE_OBJECT_NEW_ARRAY, 0);
}

/* Makes *array one of that shape, (n,), type and contents. */
static int set_array(struct se_pickle_machine *m,
                     struct se_pickle_object *array,
                     const struct se_pickle_object *shape,
                     const struct se_pickle_object *dtype,
                     const struct se_pickle_object *bytes)
{
    if (dtype->kind != SE_OBJECT_FLOAT)
        return se_pickle_refuse(m, "expected an array of float32 or float64");
    if (shape->number != 1 || item(m, shape, 0)->kind != SE_OBJECT_INT)
        return se_pickle_refuse(m, "expected an array of one dimension");

    const int n = item(m, shape, 0)->number;

    if (n < 1 || n > SE_PICKLE_MAX_VALUES ||
        bytes->n_bytes != (uint32_t)dtype->number * (uint32_t)n)
        return se_pickle_refuse(m,
                                "an array whose shape and bytes do not agree");
    *array = (struct se_pickle_object){.kind = SE_OBJECT_ARRAY,
                                       .number = n,
                                       .bytes = bytes->bytes,
                                       .n_bytes = bytes->n_bytes};
    return SE_OK;
}

/* _frombuffer(bytes, dtype, (n,), 'C'): what protocol 5 has. */
static int array_of_buffer(struct se_pickle_machine *m,
                           const struct se_pickle_object *arguments)
{
    struct se_pickle_object array;
    const struct se_pickle_object *bytes = item(m, arguments, 0),
                                  *shape = item(m, arguments, 2);

    if (bytes->kind != SE_OBJECT_BYTES || shape->kind != SE_OBJECT_TUPLE ||
        !(se_pickle_is_text(item(m, arguments, 3), "C") ||
          se_pickle_is_text(item(m, arguments, 3), "F")))
        return se_pickle_refuse(m, "expected bytes, a type, a shape and 'C'");

    int status = set_array(m, &array, shape, item(m, arguments, 1), bytes);

    return status == SE_OK ? se_pickle_push_new(m, array) : status;
}

static int encode_call(struct se_pickle_machine *m,
                       const struct se_pickle_object *arguments)
{
    if (item(m, arguments, 0)->kind != SE_OBJECT_TEXT ||
        !se_pickle_is_text(item(m, arguments, 1), "latin1"))
        return se_pickle_refuse(m, "expected a text and 'latin1'");
    return encode(m, item(m, arguments, 0));
}

int se_pickle_reduce(struct se_pickle_machine *m)
{
    static const struct {
        enum se_object_kind function;
        int n_arguments;
        int (*call)(struct se_pickle_machine *m,
                    const struct se_pickle_object *arguments);
    } calls[] = {
        {SE_OBJECT_DTYPE, 3, new_float},
        {SE_OBJECT_RECONSTRUCT, 3, new_array},
        {SE_OBJECT_FROMBUFFER, 4, array_of_buffer},
        {SE_OBJECT_ENCODE, 2, encode_call},
    };

    if (m->n_stack < 2 || se_pickle_peek(m, 0)->kind != SE_OBJECT_TUPLE)
        return se_pickle_refuse(m, "expected a call with arguments");

    const struct se_pickle_object *arguments = se_pickle_peek(m, 0);

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (se_pickle_peek(m, 1)->kind == calls[i].function &&
            arguments->number == calls[i].n_arguments) {
            m->n_stack -= 2;
            return calls[i].call(m, arguments);
        }
    return se_pickle_refuse(m,
                            "a call other than those that make a NumPy array");
}

/* ---- states -------------------------------------------------------------- */

/* State (3, '<', None, None, None, -1, -1, 0): little endian, no parts. */
static int fill_dtype(struct se_pickle_machine *m,
                      struct se_pickle_object *dtype,
                      const struct se_pickle_object *state)
{
    if (state->number != 8 || !is_int(item(m, state, 0), 3) ||
        !se_pickle_is_text(item(m, state, 1), "<") ||
        item(m, state, 2)->kind != SE_OBJECT_NONE ||
        item(m, state, 3)->kind != SE_OBJECT_NONE ||
        item(m, state, 4)->kind != SE_OBJECT_NONE ||
        !is_int(item(m, state, 5), -1) || !is_int(item(m, state, 6), -1) ||
        !is_int(item(m, state, 7), 0))
        return se_pickle_refuse(m,
                                "expected the state of a little-endian float");
    dtype->kind = SE_OBJECT_FLOAT;
    return SE_OK;
}

/* State (1, (n,), dtype, False, bytes). */
static int fill_array(struct se_pickle_machine *m,
                      struct se_pickle_object *array,
                      const struct se_pickle_object *state)
{
    if (state->number != 5 || !is_int(item(m, state, 0), 1) ||
        item(m, state, 1)->kind != SE_OBJECT_TUPLE ||
        item(m, state, 3)->kind != SE_OBJECT_BOOL ||
        item(m, state, 3)->number != 0 ||
        item(m, state, 4)->kind != SE_OBJECT_BYTES)
        return se_pickle_refuse(m, "expected the state of a NumPy array");
    return set_array(m, array, item(m, state, 1), item(m, state, 2),
                     item(m, state, 4));
}

int se_pickle_build(struct se_pickle_machine *m)
{
    static const enum se_object_kind for_dtype[] = {SE_OBJECT_NEW_FLOAT,
                                                    SE_OBJECT_TUPLE},
                                     for_array[] = {SE_OBJECT_NEW_ARRAY,
                                                    SE_OBJECT_TUPLE};
    int status;

    if (se_pickle_tops_are(m, for_dtype, 2))
        status = fill_dtype(m, se_pickle_peek(m, 1), se_pickle_peek(m, 0));
    else if (se_pickle_tops_are(m, for_array, 2))
        status = fill_array(m, se_pickle_peek(m, 1), se_pickle_peek(m, 0));
    else
        return se_pickle_refuse(
            m, "expected a new NumPy array or type and its state");
    m->n_stack--;
    return status;
}

void se_pickle_array_values(float *values, const struct se_pickle_object *array)
{
    const int is_double = array->n_bytes == 8 * (uint32_t)array->number;

    for (int i = 0; i < array->number; i++) {
        const uint8_t *bytes = array->bytes + (is_double ? 8 : 4) * (size_t)i;

        values[i] =
            is_double ? (float)se_get_double(bytes) : se_get_float(bytes);
    }
}
