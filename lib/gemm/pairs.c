/* pairs.c - matrix products in bfloat16.
 *
 * As gemm.c, but both factors are laid out: rounding takes a pass over them
 * anyway. A block of rows of a is rounded and stays near while the panels of a
 * group of columns of b, rounded before, pass by. */
#include "gemm/pairs_private.h"

#include "base/simd.h"
#include "gemm/bfloat16.h"
#include "gemm/pair_tile.h"

#include <string.h>

enum {
    MAX_DEPTH = 288, /* a multiple of SE_PAIR_DEPTH */
    PANEL = SE_PAIR_BLOCK,
    GROUP = 288 /* columns that are laid out together, whole panels */
};

static int rounded_up(int n, int unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Pieces of k as even as can be, of whole SE_PAIR_DEPTH but the last. */
static int piece_depth(int k)
{
    int n = (k + MAX_DEPTH - 1) / MAX_DEPTH;

    return n > 0 ? rounded_up((k + n - 1) / n, SE_PAIR_DEPTH) : SE_PAIR_DEPTH;
}

/* ---- rounding ------------------------------------------------------------ */

/* to[j] = {even[j], odd[j]} */
SE_MULTIVERSION
static void pair_rows(uint16_t *restrict to, const se_real *even,
                      const se_real *odd, int n)
{
    for (int j = 0; j < n; j++) {
        to[2 * j] = se_bfloat16((float)even[j]);
        to[2 * j + 1] = se_bfloat16((float)odd[j]);
    }
}

SE_MULTIVERSION
static void round_row(uint16_t *restrict to, const se_real *from, int n)
{
    for (int j = 0; j < n; j++)
        to[j] = se_bfloat16((float)from[j]);
}

/* to[q][j] = {x[2 q][j], x[2 q + 1][j]}, j < padded n, q < half of the padded
 * depth; zeros beyond x[depth][n]. `step` is from row to row of x. */
static void pair_up(uint16_t *to, const se_real *x, int64_t step, int n,
                    int depth)
{
    static const se_real zeros[PANEL];
    const int width = rounded_up(n, SE_PAIR_SIDE);
    const int padded = rounded_up(depth, SE_PAIR_DEPTH);

    for (int p = 0; p < padded; p += 2, to += 2 * width) {
        pair_rows(to, p < depth ? x + p * step : zeros,
                  p + 1 < depth ? x + (p + 1) * step : zeros, n);
        memset(to + 2 * n, 0, (size_t)(2 * (width - n)) * sizeof *to);
    }
}

/* to[j][p] = x[j][p], j < padded n, p < padded depth; zeros beyond
 * x[n][depth]. */
static void round_rows(uint16_t *to, const se_real *x, int64_t step, int n,
                       int depth)
{
    const int rows = rounded_up(n, SE_PAIR_SIDE);
    const int padded = rounded_up(depth, SE_PAIR_DEPTH);

    for (int j = 0; j < n; j++, to += padded) {
        round_row(to, x + j * step, depth);
        memset(to + depth, 0, (size_t)(padded - depth) * sizeof *to);
    }
    memset(to, 0, (size_t)((rows - n) * padded) * sizeof *to);
}

/* to[j][q] = from[q][j], pairs each, j < columns, q < rows. */
static void turn_pairs(uint16_t *to, const uint16_t *from, int rows,
                       int columns)
{
    const size_t pair = 2 * sizeof *to;

    for (int j = 0; j < columns; j++, to += 2 * rows)
        for (int q = 0; q < rows; q++)
            memcpy(to + 2 * q, from + 2 * ((int64_t)q * columns + j), pair);
}

/* A panel of b, [depth][n], or its transposed; padded. */
static void pack_panel(uint16_t *to, struct se_view b, int n, int depth)
{
    const int width = rounded_up(n, SE_PAIR_SIDE);
    uint16_t turned[PANEL * MAX_DEPTH];

    if (b.column == 1) {
        pair_up(to, b.numbers, b.row, n, depth);
        return;
    }
    round_rows(turned, b.numbers, b.column, n, depth);
    turn_pairs(to, turned, width, rounded_up(depth, SE_PAIR_DEPTH) / 2);
}

/* b's first n columns in panels. */
static void pack_panels(uint16_t *to, struct se_view b, int n, int depth)
{
    const int padded = rounded_up(depth, SE_PAIR_DEPTH);

    for (int j = 0; j < n; j += PANEL) {
        const int columns = se_at_most(n - j, PANEL);

        pack_panel(to, se_view_at(&b, 0, j), columns, depth);
        to += (int64_t)rounded_up(columns, SE_PAIR_SIDE) * padded;
    }
}

/* A block of rows of a, [rows][depth], padded. */
static void pack_block(uint16_t *to, struct se_view a, int rows, int depth)
{
    const int height = rounded_up(rows, SE_PAIR_SIDE);
    uint16_t turned[SE_PAIR_BLOCK * MAX_DEPTH];

    if (a.column == 1) {
        round_rows(to, a.numbers, a.row, rows, depth);
        return;
    }
    pair_up(turned, a.numbers, a.column, rows, depth);
    turn_pairs(to, turned, rounded_up(depth, SE_PAIR_DEPTH) / 2, height);
}

/* ---- products ------------------------------------------------------------ */

/* Depth [p, p + depth), columns [column, column + n) of a product. */
struct piece {
    const uint16_t *b; /* its panels */
    struct se_view from;
    int p, depth, column, n;
};

/* Rows [row, row + rows), of which a's are in `block`. */
static void multiply_rows(const struct se_product *x, const struct piece *piece,
                          const uint16_t *block, int row, int rows)
{
    const struct se_pair_kernel *kernel = se_pair_kernel();
    const struct se_view *from = &piece->from;
    const uint16_t *b = piece->b;

    for (int j = 0; j < piece->n; j += PANEL) {
        const int64_t at = piece->column + j;
        const struct se_pair_tile tile = {
            .c = x->c + (int64_t)row * x->n + at,
            .from = from->numbers ? from->numbers + row * from->row + at : NULL,
            .c_step = x->n,
            .from_step = from->row,
            .a = block,
            .b = b,
            .width = rounded_up(se_at_most(piece->n - j, PANEL), SE_PAIR_SIDE),
            .rows = rows,
            .columns = se_at_most(piece->n - j, PANEL),
            .depth = rounded_up(piece->depth, SE_PAIR_DEPTH),
        };

        kernel->multiply(&tile);
        b += (int64_t)tile.width * tile.depth;
    }
}

static void multiply_piece(const struct se_product *x,
                           const struct piece *piece)
{
    _Alignas(64) uint16_t block[SE_PAIR_BLOCK * MAX_DEPTH];

    for (int row = 0; row < x->m; row += SE_PAIR_BLOCK) {
        const int rows = se_at_most(x->m - row, SE_PAIR_BLOCK);

        pack_block(block, se_view_at(&x->a, row, piece->p), rows, piece->depth);
        multiply_rows(x, piece, block, row, rows);
    }
}

void se_pairs_multiply(const struct se_product *x)
{
    const struct se_pair_kernel *kernel = se_pair_kernel();
    _Alignas(64) uint16_t group[GROUP * MAX_DEPTH];
    const uint16_t *packed = (const uint16_t *)x->packed;
    struct piece piece = {.from = x->from};
    int depth = piece_depth(x->k);

    kernel->begin();
    for (piece.p = 0; piece.p < x->k; piece.p += depth) {
        piece.depth = se_at_most(x->k - piece.p, depth);
        for (piece.column = 0; piece.column < x->n; piece.column += piece.n) {
            const int left = x->n - piece.column;

            piece.n = packed ? left : se_at_most(left, GROUP);
            piece.b = packed ? packed : group;
            if (!packed)
                pack_panels(group, se_view_at(&x->b, piece.p, piece.column),
                            piece.n, piece.depth);
            multiply_piece(x, &piece);
        }
        if (packed)
            packed += (int64_t)rounded_up(x->n, SE_PAIR_SIDE) *
                      rounded_up(piece.depth, SE_PAIR_DEPTH);
        piece.from = (struct se_view){x->c, x->n, 1};
    }
    kernel->end();
}

void se_pairs_pack(se_real *packed, const struct se_view *b, int n, int k)
{
    uint16_t *to = (uint16_t *)packed;
    int depth = piece_depth(k);

    for (int p = 0; p < k; p += depth) {
        const int piece = se_at_most(k - p, depth);

        pack_panels(to, se_view_at(b, p, 0), n, piece);
        to += (int64_t)rounded_up(n, SE_PAIR_SIDE) *
              rounded_up(piece, SE_PAIR_DEPTH);
    }
}
