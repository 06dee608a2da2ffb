/* gemm.c - matrix products: b in panels, the result in tiles.
 *
 * As K. Goto, R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008): a panel of b is laid out without gaps and stays near
 * while the tiles of all rows pass by it. a is read where it is, transposed or
 * not: a tile takes one number of it for 32 multiply-adds. */
#include "nn/gemm.h"

#include "base/simd.h"
#include "nn/tile.h"

#include <string.h>

enum {
    MAX_DEPTH = 288, /* 257, the bins of a frame, in one piece */
    PANEL = 32       /* columns of a panel; the last is up to the widest */
};

/* x[i][j] is numbers[i * row + j * column]; one of the steps is 1. */
struct view {
    const se_real *numbers; /* NULL: zeros */
    int64_t row, column;
};

static int at_most(int n, int limit)
{
    return n < limit ? n : limit;
}

/* Pieces of k as even as can be, none longer than MAX_DEPTH. */
static int piece_depth(int k)
{
    int n = (k + MAX_DEPTH - 1) / MAX_DEPTH;

    return n > 0 ? (k + n - 1) / n : 1;
}

/* Columns of the panel that begins `left` columns before the end. */
static int panel_columns(int left)
{
    return left <= SE_TILE_COLUMNS ? left : PANEL;
}

static int panel_width(int columns)
{
    return (columns + SE_TILE_LANES - 1) / SE_TILE_LANES * SE_TILE_LANES;
}

/* ---- panels -------------------------------------------------------------- */

/* panel[p][j] = b[p][j], p < depth, j < columns; zeros up to `width`. */
SE_MULTIVERSION
static void pack_rows(se_real *panel, const se_real *b, int64_t step, int width,
                      int columns, int depth)
{
    for (int p = 0; p < depth; p++, panel += width, b += step) {
        if (columns == PANEL) {
            memcpy(panel, b, PANEL * sizeof *panel);
            continue;
        }
        for (int j = 0; j < columns; j++)
            panel[j] = b[j];
        for (int j = columns; j < width; j++)
            panel[j] = 0;
    }
}

/* panel[p][j] = b[j][p] */
SE_MULTIVERSION
static void pack_columns(se_real *panel, const se_real *b, int64_t step,
                         int width, int columns, int depth)
{
    if (columns < width)
        memset(panel, 0, (size_t)depth * (size_t)width * sizeof *panel);
    for (int j = 0; j < columns; j++)
        for (int p = 0; p < depth; p++)
            panel[(int64_t)p * width + j] = b[j * step + p];
}

/* The piece of b from row `row` and column `column` on. */
static void pack_panel(se_real *panel, const struct view *b, int row,
                       int column, int columns, int depth)
{
    const se_real *at = b->numbers + row * b->row + column * b->column;
    int width = panel_width(columns);

    if (b->column == 1)
        pack_rows(panel, at, b->row, width, columns, depth);
    else
        pack_columns(panel, at, b->column, width, columns, depth);
}

/* ---- products ------------------------------------------------------------ */

/* All rows by one panel; `tile` is filled in but for the rows. */
static void multiply_panel(const struct se_tile_kernel *kernel,
                           struct se_tile tile, int m)
{
    for (int row = 0; row < m; row += tile.rows) {
        tile.rows = at_most(m - row, kernel->rows);
        kernel->multiply(&tile);
        tile.a += tile.rows * tile.a_row;
        tile.c += tile.rows * tile.c_step;
        if (tile.from)
            tile.from += tile.rows * tile.from_step;
    }
}

/* c[m][n] = from[m][n] + a[m][k] b[k][n] */
struct product {
    se_real *c;
    struct view from, a, b;
    const se_real *packed; /* b laid out; NULL: each panel in its turn */
    int m, n, k;
};

static void multiply(const struct product *x)
{
    const struct se_tile_kernel *kernel = se_tile_kernel();
    _Alignas(64) se_real panel[MAX_DEPTH * SE_TILE_COLUMNS];
    const se_real *packed = x->packed;
    struct view from = x->from;
    int depth = piece_depth(x->k), columns;

    for (int p = 0; p < x->k; p += depth, from = (struct view){x->c, x->n, 1})
        for (int j = 0; j < x->n; j += columns) {
            columns = panel_columns(x->n - j);

            struct se_tile tile = {
                .c = x->c + j,
                .from = from.numbers ? from.numbers + j : NULL,
                .c_step = x->n,
                .from_step = from.row,
                .a = x->a.numbers + p * x->a.column,
                .a_row = x->a.row,
                .a_step = x->a.column,
                .b = packed ? packed : panel,
                .width = panel_width(columns),
                .columns = columns,
                .depth = at_most(x->k - p, depth),
            };

            if (packed)
                packed += (int64_t)tile.depth * tile.width;
            else
                pack_panel(panel, &x->b, p, j, columns, tile.depth);
            multiply_panel(kernel, tile, x->m);
        }
}

static struct view rows_of(const se_real *x, int columns)
{
    return (struct view){x, columns, 1};
}

static struct view transposed(const se_real *x, int columns)
{
    return (struct view){x, 1, columns};
}

void se_gemm_nn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    multiply(&(struct product){
        .c = c,
        .from = rows_of(add ? c : NULL, n),
        .a = rows_of(a, k),
        .b = rows_of(b, n),
        .m = m,
        .n = n,
        .k = k,
    });
}

void se_gemm_bias(se_real *c, const se_real *a, const se_real *b,
                  const se_real *bias, int m, int n, int k)
{
    multiply(&(struct product){
        .c = c,
        .from = (struct view){bias, 0, 1},
        .a = rows_of(a, k),
        .b = rows_of(b, n),
        .m = m,
        .n = n,
        .k = k,
    });
}

void se_gemm_nt(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    multiply(&(struct product){
        .c = c,
        .from = rows_of(add ? c : NULL, n),
        .a = rows_of(a, k),
        .b = transposed(b, k),
        .m = m,
        .n = n,
        .k = k,
    });
}

void se_gemm_tn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    multiply(&(struct product){
        .c = c,
        .from = rows_of(add ? c : NULL, n),
        .a = transposed(a, m),
        .b = rows_of(b, n),
        .m = m,
        .n = n,
        .k = k,
    });
}

/* ---- b laid out once ----------------------------------------------------- */

int64_t se_packed_size(int n, int k)
{
    return (int64_t)panel_width(n) * k;
}

static void pack(se_real *packed, const struct view *b, int n, int k)
{
    int depth = piece_depth(k), columns;

    for (int p = 0; p < k; p += depth)
        for (int j = 0; j < n; j += columns) {
            int piece = at_most(k - p, depth);

            columns = panel_columns(n - j);
            pack_panel(packed, b, p, j, columns, piece);
            packed += (int64_t)piece * panel_width(columns);
        }
}

void se_pack_n(se_real *packed, const se_real *b, int n, int k)
{
    struct view right = rows_of(b, n);

    pack(packed, &right, n, k);
}

void se_pack_t(se_real *packed, const se_real *b, int n, int k)
{
    struct view right = transposed(b, k);

    pack(packed, &right, n, k);
}

void se_gemm_packed(se_real *c, const se_real *a, const se_real *packed, int m,
                    int n, int k, int add)
{
    multiply(&(struct product){
        .c = c,
        .from = rows_of(add ? c : NULL, n),
        .a = rows_of(a, k),
        .packed = packed,
        .m = m,
        .n = n,
        .k = k,
    });
}

/* ---- rows ---------------------------------------------------------------- */

SE_MULTIVERSION
void se_add_rows(se_real *row, const se_real *y, int m, int n)
{
    for (int i = 0; i < m; i++, y += n)
        for (int j = 0; j < n; j++)
            row[j] += y[j];
}
