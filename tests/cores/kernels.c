/* kernels.c - what some cores have instructions of their own for, as a core
 * executes it: random numbers, and those at the ends of their ranges. */
#include "checksum.h"

#include "m4/matrices.h"
#include "nnsp/activation.h"
#include "nnsp/dot.h"
#include "nnsp/fft.h"
#include "nnsp/mask.h"
#include "nnsp/window.h"

enum { FNV_BASIS = 2166136261u, FNV_PRIME = 16777619u };

/* FNV-1, words for bytes. */
static uint32_t add_words(uint32_t sum, const int32_t *words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sum = sum * FNV_PRIME ^ (uint32_t)words[i];
    return sum;
}

static uint32_t add_halves(uint32_t sum, const int16_t *halves, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sum = sum * FNV_PRIME ^ (uint16_t)halves[i];
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

/* Sums: any, around the tables' ends, and the least and the largest. */
static int32_t next_sum(int bits)
{
    int32_t x = next_signed(bits);

    switch (next() % 8) {
    case 0:
        return (x & 1 ? 383 << 7 : 383 << 6) + x % 3;
    case 1:
        return x & 1 ? INT32_MAX >> (31 - bits) : -(INT32_MAX >> (31 - bits));
    case 2:
        return x % 32;
    default:
        return x;
    }
}

enum { MOST = 36 };

static uint32_t activation(void)
{
    static int32_t z[MOST];
    static int16_t y[MOST];
    uint32_t sum = FNV_BASIS;

    state = 2;
    for (uint32_t i = 0; i < 1200; i++) {
        for (int k = 0; k < MOST; k++) {
            z[k] = next_sum(i & 4 ? 31 : 16);
            y[k] = (int16_t)k;
        }
        nnsp_activate((int)(i % 4), y, z, i / 8 % MOST);
        sum = add_halves(sum, y, MOST);
    }
    return sum;
}

static uint32_t gates(void)
{
    static int32_t cell[MOST], kernel[MOST][4], recurrent[MOST][4];
    static int16_t y[MOST];
    uint32_t sum = FNV_BASIS;

    state = 3;
    for (uint32_t i = 0; i < 400; i++) {
        for (int k = 0; k < MOST; k++) {
            if (i % 4 == 0)
                cell[k] = i & 4 ? next_sum(31) : next_signed(28);
            for (int gate = 0; gate < 4; gate++) {
                kernel[k][gate] = next_sum(i & 8 ? 30 : 15);
                recurrent[k][gate] = next_sum(i & 8 ? 29 : 15);
            }
            y[k] = (int16_t)k;
        }
        nnsp_gates(y, cell, kernel[0], recurrent[0], i % MOST);
        sum = add_halves(sum, y, MOST);
        sum = add_words(sum, cell, MOST);
    }
    return sum;
}

static int16_t next_half(void)
{
    int32_t x = next_signed(15);

    return (int16_t)(next() % 8 == 0 ? (x < 0 ? INT16_MIN : INT16_MAX) : x);
}

/* Between 0 and 1, both included. */
static int16_t next_gain(void)
{
    int32_t x = next_half();

    return (int16_t)(x < 0 ? (x & 1 ? 0 : INT16_MAX) : x);
}

/* Samples in, and out again with what the FFT may leave. */
static uint32_t window(void)
{
    static int32_t z[NNSP_FFT / 2][2], overlap[NNSP_DELAY];
    static int16_t x[NNSP_WINDOW], out[NNSP_HOP];
    uint32_t sum = FNV_BASIS;

    state = 4;
    for (uint32_t i = 0; i < 40; i++) {
        for (int n = 0; n < NNSP_WINDOW; n++)
            x[n] = i % 4 ? next_half() : INT16_MIN;
        nnsp_window_samples(z, x);
        sum = add_words(sum, z[0], NNSP_FFT);
        fill(z[0], NNSP_FFT, i & 8 ? 28 : 22, i & 16 ? 0 : 1);
        nnsp_overlap_add(out, overlap, x, z);
        sum = add_halves(sum, out, NNSP_HOP);
        sum = add_words(sum, overlap, NNSP_DELAY);
    }
    return sum;
}

static uint32_t mask(void)
{
    static int32_t z[NNSP_FFT / 2][2];
    static int16_t mask[NNSP_BINS], y[NNSP_BINS];
    uint32_t sum = FNV_BASIS;

    state = 5;
    for (uint32_t i = 0; i < 40; i++) {
        const int32_t gain = i & 1 ? 65535 : (int32_t)(1 + next() % 65535);
        struct nnsp_passed passed;

        for (int k = 0; k < NNSP_BINS; k++) {
            y[k] = next_half();
            mask[k] = next_gain();
        }
        fill(z[0], NNSP_FFT, 27, i & 2 ? 0 : 1);
        passed = nnsp_mask_pass(z, mask, 1 + (int)i % 5, 255 - (int)i % 7);
        sum = add_words(sum, &passed.mask_sum, 1);
        sum = sum * FNV_PRIME ^ (uint32_t)passed.energy;
        sum = sum * FNV_PRIME ^ (uint32_t)(passed.energy >> 32);
        nnsp_mask_take(z, mask, i & 4 ? 0 : next_gain());
        sum = add_words(sum, z[0], NNSP_FFT);
        nnsp_mask_set(mask, y, gain);
        sum = add_halves(sum, mask, NNSP_BINS);
    }
    return sum;
}

/* Edges of n bands at random, up to all bins; or one bin a band. */
static void make_edges(uint16_t *edge, uint32_t n, int is_pspec)
{
    edge[0] = 0;
    for (uint32_t i = 1; i <= n + 1; i++) {
        uint32_t left = NNSP_BINS - edge[i - 1];
        uint32_t step = next() % (2 * NNSP_BINS / n + 1);

        edge[i] =
            (uint16_t)(is_pspec ? i - 1
                                : edge[i - 1] + (step < left ? step : left));
    }
}

static uint32_t features(void)
{
    static int32_t z[NNSP_FFT / 2][2];
    static int16_t y[NNSP_PAD(NNSP_BINS)];
    static uint16_t edge[NNSP_BINS + 2];
    static _Alignas(4) uint16_t weight[NNSP_BINS][2];
    static int32_t mean[NNSP_BINS], inv_std[NNSP_BINS];
    uint32_t sum = FNV_BASIS;

    state = 6;
    for (uint32_t i = 0; i < 48; i++) {
        const int is_pspec = i % 4 == 0;
        const uint32_t n = is_pspec ? NNSP_BINS : 1 + next() % 80;
        struct nnsp_net net = {.n_features = (uint16_t)n,
                               .edge = edge,
                               .weight = weight,
                               .mean = mean,
                               .inv_std = inv_std};
        struct nnsp nnsp = {.net = &net, .spectrum = z[0], .features = y};

        make_edges(edge, n, is_pspec);
        for (int k = 0; k < NNSP_BINS; k++) {
            weight[k][0] = (uint16_t)(next() >> 16);
            weight[k][1] = (uint16_t)(next() >> 16);
            mean[k] = next_signed(i & 1 ? 24 : 19);
            inv_std[k] = (int32_t)(next() >> (i & 2 ? 1 : 8));
        }
        fill(z[0], NNSP_FFT, 22, i / 3);
        nnsp_extract(&nnsp);
        sum = add_halves(sum, y, NNSP_BINS);
        sum = add_words(sum, z[0], NNSP_FFT);
    }
    return sum;
}

const struct checksum checksums[] = {
    {"dot", dot},
    {"fft", fft},
    {"activation", activation},
    {"gates", gates},
    {"window", window},
    {"mask", mask},
    {"features", features},
    {0, 0},
};
