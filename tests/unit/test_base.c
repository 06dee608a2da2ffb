/* test_base.c - random numbers, threads. */
#include "base/pool.h"
#include "base/rng.h"
#include "check.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

/* ---- random numbers ----------------------------------------------------- */

/* First ten outputs of the authors' xoshiro256plusplus.c for the state
 * 1, 2, 3, 4 (the vector that rand_xoshiro and NumPy test with, too). */
TEST(rng_reference)
{
    static const uint64_t expected[10] = {
        41943041u,
        58720359u,
        3588806011781223u,
        3591011842654386u,
        9228616714210784205u,
        9973669472204895162u,
        14011001112246962877u,
        12406186145184390807u,
        15849039046786891736u,
        10450023813501588000u,
    };
    struct se_rng rng = {{1, 2, 3, 4}};

    for (int i = 0; i < 10; i++)
        expect(se_rng_next(&rng) == expected[i]);
}

TEST(rng_repeats)
{
    struct se_rng a, b;

    se_rng_seed(&a, 7, 3);
    se_rng_seed(&b, 7, 3);
    for (int i = 0; i < 100; i++)
        expect(se_rng_next(&a) == se_rng_next(&b));
}

/* 64 bits of 50 first numbers of neighbouring streams and seeds: all differ,
 * and the bits of neighbours differ in about half the places. */
TEST(rng_streams_differ)
{
    uint64_t first[50];
    int n_flipped = 0;

    for (unsigned i = 0; i < 50; i++) {
        struct se_rng rng;

        se_rng_seed(&rng, i / 25, i % 25);
        first[i] = se_rng_next(&rng);
        for (unsigned j = 0; j < i; j++)
            expect(first[i] != first[j]);
        if (i > 0)
            n_flipped += __builtin_popcountll(first[i] ^ first[i - 1]);
    }
    /* mean 49 * 32 = 1568, deviation sqrt(49 * 16) = 28; 6 deviations */
    expect_range(n_flipped, 1568 - 168, 1568 + 168);
}

/* Chi-square over 64 cells: 63 degrees of freedom, deviation sqrt(126) = 11.2;
 * six deviations on either side. */
TEST(rng_uniform)
{
    enum { N = 64000, N_CELLS = 64 };
    int cells[N_CELLS] = {0};
    struct se_rng rng;
    double chi_square = 0;

    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < N; i++) {
        double x = se_rng_uniform(&rng, -3.0, 5.0);

        expect(x >= -3.0 && x < 5.0);
        cells[(int)((x + 3.0) / 8.0 * N_CELLS)]++;
    }
    for (int i = 0; i < N_CELLS; i++) {
        double error = cells[i] - (double)N / N_CELLS;

        chi_square += error * error / ((double)N / N_CELLS);
    }
    expect(chi_square > 63 - 6 * 11.2 && chi_square < 63 + 6 * 11.2);
}

TEST(rng_below)
{
    int seen[7] = {0};
    struct se_rng rng;

    se_rng_seed(&rng, 2, 0);
    for (int i = 0; i < 7000; i++) {
        uint32_t x = se_rng_below(&rng, 7);

        expect(x < 7);
        seen[x]++;
        expect_equal(se_rng_below(&rng, 1), 0);
    }
    for (int i = 0; i < 7; i++) /* deviation sqrt(7000 * 6/49) = 29 */
        expect_range(seen[i], 1000 - 176, 1000 + 176);
}

/* Mean, variance and fourth moment (3) of N normal numbers, within six
 * deviations of their estimates: sqrt(1/N), sqrt(2/N), sqrt(96/N). */
TEST(rng_normal)
{
    enum { N = 100000 };
    double sum = 0, sum2 = 0, sum4 = 0;
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < N; i++) {
        double x = se_rng_normal(&rng);

        sum += x;
        sum2 += x * x;
        sum4 += x * x * x * x;
    }
    expect(fabs(sum / N) < 6 * sqrt(1.0 / N));
    expect_near(sum2 / N, 1, 6 * sqrt(2.0 / N));
    expect_near(sum4 / N, 3, 6 * sqrt(96.0 / N));
}

/* ---- threads ------------------------------------------------------------ */

enum { MOST_TASKS = 100 };

struct tally {
    atomic_int times[MOST_TASKS];
    int worker[MOST_TASKS];
    pthread_t thread[MOST_TASKS];
};

static void count_task(void *context, int index, int worker)
{
    struct tally *tally = context;

    atomic_fetch_add(&tally->times[index], 1);
    tally->worker[index] = worker;
    tally->thread[index] = pthread_self();
}

static void check_run(struct se_pool *pool, int n_tasks)
{
    struct tally tally = {0};
    int n_workers = se_pool_workers(pool);

    se_pool_run(pool, n_tasks, count_task, &tally);
    for (int i = 0; i < MOST_TASKS; i++)
        expect_equal(tally.times[i], i < n_tasks);
    for (int i = 0; i < n_tasks; i++) {
        expect_range(tally.worker[i], 0, n_workers - 1);
        if (n_tasks <= n_workers)
            expect_equal(tally.worker[i], i);
        if (tally.worker[i] == 0)
            expect(pthread_equal(tally.thread[i], pthread_self()));
    }
}

TEST(pool)
{
    static const int n_tasks[] = {0, 1, 2, 3, 4, 7, MOST_TASKS};

    for (int n_workers = 1; n_workers <= 3; n_workers++) {
        struct se_pool *pool;

        expect_ok(se_pool_create(&pool, n_workers, &report));
        expect_equal(se_pool_workers(pool), n_workers);
        for (int round = 0; round < 200; round++)
            for (size_t i = 0; i < sizeof n_tasks / sizeof *n_tasks; i++)
                check_run(pool, n_tasks[i]);
        se_pool_destroy(pool);
    }
}

/* With no more tasks than workers, task i always sees the same thread. */
TEST(pool_same_thread)
{
    struct tally first = {0};
    struct se_pool *pool;

    expect_ok(se_pool_create(&pool, 3, &report));
    se_pool_run(pool, 3, count_task, &first);
    for (int round = 0; round < 100; round++) {
        struct tally again = {0};

        se_pool_run(pool, 3, count_task, &again);
        for (int i = 0; i < 3; i++)
            expect(pthread_equal(first.thread[i], again.thread[i]));
    }
    se_pool_destroy(pool);
    se_pool_destroy(NULL);
}
