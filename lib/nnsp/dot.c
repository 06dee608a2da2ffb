/* dot.c - rows of weights times a vector: the definition. */
#include "nnsp/dot.h"

#if !NNSP_DOT_M4 && !NNSP_MVE

/* The two rows of a lane: its low byte, and what is left above it. */
static int even(const int8_t *lane)
{
    return lane[0];
}

static int odd(const int8_t *lane)
{
    return lane[1] + (lane[0] < 0);
}

static void add_group(int32_t sum[4], const int8_t *group, const int16_t *x,
                      uint32_t n_columns)
{
    int32_t a = sum[0], b = sum[1], c = sum[2], d = sum[3];

    for (uint32_t i = 0; i < n_columns; i += 2, group += 8) {
        a += even(group) * x[i] + even(group + 2) * x[i + 1];
        b += odd(group) * x[i] + odd(group + 2) * x[i + 1];
        c += even(group + 4) * x[i] + even(group + 6) * x[i + 1];
        d += odd(group + 4) * x[i] + odd(group + 6) * x[i + 1];
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
}

void nnsp_dot(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
              uint32_t n_columns, uint32_t n_groups)
{
    const int8_t *group = rows->weights;

    for (uint32_t r = 0; r < 4 * n_groups; r += 4, group += 4 * n_columns) {
        for (int i = 0; i < 4; i++)
            z[r + i] = rows->bias[r + i];
        add_group(z + r, group, x, n_columns);
        for (int i = 0; i < 4; i++)
            z[r + i] >>= rows->shift[r + i];
    }
}

#endif
