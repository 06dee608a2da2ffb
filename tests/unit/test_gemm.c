/* test_gemm.c - matrix products against sums in double precision, by every
 * kernel that this machine can run, with nothing written beside the result. */
#include "base/rng.h"
#include "check.h"
#include "nn/gemm.h"
#include "nn/tile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 32 };
static const float untouched = 12345;

static float *random_floats(int64_t n, uint64_t stream)
{
    float *x = aligned_alloc(64, (size_t)(n * 4 + 63) / 64 * 64);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, 3, stream);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)se_rng_normal(&rng);
    return x;
}

/* A sum of k products of normal numbers, each rounded once or twice. */
static void check_sum(double got, double want, int k)
{
    if (fabs(got - want) > 3e-7 * (k + 2) + 1e-6 * fabs(want))
        fail_test("found %.9g, expected %.9g, k = %d", got, want, k);
}

/* ---- tiles --------------------------------------------------------------- */

struct layout {
    int64_t a_row, a_step;
    enum { FROM_ZEROS, FROM_SELF, FROM_ROW } from;
};

static double tile_sum(const struct se_tile *tile, const float *before, int i,
                       int j)
{
    double sum = before ? (double)before[i * tile->from_step + j] : 0;

    for (int p = 0; p < tile->depth; p++)
        sum += (double)tile->a[i * tile->a_row + p * tile->a_step] *
               (double)tile->b[p * tile->width + j];
    return sum;
}

static void check_tile(const struct se_tile_kernel *kernel,
                       struct layout layout, int rows, int columns, int depth)
{
    enum { C_STEP = SE_TILE_COLUMNS + GUARD, N_C = SE_TILE_ROWS * C_STEP };
    float *a = random_floats(4096, 1), *b = random_floats(4096, 2);
    float *row = random_floats(SE_TILE_COLUMNS, 3);
    float c[N_C], before[N_C];
    struct se_tile tile = {
        .c = c,
        .from = layout.from == FROM_SELF  ? c
                : layout.from == FROM_ROW ? row
                                          : NULL,
        .c_step = C_STEP,
        .from_step = layout.from == FROM_SELF ? C_STEP : 0,
        .a = a,
        .a_row = layout.a_row,
        .a_step = layout.a_step,
        .b = b,
        .width = (columns + SE_TILE_LANES - 1) / SE_TILE_LANES * SE_TILE_LANES,
        .rows = rows,
        .columns = columns,
        .depth = depth,
    };
    const float *start = layout.from == FROM_SELF ? before : tile.from;

    for (int i = 0; i < N_C; i++)
        c[i] = untouched;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            c[i * C_STEP + j] = (float)(i - j);
    memcpy(before, c, sizeof c);
    kernel->multiply(&tile);
    for (int i = 0; i < SE_TILE_ROWS; i++)
        for (int j = 0; j < C_STEP; j++)
            if (i < rows && j < columns)
                check_sum((double)c[i * C_STEP + j],
                          tile_sum(&tile, start, i, j), depth);
            else
                expect(c[i * C_STEP + j] == untouched);
    free(a);
    free(b);
    free(row);
}

TEST(tiles)
{
    static const struct layout layouts[] = {{100, 1, FROM_ZEROS},
                                            {100, 1, FROM_SELF},
                                            {1, SE_TILE_ROWS, FROM_ROW},
                                            {1, 6, FROM_SELF}};
    static const int columns[] = {1, 7, 8, 9, 16, 17, 31, 32, 33, 41, 47, 48};
    const struct se_tile_kernel *kernels[3];
    int n = se_tile_kernels(kernels);

    expect_text(kernels[n - 1]->name, "plain");
    for (int i = 0; i < n; i++)
        for (int rows = 1; rows <= kernels[i]->rows; rows++)
            for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
                for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
                    check_tile(kernels[i], layouts[k], rows, columns[j], 1);
                    check_tile(kernels[i], layouts[k], rows, columns[j], 37);
                }
}

/* ---- products ------------------------------------------------------------ */

enum form { NN, NT, TN, PACKED_N, PACKED_T };

static void run_form(enum form form, float *c, const float *a, const float *b,
                     int m, int n, int k, int add)
{
    float *packed = random_floats(se_packed_size(n, k), 9);

    switch (form) {
    case NN:
        se_gemm_nn(c, a, b, m, n, k, add);
        break;
    case NT:
        se_gemm_nt(c, a, b, m, n, k, add);
        break;
    case TN:
        se_gemm_tn(c, a, b, m, n, k, add);
        break;
    case PACKED_N:
        se_pack_n(packed, b, n, k);
        se_gemm_packed(c, a, packed, m, n, k, add);
        break;
    case PACKED_T:
        se_pack_t(packed, b, n, k);
        se_gemm_packed(c, a, packed, m, n, k, add);
        break;
    }
    free(packed);
}

static double reference(enum form form, const float *a, const float *b, int i,
                        int j, int m, int n, int k)
{
    int b_transposed = form == NT || form == PACKED_T;
    double sum = 0;

    for (int p = 0; p < k; p++)
        sum += (double)(form == TN ? a[p * m + i] : a[i * k + p]) *
               (double)(b_transposed ? b[j * k + p] : b[p * n + j]);
    return sum;
}

static void check_product(enum form form, int m, int n, int k)
{
    float *a = random_floats((int64_t)m * k, 1);
    float *b = random_floats((int64_t)n * k, 2);
    float *c = random_floats((int64_t)m * n + GUARD, 3);

    for (int i = 0; i < GUARD; i++)
        c[m * n + i] = untouched;
    run_form(form, c, a, b, m, n, k, 0);
    run_form(form, c, a, b, m, n, k, 1);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++)
            check_sum((double)c[i * n + j],
                      2 * reference(form, a, b, i, j, m, n, k), 2 * k);
    for (int i = 0; i < GUARD; i++)
        expect(c[m * n + i] == untouched);
    free(a);
    free(b);
    free(c);
}

TEST(products)
{
    /* Around the sizes at which tiles, panels and pieces end. */
    static const int sizes[][3] = {
        {1, 1, 1},     {8, 32, 288},  {9, 33, 289},   {16, 31, 287},
        {5, 257, 577}, {65, 72, 100}, {127, 40, 300}, {16, 288, 72},
    };
    const struct se_tile_kernel *kernels[3];
    int n = se_tile_kernels(kernels);

    for (int i = 0; i < n; i++) {
        se_tile_choose(kernels[i]);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (enum form form = NN; form <= PACKED_T; form++)
                check_product(form, sizes[s][0], sizes[s][1], sizes[s][2]);
    }
    se_tile_choose(NULL);
    expect(se_tile_kernel() == kernels[0]);
}

TEST(bias)
{
    enum { M = 19, N = 45, K = 300 };
    float *a = random_floats(M * K, 1), *b = random_floats(K * N, 2);
    float *bias = random_floats(N, 3), *c = random_floats(M * N, 4);

    se_gemm_bias(c, a, b, bias, M, N, K);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            check_sum((double)c[i * N + j],
                      (double)bias[j] + reference(NN, a, b, i, j, M, N, K), K);
    free(a);
    free(b);
    free(bias);
    free(c);
}

TEST(rows)
{
    const float y[6] = {1, 2, 3, 4, 5, 6};
    float sum[3] = {10, 20, 30};

    se_add_rows(sum, y, 2, 3);
    expect(sum[0] == 15 && sum[1] == 27 && sum[2] == 39);
}
