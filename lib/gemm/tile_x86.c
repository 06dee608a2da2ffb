/* tile_x86.c - tiles in the vectors of AVX-512 and AVX2.
 *
 * Written with intrinsics, for compilers turn no loop into this; the functions
 * carry the instructions they need, so the file is compiled for any x86-64.
 * With AVX-512, 8 rows of 2 vectors are 16 sums: enough to hide a latency of 4
 * at two multiply-adds a cycle, and 10 loads feed 16 of them. AVX2's 16
 * registers hold 6 rows of 2 vectors. */
#include "gemm/tile_private.h"

#ifdef SE_TILE_X86

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))
#define AVX2   __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))

/* ---- AVX-512 ------------------------------------------------------------- */

/* `rows`, `vectors` and `transposed` are constants where this is called;
 * transposed: the rows of a are one number apart. */
AVX512 INLINE void tile_512(const struct se_tile *t, int rows, int vectors,
                            int transposed)
{
    const float *a = t->a, *b = t->b;
    const int64_t a_row = transposed ? 1 : t->a_row;
    const int64_t a_step = transposed ? t->a_step : 1;
    const __mmask16 last =
        (__mmask16)(0xffff >> (vectors * SE_TILE_LANES - t->columns));
    __m512 sum[SE_TILE_ROWS][3];

    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            /* What comes last is asked for now. */
            __builtin_prefetch(t->c + i * t->c_step + v * SE_TILE_LANES, 1);
            sum[i][v] = _mm512_setzero_ps();
        }
    for (int p = 0; p < t->depth; p++) {
        __m512 row[3];

        for (int v = 0; v < vectors; v++)
            row[v] = _mm512_load_ps(b + v * SE_TILE_LANES);
        for (int i = 0; i < rows; i++) {
            __m512 factor = _mm512_set1_ps(a[i * a_row]);

            for (int v = 0; v < vectors; v++)
                sum[i][v] = _mm512_fmadd_ps(factor, row[v], sum[i][v]);
        }
        a += a_step;
        b += vectors * SE_TILE_LANES;
    }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            const __mmask16 mask = v == vectors - 1 ? last : 0xffff;
            const int64_t at = v * SE_TILE_LANES;

            if (t->from)
                sum[i][v] = _mm512_add_ps(
                    sum[i][v], _mm512_maskz_loadu_ps(
                                   mask, t->from + i * t->from_step + at));
            _mm512_mask_storeu_ps(t->c + i * t->c_step + at, mask, sum[i][v]);
        }
}

AVX512 INLINE void rows_512(const struct se_tile *t, int vectors,
                            int transposed)
{
    switch (t->rows) {
    case 8:
        tile_512(t, 8, vectors, transposed);
        break;
    case 7:
        tile_512(t, 7, vectors, transposed);
        break;
    case 6:
        tile_512(t, 6, vectors, transposed);
        break;
    case 5:
        tile_512(t, 5, vectors, transposed);
        break;
    case 4:
        tile_512(t, 4, vectors, transposed);
        break;
    case 3:
        tile_512(t, 3, vectors, transposed);
        break;
    case 2:
        tile_512(t, 2, vectors, transposed);
        break;
    default:
        tile_512(t, 1, vectors, transposed);
        break;
    }
}

AVX512 INLINE void width_512(const struct se_tile *tile, int transposed)
{
    switch (tile->width / SE_TILE_LANES) {
    case 3:
        rows_512(tile, 3, transposed);
        break;
    case 2:
        rows_512(tile, 2, transposed);
        break;
    default:
        rows_512(tile, 1, transposed);
        break;
    }
}

AVX512 static void multiply_512(const struct se_tile *tile)
{
    if (tile->a_row == 1)
        width_512(tile, 1);
    else
        width_512(tile, 0);
}

const struct se_tile_kernel se_tile_avx512 = {"avx512", 8, multiply_512};

/* ---- AVX2 ---------------------------------------------------------------- */

enum { LANES_256 = 8 };

/* The first `n` of 8 lanes. */
AVX2 INLINE __m256i lanes_256(int n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* SE_TILE_LANES columns from `column` on; `rows` is a constant. */
AVX2 INLINE void strip_256(const struct se_tile *t, int column, int rows)
{
    const float *a = t->a, *b = t->b + column;
    const int left = t->columns - column;
    const __m256i mask[2] = {lanes_256(left), lanes_256(left - LANES_256)};
    __m256 sum[6][2];

    for (int i = 0; i < rows; i++) {
        __builtin_prefetch(t->c + i * t->c_step + column, 1);
        for (int v = 0; v < 2; v++)
            sum[i][v] = _mm256_setzero_ps();
    }
    for (int p = 0; p < t->depth; p++) {
        __m256 row[2] = {_mm256_load_ps(b), _mm256_load_ps(b + LANES_256)};

        for (int i = 0; i < rows; i++) {
            __m256 factor = _mm256_set1_ps(a[i * t->a_row]);

            for (int v = 0; v < 2; v++)
                sum[i][v] = _mm256_fmadd_ps(factor, row[v], sum[i][v]);
        }
        a += t->a_step;
        b += t->width;
    }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < 2; v++) {
            const int64_t at = column + v * LANES_256;

            if (t->from)
                sum[i][v] = _mm256_add_ps(
                    sum[i][v], _mm256_maskload_ps(
                                   t->from + i * t->from_step + at, mask[v]));
            _mm256_maskstore_ps(t->c + i * t->c_step + at, mask[v], sum[i][v]);
        }
}

AVX2 static void multiply_256(const struct se_tile *tile)
{
    for (int column = 0; column < tile->columns; column += SE_TILE_LANES)
        switch (tile->rows) {
        case 6:
            strip_256(tile, column, 6);
            break;
        case 5:
            strip_256(tile, column, 5);
            break;
        case 4:
            strip_256(tile, column, 4);
            break;
        case 3:
            strip_256(tile, column, 3);
            break;
        case 2:
            strip_256(tile, column, 2);
            break;
        default:
            strip_256(tile, column, 1);
            break;
        }
}

const struct se_tile_kernel se_tile_avx2 = {"avx2", 6, multiply_256};

#endif
