/* product_private.h - a matrix product as gemm.c hands it to the kernels. */
#ifndef SE_GEMM_PRODUCT_PRIVATE_H
#define SE_GEMM_PRODUCT_PRIVATE_H

#include "gemm/tile.h"

#include <stdint.h>

enum { SE_PANEL = 32 }; /* columns of a panel; the last is up to the widest */

/* x[i][j] is numbers[i * row + j * column]; one of the steps is 1. */
struct se_view {
    const se_real *numbers; /* NULL: zeros */
    int64_t row, column;
};

/* The submatrix that begins at that row and column. */
static inline struct se_view se_view_at(const struct se_view *view, int row,
                                        int column)
{
    return (struct se_view){view->numbers + row * view->row +
                                column * view->column,
                            view->row, view->column};
}

/* c[m][n] = from[m][n] + a[m][k] b[k][n] */
struct se_product {
    se_real *c;
    struct se_view from, a, b;
    const se_real *packed; /* b laid out; NULL: each panel in its turn */
    int m, n, k;
};

static inline int se_at_most(int n, int limit)
{
    return n < limit ? n : limit;
}

/* Columns of the panel that begins `left` columns before the end. */
static inline int se_panel_columns(int left)
{
    return left <= SE_TILE_COLUMNS ? left : SE_PANEL;
}

static inline int se_panel_width(int columns)
{
    return (columns + SE_TILE_LANES - 1) / SE_TILE_LANES * SE_TILE_LANES;
}

#endif
