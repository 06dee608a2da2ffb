/* ring.h - hands items from an interrupt to the main loop, or back, without a
 * lock: one side alone moves `head`, the other alone moves `tail`. */
#ifndef RING_H
#define RING_H

#include <stdint.h>

/* Both count on for ever; their difference is the fill. Sizes are powers of
 * two, so that the counts may wrap around. */
struct ring {
    volatile uint32_t head; /* items put */
    volatile uint32_t tail; /* items taken */
};

static inline uint32_t ring_fill(const struct ring *ring)
{
    return ring->head - ring->tail;
}

#endif
