/* pair_tile_amx.c - blocks of bfloat16 in the tiles of AMX.
 *
 * Written with intrinsics, as tile_x86.c is. Up to 2 by 2 tiles of sums are
 * fed by 2 tiles of each factor. */
#include "gemm/pair_tile_private.h"

#ifdef SE_PAIR_AMX

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AMX    __attribute__((target("avx512f,amx-tile,amx-bf16")))
#define INLINE static inline __attribute__((always_inline))

enum { ROW_BYTES = 64 }; /* of a tile of sums */

/* ---- whether it is there ------------------------------------------------- */

/* Linux lets a process have the tiles' registers when it asks for them
 * (Documentation/arch/x86/xstate.rst). */
static int ask(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24 };
    unsigned a, b, c, d = 0;

    return __builtin_cpu_supports("avx512f") &&
           __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & AMX_BF16) &&
           (d & AMX_TILE) &&
           syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

int se_pair_has_amx(void)
{
    static atomic_int answer; /* 0: not asked, else 1 + what ask() said */
    int known = atomic_load(&answer);

    if (!known) {
        known = 1 + ask();
        atomic_store(&answer, known);
    }
    return known > 1;
}

/* ---- blocks -------------------------------------------------------------- */

/* All eight tiles are of the full size. Static, for compilers see but the first
 * bytes of it read. */
AMX static void begin(void)
{
    static const struct {
        uint8_t palette, start_row, zeros[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shapes = {
        .palette = 1,
        .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
        .rows = {16, 16, 16, 16, 16, 16, 16, 16},
    };

    _tile_loadconfig(&shapes);
}

AMX static void end(void)
{
    _tile_release();
}

/* Tiles 0 to 3 become the sums of rows 0..15 and 16..31 by columns 0..15 and
 * 16..31; `high` and `wide` say whether there are those from 16 on, and are
 * constants where this is called. */
AMX INLINE void sum_tiles(const struct se_pair_tile *t, int high, int wide)
{
    const uint16_t *a = t->a, *b = t->b;
    const int64_t a_lower = (int64_t)SE_PAIR_SIDE * t->depth;
    const size_t a_bytes = sizeof *a * (size_t)t->depth;
    const size_t b_bytes = 2 * sizeof *b * (size_t)t->width;

    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int p = 0; p < t->depth; p += SE_PAIR_DEPTH) {
        _tile_loadd(4, a, a_bytes);
        _tile_loadd(6, b, b_bytes);
        _tile_dpbf16ps(0, 4, 6);
        if (wide) {
            _tile_loadd(7, b + 2 * SE_PAIR_SIDE, b_bytes);
            _tile_dpbf16ps(1, 4, 7);
        }
        if (high) {
            _tile_loadd(5, a + a_lower, a_bytes);
            _tile_dpbf16ps(2, 5, 6);
        }
        if (high && wide)
            _tile_dpbf16ps(3, 5, 7);
        a += SE_PAIR_DEPTH;
        b += (int64_t)SE_PAIR_DEPTH * t->width;
    }
}

/* One tile of sums from row `row` and column `column` on. */
AMX static void put_tile(const struct se_pair_tile *t,
                         float sums[SE_PAIR_SIDE][SE_PAIR_SIDE], int row,
                         int column)
{
    const int left = t->columns - column, rows = t->rows - row;
    const __mmask16 mask =
        (__mmask16)(left < SE_PAIR_SIDE ? (1 << left) - 1 : 0xffff);
    float *c = t->c + row * t->c_step + column;
    const float *from = t->from ? t->from + row * t->from_step + column : NULL;

    for (int i = 0; i < rows && i < SE_PAIR_SIDE; i++) {
        __m512 sum = _mm512_load_ps(sums[i]);

        if (from)
            sum = _mm512_add_ps(
                sum, _mm512_maskz_loadu_ps(mask, from + i * t->from_step));
        _mm512_mask_storeu_ps(c + i * t->c_step, mask, sum);
    }
}

AMX INLINE void put_tiles(const struct se_pair_tile *t, int high, int wide)
{
    _Alignas(64) float sums[4][SE_PAIR_SIDE][SE_PAIR_SIDE];

    _tile_stored(0, sums[0], ROW_BYTES);
    if (wide)
        _tile_stored(1, sums[1], ROW_BYTES);
    if (high)
        _tile_stored(2, sums[2], ROW_BYTES);
    if (high && wide)
        _tile_stored(3, sums[3], ROW_BYTES);
    put_tile(t, sums[0], 0, 0);
    if (wide)
        put_tile(t, sums[1], 0, SE_PAIR_SIDE);
    if (high)
        put_tile(t, sums[2], SE_PAIR_SIDE, 0);
    if (high && wide)
        put_tile(t, sums[3], SE_PAIR_SIDE, SE_PAIR_SIDE);
}

AMX INLINE void block(const struct se_pair_tile *t, int high, int wide)
{
    sum_tiles(t, high, wide);
    put_tiles(t, high, wide);
}

AMX static void multiply_amx(const struct se_pair_tile *t)
{
    const int high = t->rows > SE_PAIR_SIDE, wide = t->columns > SE_PAIR_SIDE;

    if (high && wide)
        block(t, 1, 1);
    else if (high)
        block(t, 1, 0);
    else if (wide)
        block(t, 0, 1);
    else
        block(t, 0, 0);
}

const struct se_pair_kernel se_pair_amx = {"amx", begin, multiply_amx, end};

#endif
