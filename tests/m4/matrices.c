/* matrices.c - groups of four rows for tests of nnsp_dot. */
#include "matrices.h"

#include <string.h>

/* xorshift32, Marsaglia 2003 */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static int16_t pick_input(uint32_t *state, int kind)
{
    switch (kind) {
    case 0:
        return (int16_t)next(state);
    case 1:
        return INT16_MIN;
    case 2:
        return INT16_MAX;
    default:
        return next(state) & 1 ? INT16_MIN : INT16_MAX;
    }
}

/* At most 65535 may come together over a row, so that 2^15 times that fits. */
static int pick_weight(uint32_t *state, int kind, uint32_t row, int largest)
{
    switch (kind) {
    case 0:
        return (int)(next(state) % (2 * (uint32_t)largest + 1)) - largest;
    case 1:
    case 2: /* all signs of the two rows of a lane */
        return (row + (uint32_t)kind) & 2 ? -largest : largest;
    default:
        return next(state) & 1 ? -largest : largest;
    }
}

void matrix_make(struct matrix *matrix, uint32_t number, uint32_t n_columns)
{
    uint32_t state = 2463534242u + 2654435769u * number;
    int kind = (int)(number % MATRIX_KINDS);
    int largest = 65535 / (int)n_columns < 127 ? 65535 / (int)n_columns : 127;

    memset(matrix, 0, sizeof *matrix);
    matrix->n_columns = n_columns;
    for (int r = 0; r < MATRIX_ROWS; r++) {
        matrix->bias[r] = (int32_t)(next(&state) % 32768) - 16384;
        matrix->shift[r] = number % 3 == 0 ? 0 : (uint8_t)(next(&state) % 32);
    }
    for (uint32_t c = 0; c < n_columns; c++)
        matrix->x[c] = pick_input(&state, kind);
    for (uint32_t i = 0; i < MATRIX_ROWS * n_columns; i += 2) {
        uint32_t pair = i / 4 % 2 * 2 + next(&state) % 2 * (kind != 0);
        int even = pick_weight(&state, kind, pair, largest);
        int odd = pick_weight(&state, kind, pair + 1, largest);

        matrix->weights[i] = (int8_t)even;
        matrix->weights[i + 1] = (int8_t)(odd - (even < 0));
    }
}
