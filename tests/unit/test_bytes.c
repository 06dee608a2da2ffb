/* test_bytes.c - numbers in bytes, checksums, messages of protocol buffers. */
#include "check.h"
#include "encoding/bytes.h"
#include "encoding/crc32c.h"
#include "encoding/protobuf.h"

#include <string.h>

static uint32_t masked(const void *bytes, size_t n)
{
    return se_crc32c_masked(se_crc32c(0, bytes, n));
}

TEST(numbers)
{
    static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x84, 0, 0, 0x80, 0x3f};
    uint8_t again[8];

    expect_equal(se_get_u32(bytes), 0x84030201u);
    expect(se_get_u64(bytes) == 0x3f80000084030201u);
    expect(se_get_float(bytes + 4) == 1.0f);
    se_put_u64(again, se_get_u64(bytes));
    expect_bytes(again, bytes, 8);
}

/* The check value, the vectors of RFC 3720, appendix B.4, and TFRecord's masked
 * form. */
TEST(crc32c)
{
    uint8_t bytes[32] = {0};

    expect_equal(se_crc32c(0, "123456789", 9), 0xe3069283u);
    expect_equal(masked("123456789", 9), 0xc78ab0e5u);
    expect_equal(se_crc32c(0, "", 0), 0);
    expect_equal(masked("", 0), 0xa282ead8u);
    expect_equal(se_crc32c(0, bytes, sizeof bytes), 0x8a9136aau);
    memset(bytes, 0xff, sizeof bytes);
    expect_equal(se_crc32c(0, bytes, sizeof bytes), 0x62a8ab43u);
}

/* In two parts, at every place, as in one. */
TEST(crc32c_continues)
{
    uint8_t bytes[41];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 5);
    for (size_t i = 0; i <= sizeof bytes; i++) {
        uint32_t crc = se_crc32c(0, bytes, i);

        expect_equal(se_crc32c(crc, bytes + i, sizeof bytes - i),
                     se_crc32c(0, bytes, sizeof bytes));
    }
}

/* ---- messages ------------------------------------------------------------ */

static int varint(uint64_t *value, const char *bytes, size_t n)
{
    struct se_span span = {(const uint8_t *)bytes, (const uint8_t *)bytes + n};

    return se_span_varint(&span, value);
}

TEST(varint)
{
    uint64_t value;

    expect_equal(varint(&value, "\x7f", 1), 0);
    expect(value == 127);
    expect_equal(varint(&value, "\x80\x01", 2), 0);
    expect(value == 128);
    expect_equal(varint(&value, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10),
                 0);
    expect(value == UINT64_MAX);
    expect_equal(varint(&value, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10),
                 -1);
    expect_equal(
        varint(&value, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11), -1);
    expect_equal(varint(&value, "\x80", 1), -1);
    expect_equal(varint(&value, "", 0), -1);
}

TEST(fields)
{
    /* field 1 = 300, field 2 = "ab", field 3 = fixed32, field 4 = fixed64 */
    static const uint8_t message[] = {0x08, 0xac, 0x02, 0x12, 2, 'a',  'b',
                                      0x1d, 1,    2,    3,    4, 0x21, 1,
                                      2,    3,    4,    5,    6, 7,    8};
    struct se_span span = {message, message + sizeof message};
    struct se_field field;

    expect_equal(se_span_field(&span, &field), 1);
    expect(field.number == 1 && field.type == SE_WIRE_VARINT);
    expect(field.value == 300);
    expect_equal(se_span_field(&span, &field), 1);
    expect(field.number == 2 && field.type == SE_WIRE_BYTES);
    expect(field.span.end - field.span.at == 2);
    expect_bytes(field.span.at, "ab", 2);
    expect_equal(se_span_field(&span, &field), 1);
    expect(field.type == SE_WIRE_FIXED32);
    expect_equal(se_get_u32(field.span.at), 0x04030201);
    expect_equal(se_span_field(&span, &field), 1);
    expect(field.type == SE_WIRE_FIXED64);
    expect_equal(se_span_field(&span, &field), 0);
}

/* Cut anywhere but between fields, a message is none. */
TEST(fields_cut)
{
    static const uint8_t message[] = {0x12, 2, 'a', 'b', 0x1d, 1, 2, 3, 4};

    for (size_t n = 1; n < sizeof message; n++) {
        struct se_span span = {message, message + n};
        struct se_field field;
        int found;

        while ((found = se_span_field(&span, &field)) == 1)
            ;
        expect_equal(found, n == 4 ? 0 : -1);
    }
}

/* Groups and unknown wire types; lengths that would wrap around. */
TEST(fields_wrong)
{
    static const uint8_t wrong[][11] = {
        {0x0b},
        {0x0c},
        {0x0e},
        {0x0f},
        {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct se_span span = {wrong[i], wrong[i] + sizeof wrong[i]};
        struct se_field field;

        expect_equal(se_span_field(&span, &field), -1);
    }
}
