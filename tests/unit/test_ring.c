/* test_ring.c - the ring between two threads. */
#include "base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct se_ring ring;

static int set_up(void **state)
{
    (void)state;
    return se_ring_create(&ring, 5, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    se_ring_free(&ring);
    return 0;
}

static void test_room_and_fill(void **state)
{
    const float in[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float out[9];

    (void)state;
    assert_int_equal(se_ring_room(&ring), 8);
    assert_int_equal(se_ring_fill(&ring), 0);
    assert_int_equal(se_ring_read(&ring, out, 9), 0);
    assert_int_equal(se_ring_write(&ring, in, 9), 0);
    assert_int_equal(se_ring_write(&ring, in, 8), 8);
    assert_int_equal(se_ring_room(&ring), 0);
    assert_int_equal(se_ring_write(&ring, in, 1), 0);
    assert_int_equal(se_ring_write(&ring, in, 0), 0);
    assert_int_equal(se_ring_read(&ring, out, 9), 8);
    assert_memory_equal(in, out, 8 * sizeof *in);
}

/* Every start in the block, and every length over its end. */
static void test_wraps_around(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        size_t n = i % 9;
        float in[8], out[8];

        for (size_t k = 0; k < n; k++)
            in[k] = (float)(10 * i + k);
        assert_int_equal(se_ring_write(&ring, in, n), n);
        assert_int_equal(se_ring_read(&ring, out, 8), n);
        assert_memory_equal(in, out, n * sizeof *in);
    }
}

/* The counts pass the end of their range. */
static void test_counts_wrap(void **state)
{
    const float in[6] = {1, 2, 3, 4, 5, 6};
    float out[6];

    (void)state;
    atomic_store(&ring.written, SIZE_MAX - 2);
    atomic_store(&ring.read, SIZE_MAX - 2);
    assert_int_equal(se_ring_write(&ring, in, 6), 6);
    assert_int_equal(se_ring_room(&ring), 2);
    assert_int_equal(se_ring_read(&ring, out, 6), 6);
    assert_memory_equal(in, out, sizeof in);
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
static void test_two_threads(void **state)
{
    pthread_t writer;
    int n_read = 0, n_wrong = 0;

    (void)state;
    assert_int_equal(pthread_create(&writer, NULL, write_numbers, NULL), 0);
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
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_room_and_fill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wraps_around, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts_wrap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_threads, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
