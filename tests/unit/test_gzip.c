/* test_gzip.c - what the packer writes, zlib unpacks to the same. */
#include "base/rng.h"
#include "check.h"
#include "records/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MAX_BYTES = 5 * SE_GZIP_BLOCK };

static uint8_t input[MAX_BYTES], packed[4 * SE_GZIP_ROOM + 3 * MAX_BYTES];
static uint8_t unpacked[MAX_BYTES + 1];

/* Packs input[n] in pieces of `piece` bytes; returns the length. */
static size_t pack(size_t n, size_t piece)
{
    struct se_gzip *gzip = calloc(1, sizeof *gzip);
    size_t at = 0, n_packed = 0;

    expect(gzip);
    while (at < n) {
        size_t now = n - at < piece ? n - at : piece;
        size_t taken = se_gzip_take(gzip, input + at, now);

        at += taken;
        if (taken < now) {
            size_t more = se_gzip_flush(gzip, packed + n_packed, 0);

            expect(more <= SE_GZIP_ROOM);
            n_packed += more;
        }
    }
    n_packed += se_gzip_flush(gzip, packed + n_packed, 1);
    free(gzip);
    return n_packed;
}

static void expect_same(size_t n, size_t piece)
{
    z_stream z = {
        .next_in = packed, .next_out = unpacked, .avail_out = sizeof unpacked};

    z.avail_in = (uInt)pack(n, piece);
    expect_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    expect_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    expect_equal(z.avail_in, 0);
    expect_equal(z.total_out, n);
    expect_bytes(unpacked, input, n);
    inflateEnd(&z);
}

TEST(sizes)
{
    const size_t sizes[] = {0,
                            1,
                            2,
                            3,
                            4,
                            1000,
                            SE_GZIP_BLOCK - 1,
                            SE_GZIP_BLOCK,
                            SE_GZIP_BLOCK + 1,
                            3 * SE_GZIP_BLOCK,
                            MAX_BYTES};
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)(se_rng_normal(&rng) * 20);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        expect_same(sizes[i], MAX_BYTES);
}

/* The same bytes come out whatever the pieces. */
TEST(pieces)
{
    size_t n = 2 * SE_GZIP_BLOCK + 77, whole = pack(n, MAX_BYTES);
    uint8_t *first = malloc(whole);

    expect(first);
    memcpy(first, packed, whole);
    for (size_t piece = 1; piece < MAX_BYTES; piece = piece * 7 + 3) {
        expect_equal(pack(n, piece), whole);
        expect_bytes(packed, first, whole);
        expect_same(n, piece);
    }
    free(first);
}

TEST(one_byte)
{
    memset(input, 200, sizeof input);
    expect_same(MAX_BYTES, 4096);
    /* one bit a byte, nearly */
    expect(pack(SE_GZIP_BLOCK, MAX_BYTES) < SE_GZIP_BLOCK / 8 + 300);
}

/* Counts like Fibonacci's numbers make a tree deeper than the 15 bits that a
 * code may have. */
TEST(deep_tree)
{
    size_t n = 0, count = 1, before = 1;

    for (int symbol = 0; n + count <= SE_GZIP_BLOCK; symbol++) {
        memset(input + n, symbol, count);
        n += count;

        size_t next = count + before;

        before = count;
        count = next;
    }
    expect(n > 40000);
    expect_same(n, MAX_BYTES);
}

/* All bytes alike are not to be had smaller, but must not grow much. */
TEST(random)
{
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)se_rng_next(&rng);
    expect_same(MAX_BYTES, 1000);
    expect(pack(MAX_BYTES, MAX_BYTES) < MAX_BYTES + MAX_BYTES / 100);
}
