/* test_frame.c - frames of the firmware's serial line. */

#include "firmware/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LENGTH = 20, FRAME_BYTES = FRAME_HEADER + LENGTH + FRAME_CRC };

static uint8_t payload[LENGTH];
static struct frame_reader reader;

static int set_up(void **state)
{
    (void)state;
    reader = (struct frame_reader){.payload = payload, .payload_max = LENGTH};
    return 0;
}

/* The check value of this CRC in the catalogues. */
static void test_crc32(void **state)
{
    (void)state;
    assert_int_equal(frame_crc32(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(frame_crc32(frame_crc32(0, "1234", 4), "56789", 5),
                     0xCBF43926);
    assert_int_equal(frame_crc32(7, "", 0), 7);
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

static void test_round_trip(void **state)
{
    uint8_t frame[FRAME_BYTES];

    (void)state;
    build(frame, LENGTH);
    assert_int_equal(read_all(frame, sizeof frame), 1);
    assert_int_equal(frame_read_type(&reader), FRAME_AUDIO);
    assert_int_equal(frame_read_sequence(&reader), 0x1234);
    assert_int_equal(frame_read_length(&reader), LENGTH);
    assert_memory_equal(payload, frame + FRAME_HEADER, LENGTH);

    build(frame, 0);
    assert_int_equal(read_all(frame, FRAME_HEADER + FRAME_CRC), 1);
    assert_int_equal(frame_read_length(&reader), 0);
    assert_int_equal(reader.n_bad, 0);
}

static void test_every_flipped_bit_is_found(void **state)
{
    uint8_t frame[FRAME_BYTES];

    (void)state;
    for (int bit = 16; bit < 8 * FRAME_BYTES; bit++) {
        set_up(NULL);
        build(frame, LENGTH);
        frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(read_all(frame, sizeof frame), 0);
    }
}

/* The payload never grows beyond its room, whatever the header says. */
static void test_too_long(void **state)
{
    uint8_t frame[FRAME_HEADER];

    (void)state;
    frame_header(frame, FRAME_AUDIO, 0, LENGTH + 1);
    assert_int_equal(read_all(frame, sizeof frame), 0);
    assert_int_equal(reader.n_bad, 1);
    assert_int_equal(frame_read(&reader, 'x'), FRAME_BYTE);
}

static void test_text_between(void **state)
{
    static const uint8_t text[] = {'a', 0x5A, 0xA5, 'b', 0xA5};
    uint8_t frame[FRAME_BYTES];

    (void)state;
    assert_int_equal(frame_read(&reader, text[0]), FRAME_BYTE);
    assert_int_equal(frame_read(&reader, text[1]), FRAME_BYTE);
    assert_int_equal(frame_read(&reader, text[2]), FRAME_NOTHING);
    assert_int_equal(frame_read(&reader, text[3]), FRAME_BYTE);
    /* A first byte of the sync just before the real one. */
    assert_int_equal(frame_read(&reader, text[4]), FRAME_NOTHING);
    build(frame, LENGTH);
    assert_int_equal(read_all(frame, sizeof frame), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_crc32, set_up),
        cmocka_unit_test_setup(test_round_trip, set_up),
        cmocka_unit_test_setup(test_every_flipped_bit_is_found, set_up),
        cmocka_unit_test_setup(test_too_long, set_up),
        cmocka_unit_test_setup(test_text_between, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
