/* test_corpus.c - clips in memory and mapped, files that cannot become clips,
 * and the lock of a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/sound.h"
#include "base/lock.h"
#include "corpus/corpus.h"
#include "dsp/level.h"
#include "scratch.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A tone of 440 Hz and that amplitude on an offset, in a file of the scratch
 * folder. */
static void write_tone(const char *name, int rate_hz, int64_t n,
                       double amplitude, double offset)
{
    struct se_sound_format format = {rate_hz, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *samples = malloc((size_t)n * sizeof *samples + 1);
    struct se_sound_writer *writer;
    char path[300];

    assert_non_null(samples);
    for (int64_t i = 0; i < n; i++)
        samples[i] = (float)(offset + amplitude * sin(2 * M_PI * 440 *
                                                      (double)i / rate_hz));
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    assert_int_equal(se_sound_create(&writer, path, &format, NULL, NULL),
                     SE_OK);
    assert_int_equal(se_sound_write(writer, samples, n, NULL), SE_OK);
    assert_int_equal(se_sound_commit(writer, NULL), SE_OK);
    free(samples);
}

/* Loads the files of the scratch folder named, on `n_workers` workers. */
static int load(struct se_corpus *corpus, const char *const *names, int n,
                int n_workers, struct se_report *report)
{
    char paths[16][300], *pointers[16];
    struct se_list list = {.paths = pointers, .n = n};
    struct se_pool *pool;

    for (int i = 0; i < n; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", scratch, names[i]);
        pointers[i] = paths[i];
    }
    assert_int_equal(se_pool_create(&pool, n_workers, NULL), SE_OK);

    int status = se_corpus_load(corpus, &list, pool, NULL, NULL, report);

    se_pool_destroy(pool);
    return status;
}

static void test_clip(void **state)
{
    const char *const names[] = {"quiet.wav", "wide.wav"};
    struct se_corpus corpus;
    struct se_report report;

    (void)state;
    write_tone("quiet.wav", 16000, 16000, 0.01, 0.1);
    write_tone("wide.wav", 48000, 48000, 0.5, 0);
    assert_int_equal(load(&corpus, names, 2, 1, &report), SE_OK);
    assert_int_equal(corpus.n_clips, 2);
    assert_int_equal(corpus.n_skipped, 0);
    for (int i = 0; i < 2; i++) {
        const struct se_clip *clip = &corpus.clips[i];
        int peak = 0;
        long sum = 0;

        assert_int_equal(clip->n_samples, 16000);
        for (int j = 0; j < 16000; j++) {
            peak = abs(clip->samples[j]) > peak ? abs(clip->samples[j]) : peak;
            sum += clip->samples[j];
        }
        assert_int_equal(peak, 32000);
        assert_true(labs(sum / 16000) < 30);

        double want = 32000 / 32768.0 / sqrt(2);

        assert_true(fabs((double)clip->active_rms - want) < 0.02);
    }
    assert_true(fabs(corpus.seconds - 2) < 1e-9);
    se_corpus_free(&corpus);
}

static void write_text(const char *name)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    fputs("this is a text, whatever it is called\n", file);
    assert_int_equal(fclose(file), 0);
}

/* What can be used is, in the list's order, however many threads there are. */
static void test_skipping(void **state)
{
    const char *const names[] = {"a.wav",   "text.wav",   "b.wav", "short.wav",
                                 "missing", "silent.wav", "c.wav"};

    (void)state;
    write_tone("a.wav", 16000, 320, 0.5, 0);
    write_tone("b.wav", 16000, 400, 0.5, 0);
    write_tone("c.wav", 16000, 500, 0.5, 0);
    write_tone("short.wav", 16000, 319, 0.5, 0);
    write_tone("silent.wav", 16000, 1000, 0, 0.25);
    write_text("text.wav");
    for (int n_workers = 1; n_workers < 4; n_workers++) {
        struct se_corpus corpus;
        struct se_report report;

        assert_int_equal(load(&corpus, names, 7, n_workers, &report), SE_OK);
        assert_int_equal(corpus.n_clips, 3);
        assert_int_equal(corpus.clips[0].n_samples, 320);
        assert_int_equal(corpus.clips[1].n_samples, 400);
        assert_int_equal(corpus.clips[2].n_samples, 500);
        assert_int_equal(corpus.n_skipped, 4);
        assert_non_null(strstr(corpus.skipped.text, "text.wav"));
        se_corpus_free(&corpus);
    }
}

static void test_nothing_left(void **state)
{
    const char *const silent[] = {"silent.wav"}, *const brief[] = {"short.wav"};
    struct se_corpus corpus;
    struct se_report report;

    (void)state;
    write_tone("silent.wav", 16000, 1000, 0, 0.25);
    write_tone("short.wav", 16000, 319, 0.5, 0);
    assert_int_equal(load(&corpus, silent, 1, 1, &report), SE_ERR_FORMAT);
    assert_non_null(strstr(report.text, "silent.wav: silent"));
    assert_null(corpus.clips);
    assert_int_equal(load(&corpus, brief, 1, 2, &report), SE_ERR_FORMAT);
    assert_non_null(strstr(report.text, "319 samples"));
    assert_int_equal(load(&corpus, NULL, 0, 2, &report), SE_ERR_FORMAT);
    assert_non_null(strstr(report.text, "empty list"));
}

static void count(void *context, int done, int total)
{
    int *last = context;

    assert_int_equal(done, *last + 1);
    assert_int_equal(total, 3);
    *last = done;
}

static void test_progress(void **state)
{
    char path[300], *paths[] = {path, path, path};
    struct se_list list = {.paths = paths, .n = 3};
    struct se_corpus corpus;
    struct se_pool *pool;
    int last = 0;

    (void)state;
    write_tone("one.wav", 16000, 400, 0.5, 0);
    snprintf(path, sizeof path, "%s/one.wav", scratch);
    assert_int_equal(se_pool_create(&pool, 2, NULL), SE_OK);
    assert_int_equal(se_corpus_load(&corpus, &list, pool, count, &last, NULL),
                     SE_OK);
    assert_int_equal(last, 3);
    se_corpus_free(&corpus);
    se_pool_destroy(pool);
}

/* The level that SNRs are measured with is that of the dev set: active speech
 * over noise gives the snr_db of its table. */
static void test_dev_set(void **state)
{
    FILE *table = fopen("../shared/corpus/dev/pairs/pairs.csv", "r");
    char line[512], path[200];
    int n_pairs = 0;

    (void)state;
    if (!table)
        skip();
    assert_non_null(fgets(line, sizeof line, table));
    while (fgets(line, sizeof line, table) && n_pairs < 12) {
        float *clean, *noisy;
        int64_t n, n_noisy;
        double snr_db;

        assert_int_equal(sscanf(line, "%*[^,],%*[^,],%*[^,],%lf", &snr_db), 1);
        snprintf(path, sizeof path,
                 "../shared/corpus/dev/pairs/clean/%.3s.flac", line);
        assert_int_equal(se_sound_load_mono(&clean, &n, path, 16000, NULL),
                         SE_OK);
        snprintf(path, sizeof path,
                 "../shared/corpus/dev/pairs/noisy/%.3s.flac", line);
        assert_int_equal(
            se_sound_load_mono(&noisy, &n_noisy, path, 16000, NULL), SE_OK);
        assert_int_equal(n, n_noisy);
        for (int64_t i = 0; i < n; i++)
            noisy[i] -= clean[i];

        double found = 10 * log10(se_level_active_power(clean, n) /
                                  se_level_power(noisy, n));

        assert_true(fabs(found - snr_db) < 0.03);
        free(clean);
        free(noisy);
        n_pairs++;
    }
    fclose(table);
    assert_int_equal(n_pairs, 12);
}

/* The same clips whether in memory or mapped, also when the memory was given
 * back in between; the scratch file has no name. */
static void test_mapped(void **state)
{
    const char *const names[] = {"quiet.wav", "none.wav", "wide.wav"};
    char paths[3][300], *pointers[3];
    struct se_list list = {.paths = pointers, .n = 3};
    struct se_corpus loaded, mapped;
    struct se_pool *pool;

    (void)state;
    write_tone("quiet.wav", 16000, 16000, 0.001, 0);
    write_tone("wide.wav", 48000, 30000, 0.5, 0.1);
    for (int i = 0; i < 3; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", scratch, names[i]);
        pointers[i] = paths[i];
    }
    assert_int_equal(se_pool_create(&pool, 2, NULL), SE_OK);
    assert_int_equal(se_corpus_load(&loaded, &list, pool, NULL, NULL, NULL),
                     SE_OK);
    assert_int_equal(
        se_corpus_load_mapped(&mapped, &list, scratch, pool, NULL, NULL, NULL),
        SE_OK);
    assert_int_equal(mapped.n_clips, 2);
    assert_int_equal(mapped.n_skipped, 1);
    assert_non_null(strstr(mapped.reasons[0], "none.wav: "));
    assert_string_equal(mapped.reasons[0], mapped.skipped.text);
    assert_non_null(mapped.store);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            const struct se_clip *a = &loaded.clips[i], *b = &mapped.clips[i];

            assert_int_equal(a->n_samples, b->n_samples);
            assert_true(a->active_rms == b->active_rms);
            assert_memory_equal(a->samples, b->samples,
                                (size_t)a->n_samples * sizeof *a->samples);
        }
        se_corpus_relax(&mapped);
        se_corpus_relax(&loaded);
    }
    se_corpus_free(&loaded);
    se_corpus_free(&mapped);

    struct se_report report;

    assert_int_equal(se_corpus_load_mapped(&mapped, &list, "/nowhere", pool,
                                           NULL, NULL, &report),
                     SE_ERR_IO);
    assert_non_null(strstr(report.text, "/nowhere: cannot make a scratch"));
    se_pool_destroy(pool);
}

/* One holder or several that share; who it is is told; released, the file is
 * gone. */
static void test_lock(void **state)
{
    const char *path = in_scratch("lock");
    struct se_lock a, b, c;
    struct se_report report;
    char me[40];

    (void)state;
    snprintf(me, sizeof me, "it: in use by process %ld on ", (long)getpid());
    assert_int_equal(se_lock_take(&a, path, 0, "it", NULL), SE_OK);
    assert_int_equal(se_lock_take(&b, path, 0, "it", &report), SE_ERR_ARG);
    assert_memory_equal(report.text, me, strlen(me));
    assert_int_equal(se_lock_take(&b, path, 1, "it", NULL), SE_ERR_ARG);
    se_lock_release(&b);
    se_lock_release(&a);
    assert_int_equal(access(path, F_OK), -1);

    assert_int_equal(se_lock_take(&a, path, 1, "it", NULL), SE_OK);
    assert_int_equal(se_lock_take(&b, path, 1, "it", NULL), SE_OK);
    assert_int_equal(se_lock_take(&c, path, 0, "it", NULL), SE_ERR_ARG);
    se_lock_release(&a);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(se_lock_take(&c, path, 0, "it", NULL), SE_ERR_ARG);
    se_lock_release(&b);
    assert_int_equal(se_lock_take(&c, path, 0, "it", NULL), SE_OK);
    se_lock_release(&c);
    se_lock_release(&c);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(se_lock_take(&a, "/nowhere/x", 0, "it", NULL), SE_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clip),     cmocka_unit_test(test_skipping),
        cmocka_unit_test(test_progress), cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_dev_set),  cmocka_unit_test(test_mapped),
        cmocka_unit_test(test_lock),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
