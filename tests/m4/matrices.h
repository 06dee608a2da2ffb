/* matrices.h - groups of four rows for tests of nnsp_dot: random ones, and
 * those that come nearest to what the sums can hold. */
#ifndef SE_M4_MATRICES_H
#define SE_M4_MATRICES_H

#include <stdint.h>

enum {
    MATRIX_COLUMNS = 1544, /* conv1d of 257 features, 6 frames, padded */
    MATRIX_GROUPS = 2,
    MATRIX_ROWS = 4 * MATRIX_GROUPS,
    MATRIX_KINDS = 4 /* random, all extremes with and without signs */
};

struct matrix {
    int32_t z[MATRIX_ROWS]; /* what the product gives */
    int32_t bias[MATRIX_ROWS];
    uint8_t shift[MATRIX_ROWS];
    uint32_t n_columns;
    int8_t weights[MATRIX_ROWS * MATRIX_COLUMNS];
    int16_t x[MATRIX_COLUMNS];
};

/* Matrix `number` of a fixed endless sequence, n_columns a multiple of 8; all
 * its sums fit 32 bits. */
void matrix_make(struct matrix *matrix, uint32_t number, uint32_t n_columns);

#endif
