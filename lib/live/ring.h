/* ring.h - a lock-free ring buffer of numbers: one thread writes, one reads,
 * neither ever waits. */
#ifndef SE_LIVE_RING_H
#define SE_LIVE_RING_H

#include "base/status.h"

#include <stdatomic.h>
#include <stddef.h>

/* The counts go on for ever; their difference is the fill. Each has a cache
 * line of its own, so that the threads do not slow one another down. */
struct se_ring {
    float *block;
    size_t size; /* a power of two, so that the counts may wrap around */
    _Alignas(64) atomic_size_t written;
    _Alignas(64) atomic_size_t read;
};

/* Room for n numbers at least. Zeroed or created, it can be freed. */
int se_ring_create(struct se_ring *ring, size_t n, struct se_report *report);
void se_ring_free(struct se_ring *ring);

/* For the writer: how many numbers there is room for, which the reader can only
 * increase. Writes n numbers if there is room for all; returns n or 0. */
size_t se_ring_room(struct se_ring *ring);
size_t se_ring_write(struct se_ring *ring, const float *in, size_t n);

/* For the reader: how many numbers are there, which the writer can only
 * increase. Takes up to n; returns how many. */
size_t se_ring_fill(struct se_ring *ring);
size_t se_ring_read(struct se_ring *ring, float *out, size_t n);

#endif
