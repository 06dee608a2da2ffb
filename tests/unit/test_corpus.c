/* test_corpus.c - clips in memory and mapped, files that cannot become clips,
 * and the lock of a folder. */
#include "audio/sound.h"
#include "check.h"
#include "corpus/corpus.h"
#include "dsp/level.h"
#include "files/lock.h"

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

    expect(samples);
    for (int64_t i = 0; i < n; i++)
        samples[i] = (float)(offset + amplitude * sin(2 * M_PI * 440 *
                                                      (double)i / rate_hz));
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, samples, n, &report));
    expect_ok(se_sound_commit(writer, &report));
    free(samples);
}

/* Loads the files of the scratch folder named, on `n_workers` workers. */
static int load(struct se_corpus *corpus, const char *const *names, int n,
                int n_workers)
{
    char paths[16][300], *pointers[16];
    struct se_list list = {.name = "list", .paths = pointers, .n = n};
    struct se_pool *pool;

    for (int i = 0; i < n; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", scratch, names[i]);
        pointers[i] = paths[i];
    }
    expect_ok(se_pool_create(&pool, n_workers, &report));

    int status = se_corpus_load(corpus, &list,
                                &(struct se_loading){.pool = pool}, &report);

    se_pool_destroy(pool);
    return status;
}

TEST(clip)
{
    const char *const names[] = {"quiet.wav", "wide.wav"};
    struct se_corpus corpus;

    write_tone("quiet.wav", 16000, 16000, 0.01, 0.1);
    write_tone("wide.wav", 48000, 48000, 0.5, 0);
    expect_ok(load(&corpus, names, 2, 1));
    expect_equal(corpus.n_clips, 2);
    expect_equal(corpus.n_skipped, 0);
    for (int i = 0; i < 2; i++) {
        const struct se_clip *clip = &corpus.clips[i];
        int peak = 0;
        long sum = 0;

        expect_equal(clip->n_samples, 16000);
        for (int j = 0; j < 16000; j++) {
            peak = abs(clip->samples[j]) > peak ? abs(clip->samples[j]) : peak;
            sum += clip->samples[j];
        }
        expect_equal(peak, 32000);
        expect(labs(sum / 16000) < 30);

        double want = 32000 / 32768.0 / sqrt(2);

        expect_near((double)clip->active_rms, want, 0.02);
    }
    expect_near(corpus.seconds, 2, 1e-9);
    se_corpus_free(&corpus);
}

static void write_text(const char *name)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    file = fopen(path, "wb");
    expect(file);
    fputs("this is a text, whatever it is called\n", file);
    expect_equal(fclose(file), 0);
}

/* What can be used is, in the list's order, however many threads there are. */
TEST(skipping)
{
    const char *const names[] = {"a.wav",   "text.wav",   "b.wav", "short.wav",
                                 "missing", "silent.wav", "c.wav"};

    write_tone("a.wav", 16000, 320, 0.5, 0);
    write_tone("b.wav", 16000, 400, 0.5, 0);
    write_tone("c.wav", 16000, 500, 0.5, 0);
    write_tone("short.wav", 16000, 319, 0.5, 0);
    write_tone("silent.wav", 16000, 1000, 0, 0.25);
    write_text("text.wav");
    for (int n_workers = 1; n_workers < 4; n_workers++) {
        struct se_corpus corpus;

        expect_ok(load(&corpus, names, 7, n_workers));
        expect_equal(corpus.n_clips, 3);
        expect_equal(corpus.clips[0].n_samples, 320);
        expect_equal(corpus.clips[1].n_samples, 400);
        expect_equal(corpus.clips[2].n_samples, 500);
        expect_equal(corpus.n_skipped, 4);
        expect_contains(corpus.skipped.text, "text.wav");
        se_corpus_free(&corpus);
    }
}

TEST(nothing_left)
{
    const char *const silent[] = {"silent.wav"}, *const brief[] = {"short.wav"};
    struct se_corpus corpus;

    write_tone("silent.wav", 16000, 1000, 0, 0.25);
    write_tone("short.wav", 16000, 319, 0.5, 0);
    expect_error(load(&corpus, silent, 1, 1), SE_ERR_FORMAT,
                 "silent.wav: silent");
    expect(!corpus.clips);
    expect_error(load(&corpus, brief, 1, 2), SE_ERR_FORMAT, "319 samples");
    expect_error(load(&corpus, NULL, 0, 2), SE_ERR_FORMAT, "empty list");
}

static int count(void *context, int done, int total)
{
    int *last = context;

    expect_equal(done, *last + 1);
    expect_equal(total, 3);
    *last = done;
    return 0;
}

TEST(progress)
{
    char path[300], *paths[] = {path, path, path};
    struct se_list list = {.paths = paths, .n = 3};
    struct se_corpus corpus;
    struct se_pool *pool;
    int last = 0;

    write_tone("one.wav", 16000, 400, 0.5, 0);
    snprintf(path, sizeof path, "%s/one.wav", scratch);
    expect_ok(se_pool_create(&pool, 2, &report));

    const struct se_loading how = {.pool = pool, .progress = {count, &last}};

    expect_ok(se_corpus_load(&corpus, &list, &how, NULL));
    expect_equal(last, 3);
    se_corpus_free(&corpus);
    se_pool_destroy(pool);
}

/* The level that SNRs are measured with is that of the dev set: active speech
 * over noise gives the snr_db of its table. */
TEST(dev_set)
{
    FILE *table = fopen("../shared/corpus/dev/pairs/pairs.csv", "r");
    char line[512], path[200];
    int n_pairs = 0;

    if (!table)
        skip_test("no ../shared/corpus");
    expect(fgets(line, sizeof line, table));
    while (fgets(line, sizeof line, table) && n_pairs < 12) {
        float *clean, *noisy;
        int64_t n, n_noisy;
        double snr_db;

        expect_equal(sscanf(line, "%*[^,],%*[^,],%*[^,],%lf", &snr_db), 1);
        snprintf(path, sizeof path,
                 "../shared/corpus/dev/pairs/clean/%.3s.flac", line);
        expect_ok(se_sound_load_mono(&clean, &n, path, 16000, &report));
        snprintf(path, sizeof path,
                 "../shared/corpus/dev/pairs/noisy/%.3s.flac", line);
        expect_ok(se_sound_load_mono(&noisy, &n_noisy, path, 16000, &report));
        expect_equal(n, n_noisy);
        for (int64_t i = 0; i < n; i++)
            noisy[i] -= clean[i];

        double found = 10 * log10(se_level_active_power(clean, n) /
                                  se_level_power(noisy, n));

        expect_near(found, snr_db, 0.03);
        free(clean);
        free(noisy);
        n_pairs++;
    }
    fclose(table);
    expect_equal(n_pairs, 12);
}

/* The same clips whether in memory or mapped, also when the memory was given
 * back in between; the scratch file has no name. */
TEST(mapped)
{
    const char *const names[] = {"quiet.wav", "none.wav", "wide.wav"};
    char paths[3][300], *pointers[3];
    struct se_list list = {.paths = pointers, .n = 3};
    struct se_corpus loaded, mapped;
    struct se_pool *pool;

    write_tone("quiet.wav", 16000, 16000, 0.001, 0);
    write_tone("wide.wav", 48000, 30000, 0.5, 0.1);
    for (int i = 0; i < 3; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", scratch, names[i]);
        pointers[i] = paths[i];
    }
    expect_ok(se_pool_create(&pool, 2, &report));
    expect_ok(se_corpus_load(&loaded, &list, &(struct se_loading){.pool = pool},
                             NULL));
    expect_ok(se_corpus_load(
        &mapped, &list, &(struct se_loading){.pool = pool, .scratch = scratch},
        NULL));
    expect_equal(mapped.n_clips, 2);
    expect_equal(mapped.n_skipped, 1);
    expect_contains(mapped.reasons[0], "none.wav: ");
    expect_text(mapped.reasons[0], mapped.skipped.text);
    expect(mapped.store);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            const struct se_clip *a = &loaded.clips[i], *b = &mapped.clips[i];

            expect_equal(a->n_samples, b->n_samples);
            expect(a->active_rms == b->active_rms);
            expect_bytes(a->samples, b->samples,
                         (size_t)a->n_samples * sizeof *a->samples);
        }
        se_corpus_relax(&mapped);
        se_corpus_relax(&loaded);
    }
    se_corpus_free(&loaded);
    se_corpus_free(&mapped);

    expect_error(se_corpus_load(
                     &mapped, &list,
                     &(struct se_loading){.pool = pool, .scratch = "/nowhere"},
                     &report),
                 SE_ERR_IO, "/nowhere: cannot make a scratch");
    se_pool_destroy(pool);
}

/* One holder or several that share, which an error names; released, the file is
 * gone. */
TEST(lock)
{
    const char *path = in_scratch("lock");
    struct se_lock a, b, c;
    char me[40];

    snprintf(me, sizeof me, "it: in use by process %ld on ", (long)getpid());
    expect_ok(se_lock_take(&a, path, 0, "it", &report));
    expect_status(se_lock_take(&b, path, 0, "it", &report), SE_ERR_ARG);
    expect_bytes(report.text, me, strlen(me));
    expect_status(se_lock_take(&b, path, 1, "it", &report), SE_ERR_ARG);
    se_lock_release(&b);
    se_lock_release(&a);
    expect_equal(access(path, F_OK), -1);

    expect_ok(se_lock_take(&a, path, 1, "it", &report));
    expect_ok(se_lock_take(&b, path, 1, "it", &report));
    expect_status(se_lock_take(&c, path, 0, "it", &report), SE_ERR_ARG);
    se_lock_release(&a);
    expect_equal(access(path, F_OK), 0);
    expect_status(se_lock_take(&c, path, 0, "it", &report), SE_ERR_ARG);
    se_lock_release(&b);
    expect_ok(se_lock_take(&c, path, 0, "it", &report));
    se_lock_release(&c);
    se_lock_release(&c);
    expect_equal(access(path, F_OK), -1);
    expect_status(se_lock_take(&a, "/nowhere/x", 0, "it", &report), SE_ERR_IO);
}
