/* frame.c - frames on the serial line. */

#include "frame.h"

uint32_t frame_crc32(uint32_t crc, const void *bytes, uint32_t n_bytes)
{
    /* The remainders of all half bytes for the reflected polynomial
     * 0xEDB88320. */
    static const uint32_t remainder[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    const uint8_t *byte = bytes;

    crc = ~crc;
    for (uint32_t i = 0; i < n_bytes; i++) {
        crc ^= byte[i];
        crc = crc >> 4 ^ remainder[crc & 15];
        crc = crc >> 4 ^ remainder[crc & 15];
    }
    return ~crc;
}

void frame_header(uint8_t header[FRAME_HEADER], enum frame_type type,
                  uint16_t sequence, uint16_t length)
{
    header[0] = FRAME_SYNC_0;
    header[1] = FRAME_SYNC_1;
    header[2] = (uint8_t)type;
    header[3] = (uint8_t)sequence;
    header[4] = (uint8_t)(sequence >> 8);
    header[5] = (uint8_t)length;
    header[6] = (uint8_t)(length >> 8);
}

enum frame_type frame_read_type(const struct frame_reader *reader)
{
    return (enum frame_type)reader->header[2];
}

uint16_t frame_read_sequence(const struct frame_reader *reader)
{
    return (uint16_t)(reader->header[3] | reader->header[4] << 8);
}

uint16_t frame_read_length(const struct frame_reader *reader)
{
    return (uint16_t)(reader->header[5] | reader->header[6] << 8);
}

static int is_whole(const struct frame_reader *reader)
{
    const uint8_t *sent = reader->crc;
    uint32_t crc = frame_crc32(0, reader->header + 2, FRAME_HEADER - 2);

    crc = frame_crc32(crc, reader->payload, frame_read_length(reader));
    return crc == ((uint32_t)sent[0] | (uint32_t)sent[1] << 8 |
                   (uint32_t)sent[2] << 16 | (uint32_t)sent[3] << 24);
}

static enum frame_event drop(struct frame_reader *reader)
{
    reader->n_bad++;
    reader->n = 0;
    return FRAME_NOTHING;
}

/* The two bytes before all others; nothing else in a stream of text has
 * them. */
static enum frame_event read_sync(struct frame_reader *reader, uint8_t byte)
{
    if (reader->n == 1 && byte == FRAME_SYNC_1) {
        reader->header[reader->n++] = byte;
        return FRAME_NOTHING;
    }
    reader->n = 0;
    if (byte != FRAME_SYNC_0)
        return FRAME_BYTE;
    reader->header[reader->n++] = byte;
    return FRAME_NOTHING;
}

enum frame_event frame_read(struct frame_reader *reader, uint8_t byte)
{
    uint32_t n = reader->n;

    if (n < 2)
        return read_sync(reader, byte);
    reader->n++;
    if (n < FRAME_HEADER) {
        reader->header[n] = byte;
        if (reader->n == FRAME_HEADER &&
            frame_read_length(reader) > reader->payload_max)
            return drop(reader);
        return FRAME_NOTHING;
    }

    uint32_t length = frame_read_length(reader);

    n -= FRAME_HEADER;
    if (n < length) {
        reader->payload[n] = byte;
        return FRAME_NOTHING;
    }
    reader->crc[n - length] = byte;
    if (n - length < FRAME_CRC - 1)
        return FRAME_NOTHING;
    if (!is_whole(reader))
        return drop(reader);
    reader->n = 0;
    return FRAME_WHOLE;
}
