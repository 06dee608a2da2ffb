/* tile.c - the kernel in plain C, and which one to take. */
#include "gemm/tile_private.h"

enum { PLAIN_ROWS = 4 };

/* A product and a sum with one rounding, where the machine has it. */
static inline se_real multiply_add(se_real a, se_real b, se_real c)
{
#if defined __FP_FAST_FMA && defined SE_DOUBLE
    return __builtin_fma(a, b, c);
#elif defined __FP_FAST_FMAF && !defined SE_DOUBLE
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

/* SE_TILE_LANES columns from `column` on of row `row`. */
static void multiply_strip(const struct se_tile *tile, int row, int column)
{
    const se_real *a = tile->a + row * tile->a_row, *b = tile->b + column;
    se_real sum[SE_TILE_LANES] = {0};
    int n = tile->columns - column;

    n = n < SE_TILE_LANES ? n : SE_TILE_LANES;
    for (int p = 0; p < tile->depth; p++, a += tile->a_step, b += tile->width)
        for (int j = 0; j < SE_TILE_LANES; j++)
            sum[j] = multiply_add(*a, b[j], sum[j]);
    for (int j = 0; tile->from && j < n; j++)
        sum[j] += tile->from[row * tile->from_step + column + j];
    for (int j = 0; j < n; j++)
        tile->c[row * tile->c_step + column + j] = sum[j];
}

static void multiply_plain(const struct se_tile *tile)
{
    for (int column = 0; column < tile->columns; column += SE_TILE_LANES)
        for (int row = 0; row < tile->rows; row++)
            multiply_strip(tile, row, column);
}

static const struct se_tile_kernel plain = {"plain", PLAIN_ROWS,
                                            multiply_plain};

int se_tile_kernels(const struct se_tile_kernel *kernels[3])
{
    int n = 0;

#ifdef SE_TILE_X86
    if (__builtin_cpu_supports("avx512f"))
        kernels[n++] = &se_tile_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        kernels[n++] = &se_tile_avx2;
#endif
    kernels[n++] = &plain;
    return n;
}

static const struct se_tile_kernel *chosen;

void se_tile_choose(const struct se_tile_kernel *kernel)
{
    chosen = kernel;
}

const struct se_tile_kernel *se_tile_kernel(void)
{
    const struct se_tile_kernel *kernels[3];

    if (chosen)
        return chosen;
    se_tile_kernels(kernels);
    return kernels[0];
}
