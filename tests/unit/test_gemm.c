/* test_gemm.c - matrix products against sums in double precision, by every
 * kernel that this machine can run, with nothing written beside the result. */
#include "base/rng.h"
#include "check.h"
#include "gemm/gemm.h"
#include "gemm/pair_tile.h"
#include "gemm/tile.h"

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

enum from { FROM_ZEROS, FROM_SELF, FROM_ROW };

struct layout {
    int64_t a_row, a_step;
    enum from from;
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

/* ---- tiles of bfloat16 --------------------------------------------------- */

TEST(rounding_to_bfloat16)
{
    static const struct {
        uint32_t from;
        uint16_t to;
    } cases[] = {
        {0x3f800000, 0x3f80}, {0x3f807fff, 0x3f80}, {0x3f808000, 0x3f80},
        {0x3f808001, 0x3f81}, {0x3f818000, 0x3f82}, {0xbf818000, 0xbf82},
        {0x7f7fffff, 0x7f80}, {0x7f800000, 0x7f80}, {0xff800000, 0xff80},
        {0x7f800001, 0x7fc0}, {0xffffffff, 0xffff}, {0x80000000, 0x8000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float x;

        memcpy(&x, &cases[i].from, sizeof x);
        expect_equal(se_bfloat16(x), cases[i].to);
    }
}

enum { DEPTH = 96 };

/* pair_tile.h's definition. */
static float defined_sum(const float *a, const float *b)
{
    float sum = 0;

    for (int p = 0; p < DEPTH; p += 32) {
        float part[2] = {0, 0};

        for (int q = 0; q < 32; q++)
            part[q % 2] = fmaf(a[p + q], b[p + q], part[q % 2]);
        sum += part[0] + part[1];
    }
    return sum;
}

/* b[columns][DEPTH] as a pair tile reads it: in pairs, `width` of them a row.
 */
static void lay_out_pairs(uint16_t *pairs, const float *b, int width,
                          int columns)
{
    for (int j = 0; j < columns; j++)
        for (int p = 0; p < DEPTH; p++)
            pairs[(p / 2 * width + j) * 2 + p % 2] =
                se_bfloat16(b[j * DEPTH + p]);
}

/* What column j of the tile begins with. */
static float begun(enum from from, const float *start, int j)
{
    return from == FROM_SELF ? untouched : from == FROM_ROW ? start[j] : 0;
}

/* Rounds factors to bfloat16, in place. */
static void round_factors(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = se_bfloat16_value(se_bfloat16(x[i]));
}

static void check_pair_tile(const struct se_pair_kernel *kernel, enum from from,
                            int rows, int columns)
{
    enum { C_STEP = SE_PAIR_BLOCK + GUARD, N_C = SE_PAIR_BLOCK * C_STEP };
    enum { N_FACTORS = SE_PAIR_BLOCK * DEPTH };
    float *a = random_floats(N_FACTORS, 1), *b = random_floats(N_FACTORS, 2);
    _Alignas(64) uint16_t a16[N_FACTORS], b16[N_FACTORS] = {0};
    float c[N_C], start[SE_PAIR_BLOCK];
    const int width = (columns + 15) / 16 * 16;
    const struct se_pair_tile tile = {
        .c = c,
        .from = from == FROM_SELF  ? c
                : from == FROM_ROW ? start
                                   : NULL,
        .c_step = C_STEP,
        .from_step = from == FROM_SELF ? C_STEP : 0,
        .a = a16,
        .b = b16,
        .width = width,
        .rows = rows,
        .columns = columns,
        .depth = DEPTH,
    };

    for (int i = 0; i < N_C; i++)
        c[i] = untouched;
    for (int j = 0; j < SE_PAIR_BLOCK; j++)
        start[j] = (float)j;
    round_factors(a, N_FACTORS);
    round_factors(b, N_FACTORS);
    for (int i = 0; i < N_FACTORS; i++)
        a16[i] = se_bfloat16(a[i]);
    lay_out_pairs(b16, b, width, columns);
    kernel->begin();
    kernel->multiply(&tile);
    kernel->end();
    for (int i = 0; i < SE_PAIR_BLOCK; i++)
        for (int j = 0; j < C_STEP; j++) {
            float want = untouched;

            if (i < rows && j < columns)
                want = defined_sum(a + i * DEPTH, b + j * DEPTH) +
                       begun(from, start, j);
            if (c[i * C_STEP + j] != want)
                fail_test("%s: found %.9g, expected %.9g", kernel->name,
                          (double)c[i * C_STEP + j], (double)want);
        }
    free(a);
    free(b);
}

TEST(pair_tiles)
{
    static const int sizes[] = {1, 15, 16, 17, 31, 32};
    const struct se_pair_kernel *kernels[2];
    int n = se_pair_kernels(kernels);

    for (int i = 0; i < n; i++)
        for (enum from from = FROM_ZEROS; from <= FROM_ROW; from++)
            for (int r = 0; r < 6; r++)
                for (int k = 0; k < 6; k++)
                    check_pair_tile(kernels[i], from, sizes[r], sizes[k]);
}

/* ---- products ------------------------------------------------------------ */

enum form { NN, NT, TN, PACKED_N, PACKED_T };

static void run_form(enum form form, float *c, const float *a, const float *b,
                     const struct se_gemm *size)
{
    float *packed = random_floats(se_packed_size(size->n, size->k), 9);

    switch (form) {
    case NN:
        se_gemm_nn(c, a, b, size);
        break;
    case NT:
        se_gemm_nt(c, a, b, size);
        break;
    case TN:
        se_gemm_tn(c, a, b, size);
        break;
    case PACKED_N:
        se_pack_n(packed, b, size);
        se_gemm_packed(c, a, packed, size);
        break;
    case PACKED_T:
        se_pack_t(packed, b, size);
        se_gemm_packed(c, a, packed, size);
        break;
    }
    free(packed);
}

/* As it goes into a product. */
static double factor(float x, enum se_precision precision)
{
    return (double)(precision == SE_BFLOAT16 ? se_bfloat16_value(se_bfloat16(x))
                                             : x);
}

struct product {
    enum form form;
    const float *a, *b;
};

/* Number i, j of it. */
static double reference(const struct product *product, const struct se_gemm *x,
                        int i, int j)
{
    const float *a = product->a, *b = product->b;
    int a_transposed = product->form == TN;
    int b_transposed = product->form == NT || product->form == PACKED_T;
    double sum = 0;

    for (int p = 0; p < x->k; p++)
        sum += factor(a_transposed ? a[p * x->m + i] : a[i * x->k + p],
                      x->precision) *
               factor(b_transposed ? b[j * x->k + p] : b[p * x->n + j],
                      x->precision);
    return sum;
}

static void check_product(enum form form, struct se_gemm x)
{
    float *a = random_floats((int64_t)x.m * x.k, 1);
    float *b = random_floats((int64_t)x.n * x.k, 2);
    float *c = random_floats((int64_t)x.m * x.n + GUARD, 3);
    const struct product product = {form, a, b};

    for (int i = 0; i < GUARD; i++)
        c[x.m * x.n + i] = untouched;
    run_form(form, c, a, b, &x);
    x.add = 1;
    run_form(form, c, a, b, &x);
    for (int i = 0; i < x.m; i++)
        for (int j = 0; j < x.n; j++)
            check_sum((double)c[i * x.n + j], 2 * reference(&product, &x, i, j),
                      2 * x.k);
    for (int i = 0; i < GUARD; i++)
        expect(c[x.m * x.n + i] == untouched);
    free(a);
    free(b);
    free(c);
}

/* Around the sizes at which tiles, panels, groups and pieces end. */
static void check_products(enum se_precision precision)
{
    static const int sizes[][3] = {
        {1, 1, 1},     {8, 32, 288},  {9, 33, 289},   {16, 31, 287},
        {5, 257, 577}, {65, 72, 100}, {127, 40, 300}, {16, 288, 72},
        {33, 289, 17}, {17, 16, 32},
    };

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (enum form form = NN; form <= PACKED_T; form++)
            check_product(form, (struct se_gemm){sizes[s][0], sizes[s][1],
                                                 sizes[s][2], 0, precision});
}

TEST(products)
{
    const struct se_tile_kernel *kernels[3];
    int n = se_tile_kernels(kernels);

    for (int i = 0; i < n; i++) {
        se_tile_choose(kernels[i]);
        check_products(SE_FLOAT32);
    }
    se_tile_choose(NULL);
    expect(se_tile_kernel() == kernels[0]);
}

TEST(products_in_bfloat16)
{
    const struct se_pair_kernel *kernels[2];
    int n = se_pair_kernels(kernels);

    for (int i = 0; i < n; i++) {
        se_pair_choose(kernels[i]);
        check_products(SE_BFLOAT16);
    }
    se_pair_choose(NULL);
    expect(se_pair_kernel() == kernels[0]);
}

TEST(bias)
{
    enum { M = 19, N = 45, K = 300 };
    const struct se_gemm size = {M, N, K, 0, SE_FLOAT32};
    float *a = random_floats(M * K, 1), *b = random_floats(K * N, 2);
    float *bias = random_floats(N, 3), *c = random_floats(M * N, 4);

    se_gemm_bias(c, a, b, bias, &size);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++)
            check_sum((double)c[i * N + j],
                      (double)bias[j] +
                          reference(&(struct product){NN, a, b}, &size, i, j),
                      K);
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
