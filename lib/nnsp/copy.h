/* copy.h - arrays copied, without the C library's headers. */
#ifndef NNSP_COPY_H
#define NNSP_COPY_H

#include <stdint.h>

/* to[n] = from[n]; where they overlap, `to` must come first. */
static inline void nnsp_copy(int16_t *to, const int16_t *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = from[i];
}

#endif
