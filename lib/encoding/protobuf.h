/* protobuf.h - reads messages of protocol buffers, field by field;
 * export/message_private.h writes them.
 *
 * Never looks beyond the bytes it is given, whatever they are. */
#ifndef SE_ENCODING_PROTOBUF_H
#define SE_ENCODING_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that are still to be read. */
struct se_span {
    const uint8_t *at, *end;
};

static inline struct se_span se_span_of(const void *bytes, size_t n_bytes)
{
    const uint8_t *at = bytes;

    return (struct se_span){at, n_bytes ? at + n_bytes : at};
}

enum se_wire_type {
    SE_WIRE_VARINT = 0,
    SE_WIRE_FIXED64 = 1,
    SE_WIRE_BYTES = 2,
    SE_WIRE_FIXED32 = 5
};

struct se_field {
    uint64_t number;
    int type;
    uint64_t value;      /* of a VARINT */
    struct se_span span; /* of BYTES, FIXED32 and FIXED64 */
};

/* Takes a varint, 7 bits a byte, low ones first; returns 0, or -1 if the bytes
 * end within it or it has more than 64 bits. */
int se_span_varint(struct se_span *span, uint64_t *value);

/* Takes the next field; returns 1, 0 at the end, or -1: not a message. */
int se_span_field(struct se_span *span, struct se_field *field);

#endif
