/* pickle_numpy.c - what a pickle says to make NumPy's arrays of float32: two
 * calls and two states, compared word for word. */
#include "import/pickle_private.h"

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

/* Calls that are known: dtype('f4', False, True) and
 * _reconstruct(ndarray, (0,), b'b'). */
int se_pickle_reduce(struct se_pickle_machine *m)
{
    static const enum se_object_kind call_dtype[] = {SE_OBJECT_DTYPE,
                                                     SE_OBJECT_TUPLE},
                                     call_reconstruct[] = {
                                         SE_OBJECT_RECONSTRUCT,
                                         SE_OBJECT_TUPLE};

    const struct se_pickle_object *arguments =
        m->n_stack > 0 ? se_pickle_peek(m, 0) : NULL;
    enum se_object_kind made;

    if (!arguments || arguments->kind != SE_OBJECT_TUPLE ||
        arguments->number != 3)
        return se_pickle_refuse(m, "expected a call with three arguments");

    const struct se_pickle_object *a = item(m, arguments, 0),
                                  *b = item(m, arguments, 1),
                                  *c = item(m, arguments, 2);

    if (se_pickle_tops_are(m, call_dtype, 2)) {
        if (!se_pickle_is_text(a, "f4") || b->kind != SE_OBJECT_BOOL ||
            b->number != 0 || c->kind != SE_OBJECT_BOOL || c->number != 1)
            return se_pickle_refuse(m, "expected the type 'f4', False, True");
        made = SE_OBJECT_NEW_FLOAT32;
    } else if (se_pickle_tops_are(m, call_reconstruct, 2)) {
        if (a->kind != SE_OBJECT_NDARRAY || b->kind != SE_OBJECT_TUPLE ||
            b->number != 1 || !is_int(item(m, b, 0), 0) ||
            c->kind != SE_OBJECT_BYTES || c->n_bytes != 1)
            return se_pickle_refuse(m, "expected ndarray, (0,), b'b'");
        made = SE_OBJECT_NEW_ARRAY;
    } else {
        return se_pickle_refuse(
            m, "a call other than those that make a NumPy array");
    }
    m->n_stack -= 2;
    return se_pickle_push_kind(m, made, 0);
}

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
        return se_pickle_refuse(
            m, "expected the state of a little-endian float32");
    dtype->kind = SE_OBJECT_FLOAT32;
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
    if (item(m, state, 2)->kind != SE_OBJECT_FLOAT32)
        return se_pickle_refuse(m, "expected an array of float32");

    const struct se_pickle_object *shape = item(m, state, 1),
                                  *bytes = item(m, state, 4);

    if (shape->number != 1 || item(m, shape, 0)->kind != SE_OBJECT_INT)
        return se_pickle_refuse(m, "expected an array of one dimension");

    const int n = item(m, shape, 0)->number;

    if (n < 1 || n > SE_PICKLE_MAX_VALUES || bytes->n_bytes != 4 * (uint32_t)n)
        return se_pickle_refuse(m,
                                "an array whose shape and bytes do not agree");
    array->kind = SE_OBJECT_ARRAY;
    array->number = n;
    array->bytes = bytes->bytes;
    array->n_bytes = bytes->n_bytes;
    return SE_OK;
}

int se_pickle_build(struct se_pickle_machine *m)
{
    static const enum se_object_kind for_dtype[] = {SE_OBJECT_NEW_FLOAT32,
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
