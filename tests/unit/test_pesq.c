/* test_pesq.c - PESQ against values of the Recommendation's program, and what
 * must hold for any signal. */
#include "audio/sound.h"
#include "base/pool.h"
#include "check.h"
#include "metrics/pesq.h"
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_HZ = 16000, N_A = 24000, N_B = 48000, MAX_N = 20 * RATE_HZ };

/* Relative. */
#define expect_ratio(found, expected, tolerance)                               \
    expect_near((found) / (expected), 1.0, tolerance)

static float clean[MAX_N], processed[MAX_N];

static double score_of(const struct se_pesq_pair *pair, enum se_pesq_band band,
                       enum se_pesq_method method)
{
    double score = (double)NAN;

    expect_ok(se_pesq(&score, pair, band, method, &report));
    return score;
}

/* ---- signals ------------------------------------------------------------- */

/* Uniform in -0.5..0.5: number i of a sequence that is always the same. */
static double noise_at(int i)
{
    static double noise[3 * MAX_N];
    static int n;
    static uint32_t state = 1;

    for (; n <= i; n++) {
        state = 1664525u * state + 1013904223u;
        noise[n] = state / 4294967296.0 - 0.5;
    }
    return noise[i];
}

/* Harmonics of a gliding pitch in bursts of half of every period_s. */
static double voice_at(int i, double period_s)
{
    double t = (double)i / RATE_HZ;
    double phase = 2 * M_PI * 140 * t - 40 / 0.9 * cos(2 * M_PI * 0.9 * t);
    double sum = 0;

    for (int k = 1; k <= 35; k++)
        sum += sin(k * phase + k * k) / k;
    return 0.05 * fmax(0, sin(2 * M_PI * t / period_s)) * sum;
}

static void make_clean(int n, double period_s)
{
    for (int i = 0; i < n; i++)
        clean[i] = (float)(voice_at(i, period_s) + 0.0005 * noise_at(i));
}

/* A: constant delay of 0. */
static struct se_pesq_pair make_a(void)
{
    make_clean(N_A, 0.75);
    for (int i = 0; i < N_A; i++)
        processed[i] =
            (float)(0.7 * (voice_at(i, 0.75) + 0.0005 * noise_at(i)) +
                    0.002 * noise_at(N_A + i));
    return (struct se_pesq_pair){clean, processed, N_A, N_A};
}

/* B: the delay changes in the middle, and for a while within a burst. */
static int delay_of_b(int i)
{
    if (i < 24000)
        return 160;
    return i >= 27000 && i < 32000 ? 1100 : 480;
}

static struct se_pesq_pair make_b(void)
{
    make_clean(N_B, 1.5);
    for (int i = 0; i < N_B; i++) {
        int at = i - delay_of_b(i);
        double x = at < 0 ? 0 : voice_at(at, 1.5) + 0.0005 * noise_at(at);

        processed[i] = (float)(x + 0.002 * noise_at(N_B + i));
    }
    return (struct se_pesq_pair){clean, processed, N_B, N_B};
}

/* clean[n] and the same with noise, `delay` samples late. */
static struct se_pesq_pair make_noisy(int n, double level, int delay)
{
    make_clean(n, 0.75);
    for (int i = 0; i < n; i++) {
        int at = i - delay;
        double x = at >= 0 && at < n ? (double)clean[at] : 0;

        processed[i] = (float)(x + level * noise_at(n + i));
    }
    return (struct se_pesq_pair){clean, processed, n, n};
}

static double energy(const float *x, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

TEST(signals)
{
    make_a();
    expect_near((double)clean[100], -0.0010284776, 1e-9);
    expect_near((double)clean[1000], 0.0039188247, 1e-9);
    expect_near((double)processed[1000], 0.0019919828, 1e-9);
    expect_ratio(energy(clean, N_A), 12.12557, 1e-6);
    expect_ratio(energy(processed, N_A), 5.952907, 1e-6);
    make_b();
    expect_near((double)clean[1000], 0.0020876364, 1e-9);
    expect_near((double)processed[1000], -0.019061718, 1e-9);
    expect_ratio(energy(clean, N_B), 24.250081, 1e-6);
    expect_ratio(energy(processed, N_B), 23.484226, 1e-6);
}

/* ---- against the Recommendation's program -------------------------------- */

TEST(scores)
{
    struct se_pesq_pair pair = make_a();

    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), 2.5303, 3e-4);
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED), 2.5303, 3e-4);
    expect_near(score_of(&pair, SE_PESQ_NARROW, SE_PESQ_FULL), 3.9823, 3e-4);
    pair = make_b();
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), 2.5114, 3e-4);
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED), 2.0470, 3e-4);
    expect_near(score_of(&pair, SE_PESQ_NARROW, SE_PESQ_FULL), 3.2265, 3e-4);
}

static void check_utterance(const struct se_pesq_utterance *found, int start,
                            int end, int delay, double confidence)
{
    expect_equal(found->start, start);
    expect_equal(found->end, end);
    expect_equal(found->delay.samples, delay);
    expect_near(found->delay.confidence, confidence, 2e-4);
}

static void align(struct se_pesq_alignment *alignment,
                  struct se_pesq_signals *signals,
                  const struct se_pesq_pair *pair)
{
    expect_ok(se_pesq_signals_create(signals, pair, SE_PESQ_WIDE, &report));
    expect_ok(se_pesq_align(alignment, signals, &report));
}

TEST(utterances)
{
    struct se_pesq_pair pair = make_a();
    struct se_pesq_signals signals;
    struct se_pesq_alignment alignment;

    align(&alignment, &signals, &pair);
    expect_equal(alignment.n, 2);
    check_utterance(&alignment.utterances[0], 75, 216, 0, 0.88896);
    check_utterance(&alignment.utterances[1], 216, 450, 0, 0.72386);
    se_pesq_signals_destroy(&signals);

    pair = make_b();
    align(&alignment, &signals, &pair);
    expect_equal(alignment.n, 2);
    check_utterance(&alignment.utterances[0], 75, 356, 160, 0.93456);
    check_utterance(&alignment.utterances[1], 356, 817, 480, 0.41999);
    se_pesq_signals_destroy(&signals);
}

/* An utterance whose delay grows by 1600 samples, 25 cells, is parted there;
 * either part reaches over the other by half of that. */
TEST(split)
{
    enum { N = 4 * RATE_HZ, AT = 2 * RATE_HZ, GROWTH = 1600 };
    struct se_pesq_pair pair = {clean, processed, N, N};
    struct se_pesq_signals signals;
    struct se_pesq_alignment alignment;

    make_clean(N, 8);
    for (int i = 0; i < N; i++)
        processed[i] =
            clean[i < AT ? i : i - GROWTH] + (float)(0.001 * noise_at(N + i));
    align(&alignment, &signals, &pair);
    expect_equal(alignment.n, 2);
    check_utterance(&alignment.utterances[0], 75, 566, 0, 1);
    check_utterance(&alignment.utterances[1], 542, 1050, GROWTH, 1);
    se_pesq_signals_destroy(&signals);
}

/* B's clean signal: cells 74 to 263 and 449 to 638 are speech. */
TEST(envelope)
{
    struct se_pesq_pair pair = make_b();
    struct se_pesq_signals signals;
    struct se_pesq_delays delays;
    double sum = 0, most = 0;

    expect_ok(se_pesq_signals_create(&signals, &pair, SE_PESQ_WIDE, &report));
    expect_ok(se_pesq_delays_create(&delays, &signals, &report));

    const struct se_pesq_envelope *envelope = &delays.clean.envelope;

    for (int c = 0; c < envelope->n; c++) {
        int is_speech = (c >= 74 && c <= 263) || (c >= 449 && c <= 638);

        expect_equal(envelope->power[c] > 0, is_speech);
        sum += envelope->log[c];
        most = fmax(most, envelope->log[c]);
    }
    expect_near(most, 9.2093, 1e-3);
    expect_near(sum, 2774.85, 0.2);
    expect_equal(se_pesq_delay_whole(&delays), 320);
    se_pesq_delays_destroy(&delays);
    se_pesq_signals_destroy(&signals);
}

/* Mean square over the input and the tail. */
static double power_heard(const struct se_pesq_signal *signal)
{
    int n = signal->n + SE_PESQ_TAIL;

    return energy(signal->x + SE_PESQ_GUARD, n) / n;
}

struct frame_case {
    int frame;
    double symmetric, audible;
};

static void check_model(const struct se_pesq_pair *pair, int last,
                        const double power[2], const struct frame_case *cases,
                        int n_cases)
{
    struct se_pesq_signals signals;
    struct se_pesq_alignment alignment;
    struct se_pesq_model model;

    align(&alignment, &signals, pair);
    expect_ratio(power_heard(&signals.clean), power[0], 1e-4);
    expect_ratio(power_heard(&signals.processed), power[1], 1e-4);
    expect_ok(se_pesq_model_create(&model, &signals, &alignment, &report));
    expect_equal(model.first, 0);
    expect_equal(model.last, last);
    for (int i = 0; i < n_cases; i++) {
        int f = cases[i].frame;

        expect_ratio(model.symmetric[f], cases[i].symmetric, 1e-2);
        expect_ratio(model.audible[f], cases[i].audible, 5e-4);
    }
    se_pesq_model_destroy(&model);
    se_pesq_signals_destroy(&signals);
}

TEST(model)
{
    static const double power_a[2] = {2.89916e8, 2.90001e8};
    static const double power_b[2] = {2.95786e8, 2.93666e8};
    static const struct frame_case frames_a[] = {{30, 8.39592, 1.95647e6},
                                                 {60, 7.89618, 3.61952e10}};
    static const struct frame_case frames_b[] = {{30, 2.68706, 3.36544e10},
                                                 {105, 39.9232, 2.09625e10},
                                                 {150, 5.90178, 1.47713e6}};
    struct se_pesq_pair pair = make_a();

    check_model(&pair, 92, power_a, frames_a, 2);
    pair = make_b();
    check_model(&pair, 186, power_b, frames_b, 3);
}

/* ---- the corpus, where there is one -------------------------------------- */

struct corpus_file {
    char name[20];
    double want[2], found[2]; /* narrow, wide */
};

static float *load(const char *folder, const char *name, int64_t *n)
{
    char path[100];
    float *samples;

    snprintf(path, sizeof path, "../shared/corpus/dev/pairs/%s/%s", folder,
             name);
    expect_ok(se_sound_load_mono(&samples, n, path, RATE_HZ, &report));
    return samples;
}

static void score_file(struct corpus_file *file)
{
    struct se_pesq_pair pair;
    float *x = load("clean", file->name, &pair.n_clean);
    float *y = load("noisy", file->name, &pair.n_processed);

    pair.clean = x;
    pair.processed = y;
    file->found[0] = score_of(&pair, SE_PESQ_NARROW, SE_PESQ_FULL);
    file->found[1] = score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL);
    free(x);
    free(y);
}

#ifdef __SANITIZE_ADDRESS__
enum { EVERY = 12 }; /* at a tenth of the speed, some of them must do */
#else
enum { EVERY = 1 };
#endif

/* Each file within .0003 of the program's. */
TEST(corpus)
{
    FILE *table = fopen("../shared/corpus/dev/pesq.csv", "r");
    struct corpus_file file;
    char line[100];
    int n = 0;

    if (!table)
        skip_test("no ../shared/corpus/dev/pesq.csv to compare with");
    expect(fgets(line, sizeof line, table));
    while (fgets(line, sizeof line, table)) {
        expect_equal(sscanf(line, "%19[^,],%lf,%lf", file.name, &file.want[1],
                            &file.want[0]),
                     3);
        if (n++ % EVERY != 0)
            continue;
        score_file(&file);
        for (int i = 0; i < 2; i++) {
            if (!(fabs(file.found[i] - file.want[i]) <= 3e-4))
                fail_test("%s: %s PESQ %.5f, expected %.4f", file.name,
                          i ? "wide-band" : "narrow-band", file.found[i],
                          file.want[i]);
        }
    }
    fclose(table);
    expect_equal(n, 120);
}

/* ---- what must hold ------------------------------------------------------ */

TEST(identity)
{
    struct se_pesq_pair pair = make_noisy(N_A, 0.001, 0);

    pair.processed = pair.clean;
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), 4.644, 1e-3);
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED), 4.644, 1e-3);
    expect_near(score_of(&pair, SE_PESQ_NARROW, SE_PESQ_FULL), 4.549, 1e-3);
}

TEST(less_noise_scores_better)
{
    double last[2] = {0, 0};

    for (double level = 0.2; level > 1e-4; level /= 3) {
        struct se_pesq_pair pair = make_noisy(N_A, level, 0);

        for (int band = SE_PESQ_NARROW; band <= SE_PESQ_WIDE; band++) {
            double score =
                score_of(&pair, (enum se_pesq_band)band, SE_PESQ_FULL);

            expect(score > last[band]);
            last[band] = score;
        }
    }
}

/* Neither signal's level or sign counts. */
TEST(level_does_not_matter)
{
    struct se_pesq_pair pair = make_noisy(N_A, 0.01, 0);
    double before = score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL);

    for (int i = 0; i < N_A; i++) {
        clean[i] *= 20;
        processed[i] *= -0.003f;
    }
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), before, 1e-4);
}

/* Two bursts with silence before and behind. */
static void make_embedded(int n)
{
    enum { AT = 8000, N_VOICE = 18000 };

    memset(clean, 0, (size_t)n * sizeof *clean);
    for (int i = 0; i < N_VOICE; i++)
        clean[AT + i] = (float)voice_at(i, 0.75);
}

/* A constant delay is taken out. */
TEST(delay_does_not_matter)
{
    static const int delays[] = {0, 1000, -777, 5000};
    enum { N = 2 * RATE_HZ };
    double score[4];

    make_embedded(N);
    for (int i = 0; i < 4; i++) {
        struct se_pesq_pair pair = {clean, processed, N, N};

        for (int k = 0; k < N; k++) {
            int at = k - delays[i];

            processed[k] = (float)((at >= 0 ? (double)clean[at] : 0) +
                                   0.003 * noise_at(k));
        }
        score[i] = score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL);
        expect_near(score[i], score[0], 0.05);
    }
}

TEST(lengths_may_differ)
{
    enum { N = 2 * RATE_HZ, LESS = N - 2000 };
    struct se_pesq_pair pair = {clean, processed, N, N};
    double same;

    make_embedded(N);
    for (int i = 0; i < N; i++)
        processed[i] = clean[i] + (float)(0.003 * noise_at(i));
    same = score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL);
    pair.n_processed = LESS;
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), same, 0.02);
    pair.n_processed = N;
    pair.n_clean = LESS;
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), same, 0.02);
}

/* A piece of 0.2 s that was cut out of a pause is no disturbance: what follows
 * is found again. */
TEST(lost_samples)
{
    enum { N = N_B, CUT = 18500, LOST = 3200 };
    struct se_pesq_pair pair = make_noisy(N, 0.001, 0);

    memmove(processed + CUT, processed + CUT + LOST,
            (N - CUT - LOST) * sizeof *processed);
    pair.n_processed = N - LOST;
    expect_near(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_FULL), 4.18, 0.03);
    expect(score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED) < 1.5);
}

/* In more than 16 s, what comes late counts more. */
TEST(late_noise_is_worse)
{
    enum { N = 39 * RATE_HZ / 2, PART = 6 * RATE_HZ };
    struct se_pesq_pair pair;
    double score[2];

    for (int late = 0; late < 2; late++) {
        pair = make_noisy(N, 0.0005, 0);
        for (int i = 0; i < PART; i++) {
            int at = late ? N - PART + i : i;

            processed[at] += (float)(0.05 * noise_at(2 * N + i));
        }
        score[late] = score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED);
    }
    expect(score[1] < score[0] - 0.01);
}

/* ---- bad input ----------------------------------------------------------- */

static void refuse(const struct se_pesq_pair *pair, int status,
                   const char *words)
{
    double score;

    expect_error(se_pesq(&score, pair, SE_PESQ_WIDE, SE_PESQ_FULL, &report),
                 status, words);
}

TEST(too_short)
{
    struct se_pesq_pair pair = make_noisy(RATE_HZ, 0.001, 0);

    pair.n_clean = 3999;
    refuse(&pair, SE_ERR_ARG, "the clean signal lasts 0.25 s");
    pair.n_clean = 4000;
    pair.n_processed = 0;
    refuse(&pair, SE_ERR_ARG, "the processed signal lasts 0.00 s");
    pair.n_processed = 4000;
    score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED);
}

TEST(nothing_to_compare)
{
    struct se_pesq_pair pair = make_noisy(RATE_HZ, 0.001, 0);

    memset(processed, 0, sizeof processed);
    refuse(&pair, SE_ERR_NUMERIC, "the processed signal is silent");
    processed[77] = NAN;
    refuse(&pair, SE_ERR_NUMERIC, "the processed signal holds");
    memset(clean, 0, sizeof clean);
    refuse(&pair, SE_ERR_NUMERIC, "the clean signal is silent");

    /* A burst of 0.1 s is no utterance, but the short cut needs none. */
    make_clean(RATE_HZ, 0.2);
    memset(clean + 1600, 0, sizeof clean - 1600 * sizeof *clean);
    memcpy(processed, clean, sizeof clean);
    refuse(&pair, SE_ERR_ARG, "no speech of 0.2 s");
    score_of(&pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED);
}

/* ---- threads ------------------------------------------------------------- */

enum { TASKS = 16 };

static void score_task(void *context, int index, int worker)
{
    double *scores = context;
    struct se_pesq_pair pair = {clean, processed, N_A, N_A};

    (void)worker;
    se_pesq(&scores[index], &pair, SE_PESQ_WIDE, SE_PESQ_FULL, NULL);
}

TEST(reentrant)
{
    double scores[TASKS] = {0};
    struct se_pool *pool;

    make_noisy(N_A, 0.01, 5);
    expect_ok(se_pool_create(&pool, 4, &report));
    se_pool_run(pool, TASKS, score_task, scores);
    se_pool_destroy(pool);
    expect(scores[0] > 1);
    for (int i = 1; i < TASKS; i++)
        expect_bytes(&scores[i], &scores[0], sizeof scores[0]);
}
