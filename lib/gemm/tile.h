/* tile.h - the innermost loop of matrix products: a small piece of the result
 * that stays in registers, for the vectors that this machine has. */
#ifndef SE_GEMM_TILE_H
#define SE_GEMM_TILE_H

#include "base/real.h"

#include <stdint.h>

enum {
    SE_TILE_LANES = 16,   /* panels are multiples of it wide */
    SE_TILE_COLUMNS = 48, /* the widest panel */
    SE_TILE_ROWS = 8      /* the highest tile */
};

/* c[i][j] = from[i][j] + (sum over p < depth of a[i][p] b[p][j]), for i < rows,
 * j < columns. The sums run over p in order, so a tile's bits do not depend on
 * those around it. */
struct se_tile {
    se_real *c;
    const se_real *from; /* NULL: zeros */
    int64_t c_step;      /* numbers from row to row */
    int64_t from_step;   /* 0: the same for all rows */

    const se_real *a;
    int64_t a_row, a_step; /* a[i][p] is a[i * a_row + p * a_step]; one of the
                              two is 1 */

    const se_real *b; /* [depth][width], 64-byte aligned */
    int width;        /* the columns, rounded up to SE_TILE_LANES */

    int rows, columns, depth;
};

struct se_tile_kernel {
    const char *name; /* "avx512", "avx2", "plain" */
    int rows;         /* of a full tile, <= SE_TILE_ROWS */
    void (*multiply)(const struct se_tile *tile);
};

/* Those that this machine can run, best first; the last is plain C. */
int se_tile_kernels(const struct se_tile_kernel *kernels[3]);

/* The one in use: the best, unless a test chose another, before it started
 * threads. NULL: the best again. */
const struct se_tile_kernel *se_tile_kernel(void);
void se_tile_choose(const struct se_tile_kernel *kernel);

#endif
