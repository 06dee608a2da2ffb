/* pair_tile.c - the kernel in plain C, and which one to take. */
#include "gemm/bfloat16.h"
#include "gemm/pair_tile_private.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

static float flush(float x)
{
    return fabsf(x) < FLT_MIN ? copysignf(0, x) : x;
}

static float value(uint16_t x)
{
    return flush(se_bfloat16_value(x));
}

/* A product of two bfloat16 is exact in float: to add it rounds once. */
static float sum_of(const uint16_t *a, const uint16_t *b, int width)
{
    float even = 0, odd = 0;

    for (int p = 0; p < SE_PAIR_DEPTH; p += 2, b += (ptrdiff_t)2 * width) {
        even = flush(even + value(a[p]) * value(b[0]));
        odd = flush(odd + value(a[p + 1]) * value(b[1]));
    }
    return flush(even + odd);
}

static void multiply_plain(const struct se_pair_tile *t)
{
    for (int i = 0; i < t->rows; i++)
        for (int j = 0; j < t->columns; j++) {
            const uint16_t *a = t->a + (ptrdiff_t)i * t->depth;
            const uint16_t *b = t->b + (ptrdiff_t)2 * j;
            float sum = 0;

            for (int p = 0; p < t->depth; p += SE_PAIR_DEPTH)
                sum = flush(
                    sum + sum_of(a + p, b + (ptrdiff_t)p * t->width, t->width));
            t->c[i * t->c_step + j] =
                t->from ? (se_real)sum + t->from[i * t->from_step + j]
                        : (se_real)sum;
        }
}

static void nothing(void)
{
}

static const struct se_pair_kernel plain = {"plain", nothing, multiply_plain,
                                            nothing};

int se_pair_kernels(const struct se_pair_kernel *kernels[2])
{
    int n = 0;

#ifdef SE_PAIR_AMX
    if (se_pair_has_amx())
        kernels[n++] = &se_pair_amx;
#endif
    kernels[n++] = &plain;
    return n;
}

static const struct se_pair_kernel *chosen;

void se_pair_choose(const struct se_pair_kernel *kernel)
{
    chosen = kernel;
}

const struct se_pair_kernel *se_pair_kernel(void)
{
    const struct se_pair_kernel *kernels[2];

    if (chosen)
        return chosen;
    se_pair_kernels(kernels);
    return kernels[0];
}

int se_bfloat16_is_fast(void)
{
    return se_pair_kernel() != &plain;
}
