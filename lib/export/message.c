/* message.c - messages of protocol buffers, put together field by field. */
#include "export/message_private.h"

#include "encoding/protobuf.h"

#include <string.h>

static void append_varint(struct se_bytes *message, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[n++] = (uint8_t)(value | 0x80);
    bytes[n++] = (uint8_t)value;
    se_bytes_put(message, bytes, n);
}

static void append_tag(struct se_bytes *message, int field, int type)
{
    append_varint(message, (uint64_t)field << 3 | (uint64_t)type);
}

void se_message_integer(struct se_bytes *message, int field, int64_t value)
{
    append_tag(message, field, SE_WIRE_VARINT);
    append_varint(message, (uint64_t)value);
}

void se_message_bytes(struct se_bytes *message, int field, const void *bytes,
                      size_t n)
{
    append_tag(message, field, SE_WIRE_BYTES);
    append_varint(message, n);
    se_bytes_put(message, bytes, n);
}

void se_message_text(struct se_bytes *message, int field, const char *text)
{
    se_message_bytes(message, field, text, strlen(text));
}

void se_message_add(struct se_bytes *message, int field, struct se_bytes *inner)
{
    message->is_broken |= inner->is_broken;
    se_message_bytes(message, field, inner->at, inner->n);
    se_bytes_free(inner);
}
