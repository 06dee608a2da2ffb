/* test_nnsp_m4.c - the Cortex-M4 kernel's intrinsics, imitated (tests/m4), give
 * the bits of plain C. The same with real instructions: tests/cli/m4.sh. */
#include "../m4/arm_acle.h"
#include "../m4/matrices.h"
#include "check.h"
#include "nnsp/dot.h"

#include <string.h>

/* nnsp_dot of lib/nnsp/dot_m4.c; the Makefile gives it this name. */
void nnsp_dot_m4(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
                 uint32_t n_columns, uint32_t n_groups);

static void check_columns(uint32_t n_columns, uint32_t n_matrices)
{
    static struct matrix matrix;
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};
    int32_t z[MATRIX_ROWS];

    for (uint32_t i = 0; i < n_matrices; i++) {
        matrix_make(&matrix, i, n_columns);
        nnsp_dot(z, &rows, matrix.x, n_columns, MATRIX_GROUPS);
        nnsp_dot_m4(matrix.z, &rows, matrix.x, n_columns, MATRIX_GROUPS);
        expect_bytes(z, matrix.z, sizeof z);
    }
}

TEST(every_width_gives_the_bits_of_plain_c)
{
    for (uint32_t n_columns = 8; n_columns <= MATRIX_COLUMNS; n_columns += 8)
        check_columns(n_columns, 5 * MATRIX_KINDS);
}

TEST(matrices_reach_the_ends)
{
    static struct matrix matrix;
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};
    int32_t lowest = 0, highest = 0;

    for (uint32_t i = 0; i < 8 * MATRIX_KINDS; i++) {
        matrix_make(&matrix, i, 512);
        memset(matrix.shift, 0, sizeof matrix.shift);
        nnsp_dot(matrix.z, &rows, matrix.x, 512, MATRIX_GROUPS);
        for (int r = 0; r < MATRIX_ROWS; r++) {
            lowest = matrix.z[r] < lowest ? matrix.z[r] : lowest;
            highest = matrix.z[r] > highest ? matrix.z[r] : highest;
        }
    }
    expect(lowest < -2000000000);
    expect(highest > 2000000000);
}

/* By hand, from the pseudocode. */
TEST(imitation_follows_the_manual)
{
    expect_equal(__sxtb16(0x80ff7f01), 0xffff0001);
    expect_equal(__sxtb16(0x12803480), 0xff80ff80);
    expect_equal(__smlad(0xffff0002, 0x00030005, 100), 100 + 10 - 3);
    expect_equal(__smlad(0x80008000, 0x80008000, 0), INT32_MIN);
    expect(__smlald(0x80008000, 0x80008000, INT64_C(1) << 40) ==
           (INT64_C(1) << 40) + (INT64_C(1) << 31));
    expect(__smlald(0x7fff8000, 0x80007fff, 0) == INT64_C(-2) * 32767 * 32768);
}
