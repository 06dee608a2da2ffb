/* kernels.c - what some cores have instructions of their own for, as a core
 * executes it: random numbers, and those at the ends of their ranges. */
#include "checksum.h"

#include "m4/matrices.h"
#include "nnsp/dot.h"
#include "nnsp/fft.h"

enum { FNV_BASIS = 2166136261u, FNV_PRIME = 16777619u };

/* FNV-1, words for bytes. */
static uint32_t add_words(uint32_t sum, const int32_t *words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sum = sum * FNV_PRIME ^ (uint32_t)words[i];
    return sum;
}

/* At every width. */
static uint32_t dot(void)
{
    static struct matrix matrix;
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};
    uint32_t sum = FNV_BASIS;

    for (uint32_t n = 8; n <= MATRIX_COLUMNS; n += 8) {
        for (uint32_t i = 0; i < 2 * MATRIX_KINDS; i++) {
            matrix_make(&matrix, i, n);
            nnsp_dot(matrix.z, &rows, matrix.x, n, MATRIX_GROUPS);
            sum = add_words(sum, matrix.z, MATRIX_ROWS);
        }
    }
    return sum;
}

/* xorshift32, Marsaglia 2003 */
static uint32_t state;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Of any size, up to +-2^bits, 2^bits - 1 included. */
static int32_t next_signed(int bits)
{
    uint32_t x = next();

    return (int32_t)next() >> (31 - bits) >> (x % 4 ? 0 : x >> 8 & 15);
}

/* Numbers of +-2^bits, whose signs make one bin or many, or one alone. */
static void fill(int32_t *x, uint32_t n, int bits, uint32_t kind)
{
    int32_t largest = (int32_t)((UINT32_C(1) << bits) - 1);

    for (uint32_t i = 0; i < n; i++) {
        switch (kind % 4) {
        case 0:
            x[i] = next_signed(bits);
            break;
        case 1:
            x[i] = next() & 1 ? largest : -largest - 1;
            break;
        case 2:
            x[i] = i >> kind / 4 % 8 & 1 ? largest : -largest - 1;
            break;
        default:
            x[i] = 0;
        }
    }
    if (kind % 4 == 3)
        x[next() % n] = kind & 4 ? largest << 7 : -largest * 128;
}

/* Bounds: fft.h. */
static uint32_t fft(void)
{
    static int32_t z[256][2];
    uint32_t sum = FNV_BASIS;

    state = 1;
    for (uint32_t kind = 0; kind < 64; kind++) {
        fill(z[0], 512, 21, kind);
        nnsp_fft_forward(z);
        sum = add_words(sum, z[0], 512);
        fill(z[0], 512, 22, kind);
        nnsp_fft_inverse(z);
        sum = add_words(sum, z[0], 512);
    }
    return sum;
}

const struct checksum checksums[] = {{"dot", dot}, {"fft", fft}, {0, 0}};
