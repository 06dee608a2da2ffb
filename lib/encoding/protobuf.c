/* protobuf.c - takes messages of protocol buffers apart. */
#include "encoding/protobuf.h"

int se_span_varint(struct se_span *span, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 70 && span->at < span->end; shift += 7) {
        uint8_t byte = *span->at++;

        if (shift == 63 && byte > 1)
            return -1;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return 0;
    }
    return -1;
}

int se_span_field(struct se_span *span, struct se_field *field)
{
    uint64_t tag, n_bytes = 0;

    if (span->at == span->end)
        return 0;
    if (se_span_varint(span, &tag) != 0)
        return -1;
    field->number = tag >> 3;
    field->type = (int)(tag & 7);
    if (field->type == SE_WIRE_VARINT)
        return se_span_varint(span, &field->value) == 0 ? 1 : -1;
    if (field->type == SE_WIRE_FIXED32)
        n_bytes = 4;
    else if (field->type == SE_WIRE_FIXED64)
        n_bytes = 8;
    else if (field->type != SE_WIRE_BYTES ||
             se_span_varint(span, &n_bytes) != 0)
        return -1;
    if (n_bytes > (uint64_t)(span->end - span->at))
        return -1;
    field->span = (struct se_span){span->at, span->at + n_bytes};
    span->at += n_bytes;
    return 1;
}
