/* kernels.c - what some cores have instructions of their own for, as a core
 * executes it: random numbers, and those at the ends of their ranges. */
#include "checksum.h"

#include "m4/matrices.h"
#include "nnsp/dot.h"

enum { FNV_BASIS = 2166136261u, FNV_PRIME = 16777619u };

/* FNV-1, words for bytes. */
static uint32_t add_words(uint32_t sum, const int32_t *words, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        sum = sum * FNV_PRIME ^ (uint32_t)words[i];
    return sum;
}

/* At every width. */
static uint32_t dot(void)
{
    static struct matrix matrix;
    const struct nnsp_rows rows = {matrix.weights, matrix.bias, matrix.shift};
    uint32_t sum = FNV_BASIS;

    for (uint32_t n = 8; n <= MATRIX_COLUMNS; n += 8) {
        for (uint32_t i = 0; i < 2 * MATRIX_KINDS; i++) {
            matrix_make(&matrix, i, n);
            nnsp_dot(matrix.z, &rows, matrix.x, n, MATRIX_GROUPS);
            sum = add_words(sum, matrix.z, MATRIX_ROWS);
        }
    }
    return sum;
}

const struct checksum checksums[] = {{"dot", dot}, {0, 0}};
