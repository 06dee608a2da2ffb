/* gemm.c - matrix products: b in panels, the result in tiles.
 *
 * As K. Goto, R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008): a panel of b, MAX_DEPTH x SE_TILE_COLUMNS numbers,
 * is laid out without gaps and stays in the first cache while the tiles of all
 * rows pass by it. The left side is read where it is, but for a^T, whose
 * strides of a power of two would fall on the same cache lines. */
#include "nn/gemm.h"

#include "base/simd.h"
#include "nn/tile.h"

#include <string.h>

enum {
    MAX_DEPTH = 288, /* 257, the bins of a frame, in one piece */
    MAX_HEIGHT = 272 /* rows of a^T laid out at a time */
};

struct operand {
    const se_real *numbers;
    int64_t step;   /* from row to row */
    int transposed; /* the rows are those of the transposed matrix */
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
        if (columns == SE_TILE_COLUMNS) {
            memcpy(panel, b, SE_TILE_COLUMNS * sizeof *panel);
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

static void pack_panel(se_real *panel, const struct operand *b, int column,
                       int columns, int row, int depth)
{
    int width = panel_width(columns);

    if (b->transposed)
        pack_columns(panel, b->numbers + column * b->step + row, b->step, width,
                     columns, depth);
    else
        pack_rows(panel, b->numbers + row * b->step + column, b->step, width,
                  columns, depth);
}

/* ---- a few tiles --------------------------------------------------------- */

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

/* What c begins with. */
struct start {
    const se_real *from; /* NULL: zeros */
    int64_t step;        /* from row to row; 0: the same for all */
};

static struct start start_of(const se_real *c, int n, int add)
{
    return (struct start){add ? c : NULL, n};
}

/* c[m][n] from a[m][k]; `b` or, if that is NULL, the panels of se_pack_n. */
static void multiply(se_real *c, const se_real *a, const struct operand *b,
                     const se_real *packed, struct start start, int m, int n,
                     int k)
{
    const struct se_tile_kernel *kernel = se_tile_kernel();
    _Alignas(64) se_real panel[MAX_DEPTH * SE_TILE_COLUMNS];
    int depth = piece_depth(k);

    for (int p = 0; p < k; p += depth, start = start_of(c, n, 1))
        for (int j = 0; j < n; j += SE_TILE_COLUMNS) {
            struct se_tile tile = {
                .c = c + j,
                .from = start.from ? start.from + j : NULL,
                .c_step = n,
                .from_step = start.step,
                .a = a + p,
                .a_row = k,
                .a_step = 1,
                .b = b ? panel : packed,
                .columns = at_most(n - j, SE_TILE_COLUMNS),
                .depth = at_most(k - p, depth),
            };

            tile.width = panel_width(tile.columns);
            if (b)
                pack_panel(panel, b, j, tile.columns, p, tile.depth);
            else
                packed += (int64_t)tile.depth * tile.width;
            multiply_panel(kernel, tile, m);
        }
}

void se_gemm_nn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    struct operand right = {b, n, 0};

    multiply(c, a, &right, NULL, start_of(c, n, add), m, n, k);
}

void se_gemm_bias(se_real *c, const se_real *a, const se_real *b,
                  const se_real *bias, int m, int n, int k)
{
    struct operand right = {b, n, 0};

    multiply(c, a, &right, NULL, (struct start){bias, 0}, m, n, k);
}

void se_gemm_nt(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    struct operand right = {b, k, 1};

    multiply(c, a, &right, NULL, start_of(c, n, add), m, n, k);
}

/* ---- b laid out once ----------------------------------------------------- */

int64_t se_packed_size(int n, int k)
{
    return (int64_t)panel_width(n) * k;
}

static void pack(se_real *packed, const struct operand *b, int n, int k)
{
    int depth = piece_depth(k);

    for (int p = 0; p < k; p += depth)
        for (int j = 0; j < n; j += SE_TILE_COLUMNS) {
            int columns = at_most(n - j, SE_TILE_COLUMNS);
            int rows = at_most(k - p, depth);

            pack_panel(packed, b, j, columns, p, rows);
            packed += (int64_t)rows * panel_width(columns);
        }
}

void se_pack_n(se_real *packed, const se_real *b, int n, int k)
{
    struct operand right = {b, n, 0};

    pack(packed, &right, n, k);
}

void se_pack_t(se_real *packed, const se_real *b, int n, int k)
{
    struct operand right = {b, k, 1};

    pack(packed, &right, n, k);
}

void se_gemm_packed(se_real *c, const se_real *a, const se_real *packed, int m,
                    int n, int k, int add)
{
    multiply(c, a, NULL, packed, start_of(c, n, add), m, n, k);
}

/* ---- a^T ----------------------------------------------------------------- */

/* block[i / rows][p][i % rows] = a[p][i] for i < m, p < depth: the left sides
 * of tiles of `rows`. */
static void pack_left(se_real *block, const se_real *a, int64_t step, int rows,
                      int m, int depth)
{
    for (int i = 0; i < m; i += rows) {
        int n = at_most(m - i, rows);

        for (int p = 0; p < depth; p++, block += rows)
            if (n == SE_TILE_ROWS)
                memcpy(block, a + p * step + i, SE_TILE_ROWS * sizeof *block);
            else
                for (int r = 0; r < n; r++)
                    block[r] = a[p * step + i + r];
    }
}

/* c += block^T b for the rows of `block` and a piece of the depth. */
static void multiply_left(se_real *c, const se_real *block,
                          const struct operand *b, const se_real *from, int m,
                          int n, int row, int depth)
{
    const struct se_tile_kernel *kernel = se_tile_kernel();
    _Alignas(64) se_real panel[MAX_DEPTH * SE_TILE_COLUMNS];

    for (int j = 0; j < n; j += SE_TILE_COLUMNS) {
        int columns = at_most(n - j, SE_TILE_COLUMNS);

        pack_panel(panel, b, j, columns, row, depth);
        for (int i = 0; i < m; i += kernel->rows) {
            struct se_tile tile = {
                .c = c + (int64_t)i * n + j,
                .from = from ? from + (int64_t)i * n + j : NULL,
                .c_step = n,
                .from_step = n,
                .a = block + (int64_t)i * depth,
                .a_row = 1,
                .a_step = kernel->rows,
                .b = panel,
                .width = panel_width(columns),
                .rows = at_most(m - i, kernel->rows),
                .columns = columns,
                .depth = depth,
            };

            kernel->multiply(&tile);
        }
    }
}

void se_gemm_tn(se_real *c, const se_real *a, const se_real *b, int m, int n,
                int k, int add)
{
    _Alignas(64) se_real block[MAX_DEPTH * MAX_HEIGHT];
    const struct operand right = {b, n, 0};
    int depth = piece_depth(k), rows = se_tile_kernel()->rows;
    int height = MAX_HEIGHT / rows * rows;

    for (int p = 0; p < k; p += depth)
        for (int i = 0; i < m; i += height) {
            se_real *out = c + (int64_t)i * n;
            int part = at_most(m - i, height), piece = at_most(k - p, depth);

            pack_left(block, a + (int64_t)p * m + i, m, rows, part, piece);
            multiply_left(out, block, &right, add || p > 0 ? out : NULL, part,
                          n, p, piece);
        }
}

/* ---- rows ---------------------------------------------------------------- */

SE_MULTIVERSION
void se_add_rows(se_real *row, const se_real *y, int m, int n)
{
    for (int i = 0; i < m; i++, y += n)
        for (int j = 0; j < n; j++)
            row[j] += y[j];
}
