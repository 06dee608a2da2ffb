/* pair_tile.h - the innermost loop of matrix products in bfloat16: a block of
 * the result, in the order of summation that AMX has. */
#ifndef SE_GEMM_PAIR_TILE_H
#define SE_GEMM_PAIR_TILE_H

#include "base/real.h"

#include <stdint.h>

enum {
    SE_PAIR_SIDE = 16,                /* rows and columns are padded to it */
    SE_PAIR_BLOCK = 2 * SE_PAIR_SIDE, /* the most rows and columns of a tile */
    SE_PAIR_DEPTH = 32                /* depths are multiples of it */
};

/* c[i][j] = from[i][j] + (sum over p < depth of a[i][p] b[p][j]), for i < rows,
 * j < columns.
 *
 * Of 32 products, those of even p and those of odd p are added up apart, in
 * order and from 0; both sums together go to the block's, which begins with 0,
 * too; `from` comes last. Each sum is rounded to the nearest float, ties to
 * even; below 2^-126 it counts as 0, and so do factors. All kernels give the
 * same bits, but for products below 2^-126. */
struct se_pair_tile {
    se_real *c;
    const se_real *from; /* NULL: zeros */
    int64_t c_step;      /* numbers from row to row */
    int64_t from_step;   /* 0: the same for all rows */

    const uint16_t *a; /* [rows, rounded up to SE_PAIR_SIDE][depth] */
    const uint16_t *b; /* [depth / 2][width][2], 64-byte aligned: b[p][j] is
                          number p % 2 of pair j of row p / 2 */
    int width;         /* the columns, rounded up to SE_PAIR_SIDE */

    int rows, columns; /* <= SE_PAIR_BLOCK */
    int depth;         /* a multiple of SE_PAIR_DEPTH */
};

struct se_pair_kernel {
    const char *name; /* "amx", "plain" */

    /* Before and after the tiles of a thread. */
    void (*begin)(void);
    void (*multiply)(const struct se_pair_tile *tile);
    void (*end)(void);
};

/* Those that this machine can run, best first; the last is plain C. */
int se_pair_kernels(const struct se_pair_kernel *kernels[2]);

/* The one in use, as in tile.h. */
const struct se_pair_kernel *se_pair_kernel(void);
void se_pair_choose(const struct se_pair_kernel *kernel);

/* Whether this machine multiplies bfloat16 faster than float: else plain C
 * does it, slower. */
int se_bfloat16_is_fast(void);

#endif
