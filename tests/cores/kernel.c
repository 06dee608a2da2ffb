/* kernel.c - the dot product as a core executes it, at every width, with
 * weights and inputs at the ends of their ranges (tests/m4/matrices.h), as one
 * number. */
#include "checksum.h"

#include "m4/matrices.h"
#include "nnsp/dot.h"

static struct matrix matrix;

uint32_t checksum(void)
{
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};
    uint32_t sum = UINT32_C(2166136261); /* FNV-1, words for bytes */

    for (uint32_t n = 8; n <= MATRIX_COLUMNS; n += 8) {
        for (uint32_t i = 0; i < 2 * MATRIX_KINDS; i++) {
            matrix_make(&matrix, i, n);
            nnsp_dot(matrix.z, &rows, matrix.x, n, MATRIX_GROUPS);
            for (int r = 0; r < MATRIX_ROWS; r++)
                sum = sum * UINT32_C(16777619) ^ (uint32_t)matrix.z[r];
        }
    }
    return sum;
}
