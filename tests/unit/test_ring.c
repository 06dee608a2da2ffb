/* test_ring.c - the ring between two threads. */
#include "check.h"
#include "live/ring.h"

#include <pthread.h>
#include <sched.h>

static struct se_ring ring;

BEFORE_EACH()
{
    expect_ok(se_ring_create(&ring, 5, &report));
}

AFTER_EACH()
{
    se_ring_free(&ring);
}

TEST(room_and_fill)
{
    const float in[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float out[9];

    expect_equal(se_ring_room(&ring), 8);
    expect_equal(se_ring_fill(&ring), 0);
    expect_equal(se_ring_read(&ring, out, 9), 0);
    expect_equal(se_ring_write(&ring, in, 9), 0);
    expect_equal(se_ring_write(&ring, in, 8), 8);
    expect_equal(se_ring_room(&ring), 0);
    expect_equal(se_ring_write(&ring, in, 1), 0);
    expect_equal(se_ring_write(&ring, in, 0), 0);
    expect_equal(se_ring_read(&ring, out, 9), 8);
    expect_bytes(in, out, 8 * sizeof *in);
}

/* Every start in the block, and every length over its end. */
TEST(wraps_around)
{
    for (size_t i = 0; i < 100; i++) {
        size_t n = i % 9;
        float in[8], out[8];

        for (size_t k = 0; k < n; k++)
            in[k] = (float)(10 * i + k);
        expect_equal(se_ring_write(&ring, in, n), n);
        expect_equal(se_ring_read(&ring, out, 8), n);
        expect_bytes(in, out, n * sizeof *in);
    }
}

/* The counts pass the end of their range. */
TEST(counts_wrap)
{
    const float in[6] = {1, 2, 3, 4, 5, 6};
    float out[6];

    atomic_store(&ring.written, SIZE_MAX - 2);
    atomic_store(&ring.read, SIZE_MAX - 2);
    expect_equal(se_ring_write(&ring, in, 6), 6);
    expect_equal(se_ring_room(&ring), 2);
    expect_equal(se_ring_read(&ring, out, 6), 6);
    expect_bytes(in, out, sizeof in);
}

enum { N_NUMBERS = 100000 };

static void *write_numbers(void *unused)
{
    float block[7];

    (void)unused;
    for (int done = 0; done < N_NUMBERS;) {
        size_t n = (size_t)(1 + done % 7);

        for (size_t k = 0; k < n; k++)
            block[k] = (float)(done + (int)k);
        if (se_ring_write(&ring, block, n) == n)
            done += (int)n;
        else
            sched_yield();
    }
    return NULL;
}

/* No number is lost, doubled or read half-written. */
TEST(two_threads)
{
    pthread_t writer;
    int n_read = 0, n_wrong = 0;

    expect_equal(pthread_create(&writer, NULL, write_numbers, NULL), 0);
    while (n_read < N_NUMBERS) {
        float block[5];
        size_t n = se_ring_read(&ring, block, 5);

        for (size_t k = 0; k < n; k++)
            n_wrong += block[k] != (float)(n_read + (int)k);
        n_read += (int)n;
        if (n == 0)
            sched_yield();
    }
    pthread_join(writer, NULL);
    expect_equal(n_wrong, 0);
}
