/* pickle_argument.c - the opcodes of pickles that have an argument: a number in
 * 1, 2, 4 or 8 bytes, so many bytes, or a line of text. */
#include "import/pickle_private.h"

#include "encoding/bytes.h"

#include <stdlib.h>
#include <string.h>

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

/* A number of `width` bytes, without sign. */
static int take_number(uint64_t *number, struct se_pickle_machine *m, int width)
{
    const uint8_t *bytes = take(m, (uint64_t)width);

    *number = 0;
    if (!bytes)
        return truncated(m);
    for (int i = 0; i < width; i++)
        *number |= (uint64_t)bytes[i] << 8 * i;
    return SE_OK;
}

int se_pickle_line(struct se_pickle_machine *m, struct se_pickle_object *text)
{
    const uint8_t *start = m->at,
                  *end = memchr(start, '\n', (size_t)(m->end - start));

    if (!end)
        return truncated(m);
    m->at = end + 1;
    *text = (struct se_pickle_object){.kind = SE_OBJECT_TEXT,
                                      .number = 1,
                                      .bytes = start,
                                      .n_bytes = (uint32_t)(end - start)};
    return SE_OK;
}

/* A line with a whole number, perhaps with an L behind it. */
static int take_decimal(int32_t *number, struct se_pickle_object *line,
                        struct se_pickle_machine *m)
{
    char text[16], *end;
    long value;
    int status = se_pickle_line(m, line);

    *number = 0;
    if (status != SE_OK)
        return status;
    if (line->n_bytes == 0 || line->n_bytes >= sizeof text)
        return se_pickle_refuse(m, "expected a whole number of 32 bits");
    memcpy(text, line->bytes, line->n_bytes);
    text[line->n_bytes] = '\0';
    value = strtol(text, &end, 10);
    if (*end == 'L' && *m->opcode == 'L')
        end++;
    if (!strchr("-0123456789", text[0]) || end != text + line->n_bytes ||
        value < INT32_MIN || value > INT32_MAX)
        return se_pickle_refuse(m, "expected a whole number of 32 bits");
    *number = (int32_t)value;
    return SE_OK;
}

int se_pickle_proto(struct se_pickle_machine *m)
{
    uint64_t version;
    int status = take_number(&version, m, 1);

    if (status != SE_OK)
        return status;
    if (m->opcode != m->start || version < 2 || version > 5)
        return se_pickle_refuse(
            m, "expected protocol 2 to 5, stated once, at the start");
    return SE_OK;
}

int se_pickle_frame(struct se_pickle_machine *m)
{
    uint64_t n_bytes;
    int status = take_number(&n_bytes, m, 8);

    if (status == SE_OK && n_bytes > (uint64_t)(m->end - m->at))
        status = se_pickle_refuse(m, "a frame longer than the file");
    return status;
}

/* Before protocol 2 the numbers 00 and 01 are False and True. */
static int push_decimal(struct se_pickle_machine *m)
{
    struct se_pickle_object line;
    int32_t number;
    int status = take_decimal(&number, &line, m);

    if (status != SE_OK)
        return status;
    if (line.n_bytes == 2 && line.bytes[0] == '0' && number < 2)
        return se_pickle_push_kind(m, SE_OBJECT_BOOL, number);
    return se_pickle_push_kind(m, SE_OBJECT_INT, number);
}

int se_pickle_push_int(struct se_pickle_machine *m, int width)
{
    uint64_t number;

    if (width == SE_PICKLE_LINE)
        return push_decimal(m);

    int status = take_number(&number, m, width);

    return status == SE_OK
               ? se_pickle_push_kind(m, SE_OBJECT_INT, (int32_t)number)
               : status;
}

int se_pickle_push_bytes(struct se_pickle_machine *m, enum se_object_kind kind,
                         int width)
{
    uint64_t n;
    int status = take_number(&n, m, width);

    if (status != SE_OK)
        return status;

    const uint8_t *bytes = n <= UINT32_MAX ? take(m, n) : NULL;

    if (!bytes)
        return truncated(m);
    return se_pickle_push_new(m, (struct se_pickle_object){
                                     .kind = kind,
                                     .bytes = bytes,
                                     .n_bytes = (uint32_t)n,
                                 });
}

int se_pickle_push_line(struct se_pickle_machine *m)
{
    struct se_pickle_object text;
    int status = se_pickle_line(m, &text);

    return status == SE_OK ? se_pickle_push_new(m, text) : status;
}

/* The number that an object has, or gets, in the memo. */
static int take_index(uint64_t *index, struct se_pickle_machine *m, int width)
{
    struct se_pickle_object line;
    int32_t number;
    int status;

    if (width != SE_PICKLE_LINE)
        return take_number(index, m, width);
    status = take_decimal(&number, &line, m);
    *index = number < 0 ? UINT64_MAX : (uint64_t)number;
    return status;
}

int se_pickle_put(struct se_pickle_machine *m, int width)
{
    uint64_t index = (uint64_t)m->n_memo;

    if (width != SE_PICKLE_NEXT) {
        int status = take_index(&index, m, width);

        if (status != SE_OK)
            return status;
    }
    if (m->n_stack == 0 || se_pickle_peek(m, 0)->kind == SE_OBJECT_MARK)
        return se_pickle_refuse(m, "nothing to memoize");
    if (index >= SE_PICKLE_MAX_MEMO)
        return se_pickle_refuse(m, "too many objects memoized");
    m->memo[index] = m->stack[m->n_stack - 1] + 1;
    m->n_memo++;
    return SE_OK;
}

int se_pickle_get(struct se_pickle_machine *m, int width)
{
    uint64_t index;
    int status = take_index(&index, m, width);

    if (status != SE_OK)
        return status;
    if (index >= SE_PICKLE_MAX_MEMO || m->memo[index] == 0)
        return se_pickle_refuse(m, "nothing was memoized under that number");
    return se_pickle_push(m, m->memo[index] - 1);
}
