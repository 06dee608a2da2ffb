/* gzip.c - deflate (RFC 1951) with literals alone, in gzip's frame. */
#include "records/gzip.h"

#include "encoding/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    N_SYMBOLS = 257, /* bytes, and the end of the block */
    END = 256,
    MAX_LENGTH = 15,
    HEAD_BYTES = 10,
    LENGTH_BITS = 4 /* of a code's length: all 16 are equally long */
};

/* A symbol's code, its first bit lowest. */
struct code {
    uint16_t bits;
    uint16_t length;
};

size_t se_gzip_take(struct se_gzip *gzip, const uint8_t *bytes, size_t n)
{
    size_t room = SE_GZIP_BLOCK - gzip->n_block;

    n = n < room ? n : room;
    memcpy(gzip->block + gzip->n_block, bytes, n);
    gzip->n_block += n;
    return n;
}

/* ---- codes --------------------------------------------------------------- */

/* Four tables, so that equal bytes in a row do not wait for each other. */
static void count_bytes(uint32_t counts[N_SYMBOLS], const uint8_t *bytes,
                        size_t n)
{
    uint32_t part[4][256] = {{0}};
    size_t i = 0;

    for (; i + 4 <= n; i += 4)
        for (int j = 0; j < 4; j++)
            part[j][bytes[i + (size_t)j]]++;
    for (; i < n; i++)
        part[0][bytes[i]]++;
    for (int k = 0; k < 256; k++)
        counts[k] = part[0][k] + part[1][k] + part[2][k] + part[3][k];
    counts[END] = 1;
}

struct node {
    uint32_t count;
    uint16_t symbol;
};

static int compare_nodes(const void *a, const void *b)
{
    const struct node *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return x->symbol < y->symbol ? -1 : 1;
}

/* Depths of the n leaves of Huffman's tree; counts in rising order, n >= 2. Two
 * queues, the leaves and the pairs made of them, are both in order. */
static void find_depths(uint8_t *depths, const struct node *leaves, int n)
{
    uint32_t weights[2 * N_SYMBOLS];
    int parents[2 * N_SYMBOLS], leaf = 0, pair = n;

    for (int i = 0; i < n; i++)
        weights[i] = leaves[i].count;
    for (int next = n; next < 2 * n - 1; next++) {
        weights[next] = 0;
        for (int side = 0; side < 2; side++) {
            int take_leaf =
                leaf < n && (pair == next || weights[leaf] <= weights[pair]);
            int taken = take_leaf ? leaf++ : pair++;

            weights[next] += weights[taken];
            parents[taken] = next;
        }
    }

    uint8_t all[2 * N_SYMBOLS];

    all[2 * n - 2] = 0;
    for (int i = 2 * n - 3; i >= 0; i--)
        all[i] = (uint8_t)(all[parents[i]] + 1);
    memcpy(depths, all, (size_t)n);
}

/* Lengths of the codes, 0 for a byte that is not there. Where a code would be
 * too long, counts are made less different until none is. */
static void find_lengths(uint8_t lengths[N_SYMBOLS],
                         const uint32_t counts[N_SYMBOLS])
{
    struct node leaves[N_SYMBOLS];
    uint8_t depths[N_SYMBOLS];
    int n = 0;

    memset(lengths, 0, N_SYMBOLS);
    for (int i = 0; i < N_SYMBOLS; i++)
        if (counts[i])
            leaves[n++] = (struct node){counts[i], (uint16_t)i};
    if (n == 1) { /* the end alone */
        lengths[END] = 1;
        return;
    }
    qsort(leaves, (size_t)n, sizeof *leaves, compare_nodes);
    for (;;) {
        find_depths(depths, leaves, n);
        if (depths[0] <= MAX_LENGTH)
            break;
        for (int i = 0; i < n; i++)
            leaves[i].count = leaves[i].count / 2 + 1;
    }
    for (int i = 0; i < n; i++)
        lengths[leaves[i].symbol] = depths[i];
}

/* RFC 1951, 3.2.2: shorter codes first, then by symbol. */
static void number_codes(struct code codes[N_SYMBOLS],
                         const uint8_t lengths[N_SYMBOLS])
{
    uint32_t next = 0;

    for (uint16_t length = 1; length <= MAX_LENGTH; length++, next <<= 1)
        for (int i = 0; i < N_SYMBOLS; i++) {
            uint32_t reversed = 0;

            if (lengths[i] != length)
                continue;
            for (int bit = 0; bit < length; bit++)
                reversed |= (next >> bit & 1) << (length - 1 - bit);
            codes[i] = (struct code){(uint16_t)reversed, length};
            next++;
        }
}

/* ---- bits ---------------------------------------------------------------- */

/* Puts n <= 16 bits. */
static uint8_t *put_bits(struct se_gzip *gzip, uint8_t *out, uint32_t bits,
                         int n)
{
    gzip->bits |= (uint64_t)bits << gzip->n_bits;
    gzip->n_bits += n;
    for (; gzip->n_bits >= 8; gzip->n_bits -= 8, gzip->bits >>= 8)
        *out++ = (uint8_t)gzip->bits;
    return out;
}

/* RFC 1951, 3.2.7, of which the repetitions are not used: a length is one of 16
 * symbols, each with a code of 4 bits; there are no distances. */
static uint8_t *put_head(struct se_gzip *gzip, uint8_t *out,
                         const uint8_t lengths[N_SYMBOLS], int last)
{
    static const uint8_t reversed[16] = {0, 8, 4, 12, 2, 10, 6, 14,
                                         1, 9, 5, 13, 3, 11, 7, 15};

    out = put_bits(gzip, out, (uint32_t)last | 2 << 1, 3);
    out = put_bits(gzip, out, 0 | 0 << 5 | 15 << 10, 14);
    for (int i = 0; i < 19; i++)
        out = put_bits(gzip, out, i < 3 ? 0 : LENGTH_BITS, 3);
    for (int i = 0; i < N_SYMBOLS; i++)
        out = put_bits(gzip, out, reversed[lengths[i]], LENGTH_BITS);
    return put_bits(gzip, out, reversed[0], LENGTH_BITS);
}

/* Three codes have 45 bits at most, with the 7 that may wait 52: they fit, and
 * whole bytes go out eight at a time. */
static uint8_t *put_literals(struct se_gzip *gzip, uint8_t *out,
                             const struct code codes[N_SYMBOLS])
{
    const uint8_t *p = gzip->block, *end = p + gzip->n_block;
    uint64_t bits = gzip->bits;
    int n_bits = gzip->n_bits;

    for (; end - p >= 3; p += 3) {
        for (int i = 0; i < 3; i++) {
            struct code code = codes[p[i]];

            bits |= (uint64_t)code.bits << n_bits;
            n_bits += code.length;
        }
        se_put_u64(out, bits);
        out += n_bits / 8;
        bits >>= n_bits / 8 * 8;
        n_bits %= 8;
    }
    gzip->bits = bits;
    gzip->n_bits = n_bits;
    for (; p < end; p++)
        out = put_bits(gzip, out, codes[*p].bits, codes[*p].length);
    return put_bits(gzip, out, codes[END].bits, codes[END].length);
}

static uint8_t *put_end(struct se_gzip *gzip, uint8_t *out)
{
    if (gzip->n_bits > 0)
        out = put_bits(gzip, out, 0, 8 - gzip->n_bits);
    se_put_u32(out, gzip->crc);
    se_put_u32(out + 4, gzip->n_total);
    return out + 8;
}

size_t se_gzip_flush(struct se_gzip *gzip, uint8_t *out, int last)
{
    /* Deflate, no name, no time, the fastest of methods, Unix. */
    static const uint8_t head[HEAD_BYTES] = {0x1f, 0x8b, 8, 0, 0,
                                             0,    0,    0, 4, 3};
    uint32_t counts[N_SYMBOLS];
    uint8_t lengths[N_SYMBOLS], *p = out;
    struct code codes[N_SYMBOLS] = {{0}};

    if (!gzip->started) {
        memcpy(p, head, sizeof head);
        p += sizeof head;
        gzip->started = 1;
    }
    gzip->crc = (uint32_t)crc32(gzip->crc, gzip->block, (uInt)gzip->n_block);
    gzip->n_total += (uint32_t)gzip->n_block;
    count_bytes(counts, gzip->block, gzip->n_block);
    find_lengths(lengths, counts);
    number_codes(codes, lengths);
    p = put_head(gzip, p, lengths, last);
    p = put_literals(gzip, p, codes);
    if (last)
        p = put_end(gzip, p);
    gzip->n_block = 0;
    return (size_t)(p - out);
}
