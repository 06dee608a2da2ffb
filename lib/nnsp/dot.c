/* dot.c - four rows of weights times a vector: the definition. */
#include "nnsp/dot.h"

#if !NNSP_DOT_M4 && !NNSP_DOT_MVE

/* The two rows of a lane: its low byte, and what is left above it. */
static int even(const int8_t *lane)
{
    return lane[0];
}

static int odd(const int8_t *lane)
{
    return lane[1] + (lane[0] < 0);
}

void nnsp_dot4(int32_t acc[4], const int8_t *group, const int16_t *x,
               uint32_t n_columns)
{
    int32_t a = acc[0], b = acc[1], c = acc[2], d = acc[3];

    for (uint32_t i = 0; i < n_columns; i += 2, group += 8) {
        a += even(group) * x[i] + even(group + 2) * x[i + 1];
        b += odd(group) * x[i] + odd(group + 2) * x[i + 1];
        c += even(group + 4) * x[i] + even(group + 6) * x[i + 1];
        d += odd(group + 4) * x[i] + odd(group + 6) * x[i + 1];
    }
    acc[0] = a;
    acc[1] = b;
    acc[2] = c;
    acc[3] = d;
}

#endif
