/* gemm.c - matrix products: b in panels, the result in tiles.
 *
 * As K. Goto, R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008): a panel of b is laid out without gaps and stays near
 * while the tiles of all rows pass by it. a is read where it is, transposed or
 * not: a tile takes one number of it for 32 multiply-adds. */
#include "gemm/gemm.h"

#include "base/simd.h"
#include "gemm/pairs_private.h"

#include <string.h>

enum { MAX_DEPTH = 288 }; /* 257, the bins of a frame, in one piece */

/* Pieces of k as even as can be, none longer than MAX_DEPTH. */
static int piece_depth(int k)
{
    int n = (k + MAX_DEPTH - 1) / MAX_DEPTH;

    return n > 0 ? (k + n - 1) / n : 1;
}

/* ---- panels -------------------------------------------------------------- */

/* panel[p][j] = b[p][j], p < depth, j < columns; zeros up to its width. */
SE_MULTIVERSION
static void pack_rows(se_real *panel, const se_real *b, int64_t step,
                      int columns, int depth)
{
    const int width = se_panel_width(columns);

    for (int p = 0; p < depth; p++, panel += width, b += step) {
        if (columns == SE_PANEL) {
            memcpy(panel, b, SE_PANEL * sizeof *panel);
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
                         int columns, int depth)
{
    const int width = se_panel_width(columns);

    if (columns < width)
        memset(panel, 0, (size_t)depth * (size_t)width * sizeof *panel);
    for (int j = 0; j < columns; j++)
        for (int p = 0; p < depth; p++)
            panel[(int64_t)p * width + j] = b[j * step + p];
}

static void pack_panel(se_real *panel, struct se_view b, int columns, int depth)
{
    if (b.column == 1)
        pack_rows(panel, b.numbers, b.row, columns, depth);
    else
        pack_columns(panel, b.numbers, b.column, columns, depth);
}

/* ---- products ------------------------------------------------------------ */

/* All rows by one panel; `tile` is filled in but for the rows. */
static void multiply_panel(const struct se_tile_kernel *kernel,
                           struct se_tile tile, int m)
{
    for (int row = 0; row < m; row += tile.rows) {
        tile.rows = se_at_most(m - row, kernel->rows);
        kernel->multiply(&tile);
        tile.a += tile.rows * tile.a_row;
        tile.c += tile.rows * tile.c_step;
        if (tile.from)
            tile.from += tile.rows * tile.from_step;
    }
}

static void multiply(const struct se_product *x)
{
    const struct se_tile_kernel *kernel = se_tile_kernel();
    _Alignas(64) se_real panel[MAX_DEPTH * SE_TILE_COLUMNS];
    const se_real *packed = x->packed;
    struct se_view from = x->from;
    int depth = piece_depth(x->k), columns;

    for (int p = 0; p < x->k;
         p += depth, from = (struct se_view){x->c, x->n, 1})
        for (int j = 0; j < x->n; j += columns) {
            columns = se_panel_columns(x->n - j);

            struct se_tile tile = {
                .c = x->c + j,
                .from = from.numbers ? from.numbers + j : NULL,
                .c_step = x->n,
                .from_step = from.row,
                .a = x->a.numbers + p * x->a.column,
                .a_row = x->a.row,
                .a_step = x->a.column,
                .b = packed ? packed : panel,
                .width = se_panel_width(columns),
                .columns = columns,
                .depth = se_at_most(x->k - p, depth),
            };

            if (packed)
                packed += (int64_t)tile.depth * tile.width;
            else
                pack_panel(panel, se_view_at(&x->b, p, j), columns, tile.depth);
            multiply_panel(kernel, tile, x->m);
        }
}

static struct se_view rows_of(const se_real *x, int columns)
{
    return (struct se_view){x, columns, 1};
}

static struct se_view transposed(const se_real *x, int columns)
{
    return (struct se_view){x, 1, columns};
}

/* Fills in the sizes. */
static void run(struct se_product product, const struct se_gemm *size)
{
    product.m = size->m;
    product.n = size->n;
    product.k = size->k;
    if (size->precision == SE_BFLOAT16)
        se_pairs_multiply(&product);
    else
        multiply(&product);
}

/* What is there already, or nothing. */
static struct se_view before(const se_real *c, const struct se_gemm *size)
{
    return rows_of(size->add ? c : NULL, size->n);
}

void se_gemm_nn(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size)
{
    run((struct se_product){.c = c,
                            .from = before(c, size),
                            .a = rows_of(a, size->k),
                            .b = rows_of(b, size->n)},
        size);
}

void se_gemm_bias(se_real *c, const se_real *a, const se_real *b,
                  const se_real *bias, const struct se_gemm *size)
{
    run((struct se_product){.c = c,
                            .from = {bias, 0, 1},
                            .a = rows_of(a, size->k),
                            .b = rows_of(b, size->n)},
        size);
}

void se_gemm_nt(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size)
{
    run((struct se_product){.c = c,
                            .from = before(c, size),
                            .a = rows_of(a, size->k),
                            .b = transposed(b, size->k)},
        size);
}

void se_gemm_tn(se_real *c, const se_real *a, const se_real *b,
                const struct se_gemm *size)
{
    run((struct se_product){.c = c,
                            .from = before(c, size),
                            .a = transposed(a, size->m),
                            .b = rows_of(b, size->n)},
        size);
}

/* ---- b laid out once ----------------------------------------------------- */

int64_t se_packed_size(int n, int k)
{
    enum { LEAST = 16 }; /* for pairs.c pads the depth to 32 halves */

    return (int64_t)se_panel_width(n) * (k > LEAST ? k : LEAST);
}

static void pack(se_real *packed, const struct se_view *b, int n, int k)
{
    int depth = piece_depth(k), columns;

    for (int p = 0; p < k; p += depth)
        for (int j = 0; j < n; j += columns) {
            int piece = se_at_most(k - p, depth);

            columns = se_panel_columns(n - j);
            pack_panel(packed, se_view_at(b, p, j), columns, piece);
            packed += (int64_t)piece * se_panel_width(columns);
        }
}

static void pack_as(se_real *packed, struct se_view b,
                    const struct se_gemm *size)
{
    if (size->precision == SE_BFLOAT16)
        se_pairs_pack(packed, &b, size->n, size->k);
    else
        pack(packed, &b, size->n, size->k);
}

void se_pack_n(se_real *packed, const se_real *b, const struct se_gemm *size)
{
    pack_as(packed, rows_of(b, size->n), size);
}

void se_pack_t(se_real *packed, const se_real *b, const struct se_gemm *size)
{
    pack_as(packed, transposed(b, size->k), size);
}

void se_gemm_packed(se_real *c, const se_real *a, const se_real *packed,
                    const struct se_gemm *size)
{
    run((struct se_product){.c = c,
                            .from = before(c, size),
                            .a = rows_of(a, size->k),
                            .packed = packed},
        size);
}

/* ---- rows ---------------------------------------------------------------- */

SE_MULTIVERSION
void se_add_rows(se_real *row, const se_real *y, int m, int n)
{
    for (int i = 0; i < m; i++, y += n)
        for (int j = 0; j < n; j++)
            row[j] += y[j];
}
