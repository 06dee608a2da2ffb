/* test_stft.c - the FFT behind its file, the transform and its inverse. */
#include "base/pool.h"
#include "base/rng.h"
#include "check.h"
#include "dsp/fft.h"
#include "dsp/stft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HOPS = 40 };

static void noise(float *x, int n, uint64_t seed)
{
    struct se_rng rng;

    se_rng_seed(&rng, seed, 0);
    for (int i = 0; i < n; i++)
        x[i] = (float)se_rng_uniform(&rng, -1.0, 1.0);
}

/* bin[k] of n real samples, in double precision, by definition. */
static void dft_bin(double bin[2], const float *x, int n, int k)
{
    bin[0] = bin[1] = 0.0;
    for (int i = 0; i < n; i++) {
        double angle = 2.0 * M_PI * ((double)k * i) / n;

        bin[0] += (double)x[i] * cos(angle);
        bin[1] -= (double)x[i] * sin(angle);
    }
}

static void check_fft(int n)
{
    float *x = malloc((size_t)n * sizeof *x);
    struct se_fft *fft;

    noise(x, n, 1);
    expect_ok(se_fft_create(&fft, n, &report));
    memcpy(fft->time, x, (size_t)n * sizeof *x);
    se_fft_forward(fft);
    for (int k = 0; k <= n / 2; k++) {
        double want[2];

        dft_bin(want, x, n, k);
        expect_near((double)fft->spectrum[k][0], want[0], 1e-5);
        expect_near((double)fft->spectrum[k][1], want[1], 1e-5);
    }
    expect(fft->spectrum[0][1] == 0.0f);
    se_fft_inverse(fft);
    for (int i = 0; i < n; i++)
        expect(fabsf(fft->time[i] / (float)n - x[i]) < 1e-6f);
    se_fft_destroy(fft);
    free(x);
}

TEST(fft_is_the_dft)
{
    check_fft(2);
    check_fft(6);
    check_fft(400);
    check_fft(512);
}

TEST(fft_refuses_odd_lengths)
{
    static const int bad[] = {-2, 0, 1, 511};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct se_fft *fft = (struct se_fft *)&report;

        expect_status(se_fft_create(&fft, bad[i], &report), SE_ERR_ARG);
        expect(!fft);
        expect_contains(report.text, "expected an even number");
    }
    se_fft_destroy(NULL);
}

/* Creates, uses and destroys on several threads at once. */
static void use_stft(void *context, int index, int worker)
{
    static const float hop[SE_HOP] = {1.0f};
    se_bin spectrum[SE_BINS];
    int *done = context;
    struct se_stft *stft;

    (void)worker;
    if (se_stft_create(&stft, NULL) != SE_OK)
        return;
    se_stft_analyse(stft, spectrum, hop);
    /* An impulse: all bins have the magnitude of the window there. */
    done[index] = fabsf(hypotf(spectrum[7][0], spectrum[7][1]) -
                        se_stft_window(stft)[320]) < 1e-6f;
    se_stft_destroy(stft);
}

TEST(threads_may_plan_together)
{
    int done[64] = {0};
    struct se_pool *pool;

    expect_ok(se_pool_create(&pool, 4, &report));
    se_pool_run(pool, 64, use_stft, done);
    se_pool_destroy(pool);
    for (int i = 0; i < 64; i++)
        expect(done[i]);
}

static struct se_stft *new_stft(void)
{
    struct se_stft *stft;

    expect_ok(se_stft_create(&stft, &report));
    return stft;
}

/* formats.md section 7: the original's table is our window floored to Q15. */
TEST(window_floors_to_the_original)
{
    static const int head[] = {0, 175, 350, 525, 700, 875};
    static const int middle[] = {26752, 26754, 26754, 26754, 26752};
    static const int tail[] = {700, 525, 350, 175};
    struct se_stft *stft = new_stft();
    int q15[SE_WINDOW], sum = 0, max = 0;

    for (int n = 0; n < SE_WINDOW; n++) {
        q15[n] = (int)floor(32768.0 * (double)se_stft_window(stft)[n]);
        sum += q15[n];
        max = q15[n] > max ? q15[n] : max;
    }
    expect_bytes(q15, head, sizeof head);
    expect_bytes(q15 + 238, middle, sizeof middle);
    expect_bytes(q15 + 476, tail, sizeof tail);
    expect_equal(sum, 8175452);
    expect_equal(max, 26754);
    se_stft_destroy(stft);
}

TEST(window_overlaps_to_one)
{
    struct se_stft *stft = new_stft();
    const float *w = se_stft_window(stft);
    double lowest = 2.0, highest = 0.0;

    for (int n = 0; n < SE_HOP; n++) {
        double sum = 0.0, sum_q15 = 0.0;

        for (int i = n; i < SE_WINDOW; i += SE_HOP) {
            double q15 = floor(32768.0 * (double)w[i]) / 32768.0;

            sum += (double)w[i] * (double)w[i];
            sum_q15 += q15 * q15;
        }
        expect_near(sum, 1.0, 2e-7);
        lowest = fmin(lowest, sum_q15);
        highest = fmax(highest, sum_q15);
    }
    expect_near(lowest, 0.9999063, 1e-7);
    expect_near(highest, 0.9999897, 1e-7);
    se_stft_destroy(stft);
}

/* Frame t by definition: the window over samples (t-2)*160.., zeros before the
 * first one and from 480 to 512. */
static void dft_frame(double bin[2], const struct se_stft *stft, const float *x,
                      int t, int k)
{
    float frame[SE_FFT] = {0};

    for (int n = 0; n < SE_WINDOW; n++) {
        int i = (t - 2) * SE_HOP + n;

        frame[n] = i < 0 ? 0.0f : se_stft_window(stft)[n] * x[i];
    }
    dft_bin(bin, frame, SE_FFT, k);
}

static void check_frames(const float *x, int n_hops)
{
    struct se_stft *stft = new_stft();

    for (int t = 0; t < n_hops; t++) {
        se_bin spectrum[SE_BINS];
        float power[SE_BINS];

        se_stft_analyse(stft, spectrum, x + t * SE_HOP);
        se_power(power, spectrum);
        for (int k = 0; k < SE_BINS; k++) {
            double want[2];

            dft_frame(want, stft, x, t, k);
            expect_near((double)spectrum[k][0], want[0], 3e-5);
            expect_near((double)spectrum[k][1], want[1], 3e-5);
            expect(fabs((double)power[k] - want[0] * want[0] -
                        want[1] * want[1]) < 1e-5 * (1.0 + (double)power[k]));
        }
    }
    se_stft_destroy(stft);
}

TEST(frames_are_the_dft)
{
    float x[5 * SE_HOP];

    noise(x, 5 * SE_HOP, 2);
    check_frames(x, 5);
    for (int i = 0; i < 5 * SE_HOP; i++) /* 1 kHz: bin 32 */
        x[i] = (float)cos(2.0 * M_PI * 1000.0 * i / SE_RATE_HZ);
    check_frames(x, 5);
}

/* A tone on a bin's frequency: sum(w)/2 at the bin, small elsewhere. */
TEST(tone_peaks_at_its_bin)
{
    struct se_stft *stft = new_stft();
    float x[SE_HOP], power[SE_BINS];
    se_bin spectrum[SE_BINS];
    double sum = 0.0;

    for (int t = 0; t < 6; t++) {
        for (int i = 0; i < SE_HOP; i++)
            x[i] = (float)sin(2.0 * M_PI * 100.0 * (t * SE_HOP + i) / SE_FFT);
        se_stft_analyse(stft, spectrum, x);
    }
    se_power(power, spectrum);
    for (int n = 0; n < SE_WINDOW; n++)
        sum += (double)se_stft_window(stft)[n];
    expect_near(sqrt((double)power[100]), sum / 2.0, 0.01);
    for (int k = 0; k < SE_BINS; k++)
        if (abs(k - 100) > 8)
            expect(power[k] < 1e-4f * power[100]);
    se_stft_destroy(stft);
}

/* Through analysis and synthesis, hop by hop; n_samples are padded with zeros
 * to whole hops and followed by the delay. */
static void check_reconstruction(int n_samples)
{
    int n_hops = (n_samples + SE_HOP - 1) / SE_HOP + 2;
    float *x = calloc((size_t)n_hops * SE_HOP, sizeof *x);
    float *y = calloc((size_t)n_hops * SE_HOP, sizeof *y);
    struct se_stft *stft = new_stft();
    se_bin spectrum[SE_BINS];

    noise(x, n_samples, 3);
    for (int t = 0; t < n_hops; t++) {
        se_stft_analyse(stft, spectrum, x + t * SE_HOP);
        se_stft_synthesise(stft, y + t * SE_HOP, spectrum);
    }
    for (int i = 0; i < n_hops * SE_HOP; i++) {
        float want = i < SE_STFT_DELAY ? 0.0f : x[i - SE_STFT_DELAY];

        expect(fabsf(y[i] - want) < 1e-6f);
    }
    se_stft_destroy(stft);
    free(x);
    free(y);
}

TEST(reconstruction)
{
    static const int lengths[] = {0, 1, 159, 160, 161, 480, 16000};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check_reconstruction(lengths[i]);
}

static void run(struct se_stft *stft, se_bin *spectra, float *y, const float *x,
                int n_hops)
{
    for (int t = 0; t < n_hops; t++) {
        se_bin *spectrum = spectra + t * SE_BINS;

        se_stft_analyse(stft, spectrum, x + t * SE_HOP);
        se_stft_synthesise(stft, y + t * SE_HOP, spectrum);
    }
}

/* Same bytes: run at once; in two parts; with another signal in between on
 * another object; after a reset; with all synthesis after all analysis. */
TEST(state_is_all_that_counts)
{
    static float x[HOPS * SE_HOP], other[HOPS * SE_HOP];
    static float want_y[HOPS * SE_HOP], y[HOPS * SE_HOP], trash[HOPS * SE_HOP];
    static se_bin want[HOPS * SE_BINS], got[HOPS * SE_BINS];
    static se_bin trash_bins[HOPS * SE_BINS];
    struct se_stft *a = new_stft(), *b = new_stft();
    int cut = 17;

    noise(x, HOPS * SE_HOP, 4);
    noise(other, HOPS * SE_HOP, 5);
    run(a, want, want_y, x, HOPS);

    se_stft_reset(a);
    run(a, got, y, x, cut);
    run(b, trash_bins, trash, other, HOPS);
    run(a, got + cut * SE_BINS, y + cut * SE_HOP, x + cut * SE_HOP, HOPS - cut);
    expect_bytes(got, want, sizeof want);
    expect_bytes(y, want_y, sizeof want_y);

    se_stft_reset(b);
    for (int t = 0; t < HOPS; t++)
        se_stft_analyse(b, got + t * SE_BINS, x + t * SE_HOP);
    for (int t = 0; t < HOPS; t++)
        se_stft_synthesise(b, y + t * SE_HOP, got + t * SE_BINS);
    expect_bytes(got, want, sizeof want);
    expect_bytes(y, want_y, sizeof want_y);
    se_stft_destroy(a);
    se_stft_destroy(b);
}

/* Callers' arrays may stand anywhere. */
TEST(any_alignment)
{
    static float x[HOPS * SE_HOP + 1], want_y[HOPS * SE_HOP];
    static float y[HOPS * SE_HOP + 3], bins[2 * HOPS * SE_BINS + 1];
    static se_bin want[HOPS * SE_BINS];
    struct se_stft *stft = new_stft();

    noise(x, HOPS * SE_HOP, 6);
    run(stft, want, want_y, x, HOPS);
    memmove(x + 1, x, HOPS * SE_HOP * sizeof *x);
    se_stft_reset(stft);
    run(stft, (se_bin *)(bins + 1), y + 3, x + 1, HOPS);
    expect_bytes(bins + 1, want, sizeof want);
    expect_bytes(y + 3, want_y, sizeof want_y);
    se_stft_destroy(stft);
}

TEST(real_bins_have_no_imaginary_part)
{
    se_bin spectrum[SE_BINS];
    float hop[SE_HOP], want[SE_HOP];
    struct se_stft *stft = new_stft();

    noise(spectrum[0], 2 * SE_BINS, 7);
    spectrum[0][1] = spectrum[SE_BINS - 1][1] = 0.0f;
    se_stft_synthesise(stft, want, spectrum);
    se_stft_reset(stft);
    spectrum[0][1] = 1e6f;
    spectrum[SE_BINS - 1][1] = -1e6f;
    se_stft_synthesise(stft, hop, spectrum);
    expect_bytes(hop, want, sizeof want);
    se_stft_destroy(stft);
    se_stft_destroy(NULL);
}
