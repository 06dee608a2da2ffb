/* test_frame.c - frames of the firmware's serial line. */
#include "check.h"
#include "firmware/frame.h"

#include <string.h>

enum { LENGTH = 20, FRAME_BYTES = FRAME_HEADER + LENGTH + FRAME_CRC };

static uint8_t payload[LENGTH];
static struct frame_reader reader;

BEFORE_EACH()
{
    reader = (struct frame_reader){.payload = payload, .payload_max = LENGTH};
}

/* The check value of this CRC in the catalogues. */
TEST(crc32)
{
    expect_equal(frame_crc32(0, "123456789", 9), 0xCBF43926);
    expect_equal(frame_crc32(frame_crc32(0, "1234", 4), "56789", 5),
                 0xCBF43926);
    expect_equal(frame_crc32(7, "", 0), 7);
}

static void build(uint8_t frame[FRAME_BYTES], uint16_t length)
{
    uint32_t n = FRAME_HEADER + length;
    uint32_t crc;

    frame_header(frame, FRAME_AUDIO, 0x1234, length);
    for (uint32_t i = FRAME_HEADER; i < n; i++)
        frame[i] = (uint8_t)(3 * i);
    crc = frame_crc32(0, frame + 2, n - 2);
    for (int i = 0; i < FRAME_CRC; i++)
        frame[n++] = (uint8_t)(crc >> 8 * i);
}

/* How many frames come out of the bytes. */
static int read_all(const uint8_t *bytes, size_t n)
{
    int n_whole = 0;

    for (size_t i = 0; i < n; i++)
        n_whole += frame_read(&reader, bytes[i]) == FRAME_WHOLE;
    return n_whole;
}

TEST(round_trip)
{
    uint8_t frame[FRAME_BYTES];

    build(frame, LENGTH);
    expect_equal(read_all(frame, sizeof frame), 1);
    expect_equal(frame_read_type(&reader), FRAME_AUDIO);
    expect_equal(frame_read_sequence(&reader), 0x1234);
    expect_equal(frame_read_length(&reader), LENGTH);
    expect_bytes(payload, frame + FRAME_HEADER, LENGTH);

    build(frame, 0);
    expect_equal(read_all(frame, FRAME_HEADER + FRAME_CRC), 1);
    expect_equal(frame_read_length(&reader), 0);
    expect_equal(reader.n_bad, 0);
}

TEST(every_flipped_bit_is_found)
{
    uint8_t frame[FRAME_BYTES];

    for (int bit = 16; bit < 8 * FRAME_BYTES; bit++) {
        before_each();
        build(frame, LENGTH);
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        expect_equal(read_all(frame, sizeof frame), 0);
    }
}

/* The payload never grows beyond its room, whatever the header says. */
TEST(too_long)
{
    uint8_t frame[FRAME_HEADER];

    frame_header(frame, FRAME_AUDIO, 0, LENGTH + 1);
    expect_equal(read_all(frame, sizeof frame), 0);
    expect_equal(reader.n_bad, 1);
    expect_equal(frame_read(&reader, 'x'), FRAME_BYTE);
}

TEST(text_between)
{
    static const uint8_t text[] = {'a', 0x5A, 0xA5, 'b', 0xA5};
    uint8_t frame[FRAME_BYTES];

    expect_equal(frame_read(&reader, text[0]), FRAME_BYTE);
    expect_equal(frame_read(&reader, text[1]), FRAME_BYTE);
    expect_equal(frame_read(&reader, text[2]), FRAME_NOTHING);
    expect_equal(frame_read(&reader, text[3]), FRAME_BYTE);
    /* A first byte of the sync just before the real one. */
    expect_equal(frame_read(&reader, text[4]), FRAME_NOTHING);
    build(frame, LENGTH);
    expect_equal(read_all(frame, sizeof frame), 1);
}
