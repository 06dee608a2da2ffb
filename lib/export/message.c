/* message.c - messages of protocol buffers, put together field by field. */
#include "export/message_private.h"

#include "encoding/protobuf.h"

#include <stdlib.h>
#include <string.h>

void se_message_free(struct se_message *message)
{
    free(message->bytes);
    *message = (struct se_message){0};
}

static void append(struct se_message *message, const void *bytes, size_t n)
{
    if (message->is_broken || n == 0)
        return;
    if (n > message->size - message->n) {
        size_t size = 2 * (message->n + n);
        uint8_t *larger = realloc(message->bytes, size);

        if (!larger) {
            message->is_broken = 1;
            return;
        }
        message->bytes = larger;
        message->size = size;
    }
    memcpy(message->bytes + message->n, bytes, n);
    message->n += n;
}

static void append_varint(struct se_message *message, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[n++] = (uint8_t)(value | 0x80);
    bytes[n++] = (uint8_t)value;
    append(message, bytes, n);
}

static void append_tag(struct se_message *message, int field, int type)
{
    append_varint(message, (uint64_t)field << 3 | (uint64_t)type);
}

void se_message_integer(struct se_message *message, int field, int64_t value)
{
    append_tag(message, field, SE_WIRE_VARINT);
    append_varint(message, (uint64_t)value);
}

void se_message_bytes(struct se_message *message, int field, const void *bytes,
                      size_t n)
{
    append_tag(message, field, SE_WIRE_BYTES);
    append_varint(message, n);
    append(message, bytes, n);
}

void se_message_text(struct se_message *message, int field, const char *text)
{
    se_message_bytes(message, field, text, strlen(text));
}

void se_message_add(struct se_message *message, int field,
                    struct se_message *inner)
{
    message->is_broken |= inner->is_broken;
    se_message_bytes(message, field, inner->bytes, inner->n);
    se_message_free(inner);
}

void se_message_append(struct se_message *message, struct se_message *other)
{
    message->is_broken |= other->is_broken;
    append(message, other->bytes, other->n);
    se_message_free(other);
}
