/* test_past.c - blocks for nets that filter over frames: what is heard, and
 * targets that wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "toy.h"

enum { FRAMES = 40, BANDS = 8 };

static struct toy toy;
static struct se_feature *feature;

static int set_up(void **state)
{
    if (make_scratch(state) != 0)
        return -1;
    toy_open(&toy, 1);
    return se_feature_create(&feature, SE_FEAT_MEL, BANDS, NULL);
}

static int tear_down(void **state)
{
    se_feature_destroy(feature);
    toy_close(&toy);
    return remove_scratch(state);
}

/* Row 1 of blocks of `steps` frames by 2 rows, frame after frame. */
struct played {
    float features[FRAMES][BANDS], gain;
    float noisy[FRAMES][SE_BINS], clean[FRAMES][SE_BINS];
    float cross[FRAMES][SE_BINS];
    se_bin noisy_spectrum[FRAMES][SE_BINS], clean_spectrum[FRAMES][SE_BINS];
    float heard[FRAMES][16][SE_BINS]; /* what the filter of a frame sees */
};

static void keep(struct played *p, const struct se_block *block, int step,
                 int to, int n_taps)
{
    int at = step * 2 + 1;
    size_t bytes = SE_BINS * sizeof(float);

    memcpy(p->features[to], block->features + at * BANDS,
           BANDS * sizeof(float));
    memcpy(p->noisy[to], block->noisy + at * SE_BINS, bytes);
    memcpy(p->clean[to], block->clean + at * SE_BINS, bytes);
    memcpy(p->cross[to], block->cross + at * SE_BINS, bytes);
    memcpy(p->noisy_spectrum[to], block->noisy_spectrum + at * SE_BINS,
           2 * bytes);
    memcpy(p->clean_spectrum[to], block->clean_spectrum + at * SE_BINS,
           2 * bytes);
    for (int i = 0; i < n_taps && block->heard; i++)
        memcpy(p->heard[to][i], block->heard + (at + 2 * i) * SE_BINS, bytes);
}

/* Plays sequence 7 with the feed of another sequence before it. */
static void play(struct played *p, const struct se_sequences *set,
                 const struct se_taps *taps, int steps)
{
    struct se_feed *feed;
    struct se_block block;
    float *space = malloc((size_t)(se_feed_scratch(set) + 1) * sizeof *space);

    memset(p, 0, sizeof *p);
    assert_non_null(space);
    assert_int_equal(se_block_create(&block, steps, 2, BANDS, NULL), SE_OK);
    assert_int_equal(se_block_add_spectra(&block, NULL), SE_OK);
    assert_int_equal(se_feed_create(&feed, set, feature, NULL), SE_OK);
    if (taps) {
        assert_int_equal(se_block_add_heard(&block, taps->n, NULL), SE_OK);
        assert_int_equal(se_feed_filter(feed, taps, NULL), SE_OK);
    }
    assert_int_equal(se_feed_start(feed, 3, space, NULL), SE_OK);
    assert_int_equal(se_feed_block(feed, &block, 1, NULL, NULL, NULL), SE_OK);
    assert_int_equal(se_feed_start(feed, 7, space, NULL), SE_OK);
    for (int t = 0; t < FRAMES; t++) {
        if (t % steps == 0)
            assert_int_equal(se_feed_block(feed, &block, 1, NULL, NULL, NULL),
                             SE_OK);
        keep(p, &block, t % steps, t, taps ? taps->n : 0);
    }
    se_feed_destroy(feed);
    se_block_free(&block);
    free(space);
}

/* `waited` is what `plain` was `late` frames before, zeros at first. */
static void check_late(const void *waited, const void *plain, int late,
                       size_t frame_bytes)
{
    const char *now = waited, *then = plain;

    for (size_t i = 0; i < (size_t)late * frame_bytes; i++)
        assert_int_equal(now[i], 0);
    assert_memory_equal(now + (size_t)late * frame_bytes, then,
                        (size_t)(FRAMES - late) * frame_bytes);
}

static void check_heard(const struct played *p, const struct played *plain,
                        int n_taps)
{
    /* the factor between the two, from a loud bin */
    float scale = plain->noisy[20][30] / p->heard[20][n_taps - 1][30];

    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < n_taps; i++)
            for (int k = 0; k < SE_BINS; k++) {
                int frame = t - n_taps + 1 + i;
                float wanted = frame < 0 ? 0 : plain->noisy[frame][k] / scale;

                assert_float_equal(p->heard[t][i][k], wanted, 1e-5f * wanted);
            }
}

/* The same whatever the size of the blocks. */
static void test_blocks(void **state)
{
    const struct se_taps shapes[] = {{2, 0}, {3, 1}, {4, 3}, {15, 9}};
    const int steps[] = {1, 2, 8, 40};
    static struct played plain, filtered;
    struct se_sequences set;

    (void)state;
    assert_int_equal(se_sequences_from_mixer(&set, &toy.mixer, 5, 100, 8, NULL),
                     SE_OK);
    assert_int_equal(set.n_frames, FRAMES);
    play(&plain, &set, NULL, 8);
    for (int i = 0; i < 4; i++) {
        int late = shapes[i].lookahead;

        play(&filtered, &set, &shapes[i], steps[i]);
        check_late(filtered.features, plain.features, 0,
                   sizeof *plain.features);
        check_late(filtered.noisy, plain.noisy, late, sizeof *plain.noisy);
        check_late(filtered.clean, plain.clean, late, sizeof *plain.clean);
        check_late(filtered.cross, plain.cross, late, sizeof *plain.cross);
        check_late(filtered.noisy_spectrum, plain.noisy_spectrum, late,
                   sizeof *plain.noisy_spectrum);
        check_late(filtered.clean_spectrum, plain.clean_spectrum, late,
                   sizeof *plain.clean_spectrum);
        check_heard(&filtered, &plain, shapes[i].n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blocks)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
