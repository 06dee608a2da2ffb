/* ring.c - numbers from one thread to another, without a lock.
 *
 * Each thread changes its own count alone. It publishes with `release` what it
 * has put in or taken out, and the other sees it with `acquire`: a number is
 * never read before it was written, nor written over before it was read. */
#include "live/ring.h"

#include <stdlib.h>
#include <string.h>

int se_ring_create(struct se_ring *ring, size_t n, struct se_report *report)
{
    ring->size = 1;
    while (ring->size < n)
        ring->size *= 2;
    atomic_init(&ring->written, 0);
    atomic_init(&ring->read, 0);
    /* Zeroed: the pages are there before the first write is in a hurry. */
    ring->block = malloc(ring->size * sizeof *ring->block);
    if (!ring->block)
        return se_fail_memory(report, "a ring");
    memset(ring->block, 0, ring->size * sizeof *ring->block);
    return SE_OK;
}

void se_ring_free(struct se_ring *ring)
{
    free(ring->block);
    ring->block = NULL;
}

static size_t fill(struct se_ring *ring, memory_order written,
                   memory_order read)
{
    /* The own count first or last is the same: nobody else changes it. */
    return atomic_load_explicit(&ring->written, written) -
           atomic_load_explicit(&ring->read, read);
}

size_t se_ring_room(struct se_ring *ring)
{
    return ring->size - fill(ring, memory_order_relaxed, memory_order_acquire);
}

size_t se_ring_write(struct se_ring *ring, const float *in, size_t n)
{
    size_t at = atomic_load_explicit(&ring->written, memory_order_relaxed);
    size_t start = at & (ring->size - 1);
    size_t first = n < ring->size - start ? n : ring->size - start;

    if (n > se_ring_room(ring))
        return 0;
    memcpy(ring->block + start, in, first * sizeof *in);
    memcpy(ring->block, in + first, (n - first) * sizeof *in);
    atomic_store_explicit(&ring->written, at + n, memory_order_release);
    return n;
}

size_t se_ring_fill(struct se_ring *ring)
{
    return fill(ring, memory_order_acquire, memory_order_relaxed);
}

size_t se_ring_read(struct se_ring *ring, float *out, size_t n)
{
    size_t at = atomic_load_explicit(&ring->read, memory_order_relaxed);
    size_t start = at & (ring->size - 1);
    size_t there = se_ring_fill(ring);

    if (n > there)
        n = there;

    size_t first = n < ring->size - start ? n : ring->size - start;

    memcpy(out, ring->block + start, first * sizeof *out);
    memcpy(out + first, ring->block, (n - first) * sizeof *out);
    atomic_store_explicit(&ring->read, at + n, memory_order_release);
    return n;
}
