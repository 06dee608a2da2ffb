/* console.c - text and frames out over the board's serial line. */

#include "console.h"

#include "board.h"

static void put_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            board_put('\r');
        board_put((uint8_t)*text);
    }
}

/* An unsigned 32-bit number has at most 10 digits. */
static void put_decimal(uint32_t value)
{
    char digits[11];
    char *first = &digits[10];

    *first = 0;
    do
        *--first = (char)('0' + value % 10);
    while (value /= 10);
    put_text(first);
}

static void put_hexadecimal(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        board_put((uint8_t) "0123456789abcdef"[value >> shift & 15]);
}

void console_print(const char *text, const uintptr_t *values)
{
    for (; *text; text++) {
        char one[2] = {*text, 0};

        if (*text != '%') {
            put_text(one);
            continue;
        }
        switch (*++text) {
        case 'u':
            put_decimal((uint32_t)*values++);
            break;
        case 'x':
            put_hexadecimal((uint32_t)*values++);
            break;
        case 's':
            put_text((const char *)*values++);
            break;
        default:
            board_put('%');
        }
    }
}

static uint32_t put_bytes(uint32_t crc, const void *bytes, uint32_t n_bytes)
{
    const uint8_t *byte = bytes;

    for (uint32_t i = 0; i < n_bytes; i++)
        board_put(byte[i]);
    return frame_crc32(crc, bytes, n_bytes);
}

void console_frame(enum frame_type type, uint16_t sequence,
                   struct console_part first, struct console_part second)
{
    uint8_t header[FRAME_HEADER];
    uint32_t crc;

    frame_header(header, type, sequence,
                 (uint16_t)(first.n_bytes + second.n_bytes));
    board_put(header[0]);
    board_put(header[1]);
    crc = put_bytes(0, header + 2, FRAME_HEADER - 2);
    crc = put_bytes(crc, first.bytes, first.n_bytes);
    crc = put_bytes(crc, second.bytes, second.n_bytes);
    for (int shift = 0; shift < 32; shift += 8)
        board_put((uint8_t)(crc >> shift));
}
