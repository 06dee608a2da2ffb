/* test_bytes.c - numbers in bytes, checksums, messages of protocol buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/protobuf.h"

#include <string.h>

static uint32_t masked(const void *bytes, size_t n)
{
    return se_crc32c_masked(se_crc32c(0, bytes, n));
}

static void test_numbers(void **state)
{
    static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x84, 0, 0, 0x80, 0x3f};
    uint8_t again[8];

    (void)state;
    assert_int_equal(se_get_u32(bytes), 0x84030201u);
    assert_true(se_get_u64(bytes) == 0x3f80000084030201u);
    assert_true(se_get_float(bytes + 4) == 1.0f);
    se_put_u64(again, se_get_u64(bytes));
    assert_memory_equal(again, bytes, 8);
}

/* facts/formats.md, section 1 */
static void test_crc32c(void **state)
{
    uint8_t bytes[32] = {0};

    (void)state;
    assert_int_equal(se_crc32c(0, "123456789", 9), 0xe3069283u);
    assert_int_equal(masked("123456789", 9), 0xc78ab0e5u);
    assert_int_equal(se_crc32c(0, "", 0), 0);
    assert_int_equal(masked("", 0), 0xa282ead8u);
    assert_int_equal(se_crc32c(0, bytes, sizeof bytes), 0x8a9136aau);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(se_crc32c(0, bytes, sizeof bytes), 0x62a8ab43u);
}

/* In two parts, at every place, as in one. */
static void test_crc32c_continues(void **state)
{
    uint8_t bytes[41];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 37 + 5);
    for (size_t i = 0; i <= sizeof bytes; i++) {
        uint32_t crc = se_crc32c(0, bytes, i);

        assert_int_equal(se_crc32c(crc, bytes + i, sizeof bytes - i),
                         se_crc32c(0, bytes, sizeof bytes));
    }
}

/* ---- messages ------------------------------------------------------------ */

static int varint(uint64_t *value, const char *bytes, size_t n)
{
    struct se_span span = {(const uint8_t *)bytes, (const uint8_t *)bytes + n};

    return se_span_varint(&span, value);
}

static void test_varint(void **state)
{
    uint64_t value;

    (void)state;
    assert_int_equal(varint(&value, "\x7f", 1), 0);
    assert_true(value == 127);
    assert_int_equal(varint(&value, "\x80\x01", 2), 0);
    assert_true(value == 128);
    assert_int_equal(
        varint(&value, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(
        varint(&value, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10), -1);
    assert_int_equal(
        varint(&value, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11), -1);
    assert_int_equal(varint(&value, "\x80", 1), -1);
    assert_int_equal(varint(&value, "", 0), -1);
}

static void test_fields(void **state)
{
    /* field 1 = 300, field 2 = "ab", field 3 = fixed32, field 4 = fixed64 */
    static const uint8_t message[] = {0x08, 0xac, 0x02, 0x12, 2, 'a',  'b',
                                      0x1d, 1,    2,    3,    4, 0x21, 1,
                                      2,    3,    4,    5,    6, 7,    8};
    struct se_span span = {message, message + sizeof message};
    struct se_field field;

    (void)state;
    assert_int_equal(se_span_field(&span, &field), 1);
    assert_true(field.number == 1 && field.type == SE_WIRE_VARINT);
    assert_true(field.value == 300);
    assert_int_equal(se_span_field(&span, &field), 1);
    assert_true(field.number == 2 && field.type == SE_WIRE_BYTES);
    assert_true(field.span.end - field.span.at == 2);
    assert_memory_equal(field.span.at, "ab", 2);
    assert_int_equal(se_span_field(&span, &field), 1);
    assert_true(field.type == SE_WIRE_FIXED32);
    assert_int_equal(se_get_u32(field.span.at), 0x04030201);
    assert_int_equal(se_span_field(&span, &field), 1);
    assert_true(field.type == SE_WIRE_FIXED64);
    assert_int_equal(se_span_field(&span, &field), 0);
}

/* Cut anywhere but between fields, a message is none. */
static void test_fields_cut(void **state)
{
    static const uint8_t message[] = {0x12, 2, 'a', 'b', 0x1d, 1, 2, 3, 4};

    (void)state;
    for (size_t n = 1; n < sizeof message; n++) {
        struct se_span span = {message, message + n};
        struct se_field field;
        int found;

        while ((found = se_span_field(&span, &field)) == 1)
            ;
        assert_int_equal(found, n == 4 ? 0 : -1);
    }
}

/* Groups and unknown wire types; lengths that would wrap around. */
static void test_fields_wrong(void **state)
{
    static const uint8_t wrong[][11] = {
        {0x0b},
        {0x0c},
        {0x0e},
        {0x0f},
        {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct se_span span = {wrong[i], wrong[i] + sizeof wrong[i]};
        struct se_field field;

        assert_int_equal(se_span_field(&span, &field), -1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_crc32c),
        cmocka_unit_test(test_crc32c_continues),
        cmocka_unit_test(test_varint),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_fields_cut),
        cmocka_unit_test(test_fields_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
