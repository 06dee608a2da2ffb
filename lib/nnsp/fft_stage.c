/* fft_stage.c - the stages of the FFT: the definition. */
#include "nnsp/fft_stage.h"

#include "nnsp/fixed.h"
#include "nnsp/tables.h"

#if !NNSP_FFT_M4 && !NNSP_MVE

enum { N = NNSP_FFT_COMPLEX };

/* y = z w / 2 */
static void turn(int32_t y[2], const int32_t z[2], const int32_t w[2])
{
    y[0] = nnsp_mlsh(nnsp_mulh(z[0], w[0]), z[1], w[1]);
    y[1] = nnsp_mlah(nnsp_mulh(z[1], w[0]), z[0], w[1]);
}

/* y = z conj(w) / 2 */
static void turn_back(int32_t y[2], const int32_t z[2], const int32_t w[2])
{
    y[0] = nnsp_mlah(nnsp_mulh(z[0], w[0]), z[1], w[1]);
    y[1] = nnsp_mlsh(nnsp_mulh(z[1], w[0]), z[0], w[1]);
}

/* From z[0] and b, c, d, each times `scale`: elements 0, m, 2 m, 3 m. */
static void join(int32_t z[][2], uint32_t m, int32_t x[3][2], int32_t scale)
{
    const int32_t *b = x[0], *c = x[1], *d = x[2];
    int32_t s[2] = {z[0][0] + scale * c[0], z[0][1] + scale * c[1]};
    int32_t t[2] = {z[0][0] - scale * c[0], z[0][1] - scale * c[1]};
    int32_t u[2] = {scale * (b[0] + d[0]), scale * (b[1] + d[1])};
    int32_t v[2] = {scale * (b[0] - d[0]), scale * (b[1] - d[1])};

    z[0][0] = s[0] + u[0];
    z[0][1] = s[1] + u[1];
    z[m][0] = t[0] + v[1];
    z[m][1] = t[1] - v[0];
    z[2 * m][0] = s[0] - u[0];
    z[2 * m][1] = s[1] - u[1];
    z[3 * m][0] = t[0] - v[1];
    z[3 * m][1] = t[1] + v[0];
}

/* What stands at j = 0. */
static void join_first(int32_t z[N][2], uint32_t m)
{
    for (uint32_t i = 0; i < N; i += 4 * m) {
        int32_t x[3][2];

        for (uint32_t k = 1; k < 4; k++) {
            x[k - 1][0] = z[i + k * m][0];
            x[k - 1][1] = z[i + k * m][1];
        }
        join(z + i, m, x, 1);
    }
}

void nnsp_fft_join(int32_t z[N][2], uint32_t m)
{
    join_first(z, m);
    for (uint32_t j = 1; j < m; j++) {
        for (uint32_t i = j; i < N; i += 4 * m) {
            int32_t x[3][2];

            for (uint32_t k = 1; k < 4; k++)
                turn_back(x[k - 1], z[i + k * m],
                          nnsp_turns[64 / m * j][k - 1]);
            join(z + i, m, x, 2);
        }
    }
}

/* Element 0 of four transforms, and 0 of the others, not halved, in y. */
static void part(int32_t y[3][2], int32_t z[][2], uint32_t m)
{
    int32_t s[2] = {z[0][0] + z[2 * m][0], z[0][1] + z[2 * m][1]};
    int32_t t[2] = {z[0][0] - z[2 * m][0], z[0][1] - z[2 * m][1]};
    int32_t u[2] = {z[m][0] + z[3 * m][0], z[m][1] + z[3 * m][1]};
    int32_t v[2] = {z[m][0] - z[3 * m][0], z[m][1] - z[3 * m][1]};

    z[0][0] = (s[0] + u[0]) >> 1;
    z[0][1] = (s[1] + u[1]) >> 1;
    y[0][0] = t[0] - v[1];
    y[0][1] = t[1] + v[0];
    y[1][0] = s[0] - u[0];
    y[1][1] = s[1] - u[1];
    y[2][0] = t[0] + v[1];
    y[2][1] = t[1] - v[0];
}

static void part_first(int32_t z[N][2], uint32_t m)
{
    int32_t y[3][2];

    for (uint32_t i = 0; i < N; i += 4 * m) {
        part(y, z + i, m);
        for (uint32_t k = 1; k < 4; k++) {
            z[i + k * m][0] = y[k - 1][0] >> 1;
            z[i + k * m][1] = y[k - 1][1] >> 1;
        }
    }
}

void nnsp_fft_part(int32_t z[N][2], uint32_t m)
{
    int32_t y[3][2];

    part_first(z, m);
    for (uint32_t j = 1; j < m; j++) {
        for (uint32_t i = j; i < N; i += 4 * m) {
            part(y, z + i, m);
            for (uint32_t k = 1; k < 4; k++)
                turn(z[i + k * m], y[k - 1], nnsp_turns[64 / m * j][k - 1]);
        }
    }
}

#endif
