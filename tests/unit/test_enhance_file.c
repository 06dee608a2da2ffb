/* test_enhance_file.c - a whole sound: memory, progress, interruption. */
#include "base/rng.h"
#include "check.h"
#include "enhance/file.h"

#include <math.h>
#include <sndfile.h>
#include <sys/resource.h>

/* Always the same mask, of a half, and quick. */
static void make_model(struct se_model *model)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch,
                            "input_neurons 1\nlayer_type fc\n"
                            "layer_neurons 257\nactivation sigmoid\n",
                            "test", &report));
    expect_ok(se_model_create(model, &arch, SE_FEAT_MEL, &report));
}

static void make_noise(const char *path, int seconds, int rate_hz, int channels)
{
    struct se_sound_format format = {rate_hz, channels,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    int n = rate_hz * channels;
    float *second = malloc((size_t)n * sizeof *second);
    struct se_sound_writer *writer;
    struct se_rng rng;

    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < n; i++)
        second[i] = (float)se_rng_uniform(&rng, -0.5, 0.5);
    for (int i = 0; i < seconds; i++)
        expect_ok(se_sound_write(writer, second, rate_hz, &report));
    expect_ok(se_sound_commit(writer, &report));
    free(second);
}

struct meter {
    int n_calls, stop_after;
    double seconds, total;
};

static int on_progress(void *context, double seconds, double total)
{
    struct meter *meter = context;

    expect(seconds >= meter->seconds);
    meter->seconds = seconds;
    meter->total = total;
    return ++meter->n_calls == meter->stop_after;
}

static long peak_kb(void)
{
    struct rusage usage;

    expect_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* The memory of ten seconds is that of ten minutes, and less than 30 MB. */
TEST(memory)
{
    static const struct {
        int rate_hz, channels, seconds;
    } kinds[] = {{16000, 1, 600}, {48000, 2, 120}};
    struct se_model model;

#if defined __SANITIZE_ADDRESS__
    skip_test("the sanitizer keeps freed memory for a while");
#endif
    make_model(&model);
    for (int k = 0; k < 2; k++) {
        long peak[2];

        for (int is_long = 0; is_long < 2; is_long++) {
            int seconds = is_long ? kinds[k].seconds : 10;
            struct meter meter = {0};
            struct se_enhance_job job = {
                .input = in_scratch("in.wav"),
                .output = in_scratch("out.wav"),
                .enhancer = {.attenuation_limit_db = INFINITY},
                .progress = on_progress,
                .context = &meter,
            };
            struct se_enhance_result result;

            make_noise(job.input, seconds, kinds[k].rate_hz, kinds[k].channels);
            expect_ok(se_enhance_file(&result, &model, &job, &report));
            expect_equal(result.n_samples, (int64_t)seconds * kinds[k].rate_hz);
            expect_near(result.seconds, seconds, 1e-9);
            expect_near(meter.seconds, seconds, 1e-9);
            expect_near(meter.total, seconds, 1e-9);
            expect(meter.n_calls > seconds);
            peak[is_long] = peak_kb();
        }
        expect(peak[1] < 30000);
        expect(peak[1] - peak[0] < 300);
    }
    se_model_free(&model);
}

TEST(interruption)
{
    struct meter meter = {.stop_after = 3};
    struct se_enhance_job job = {
        .input = in_scratch("in.wav"),
        .output = in_scratch("stopped.wav"),
        .residual = in_scratch("rest.wav"),
        .progress = on_progress,
        .context = &meter,
    };
    struct se_enhance_result result;
    struct se_model model;
    char command[600];

    make_model(&model);
    make_noise(job.input, 5, 16000, 1);
    expect_status(se_enhance_file(&result, &model, &job, &report),
                  SE_ERR_STOPPED);
    snprintf(command, sizeof command, "ls '%s' | grep -q -e stopped -e rest",
             scratch);
    expect(system(command) != 0);
    se_model_free(&model);
}

/* Where the residual cannot be made, there is no output either. */
TEST(both_or_none)
{
    struct se_enhance_job job = {
        .input = in_scratch("in.wav"),
        .output = in_scratch("alone.wav"),
        .residual = in_scratch("none/rest.wav"),
    };
    struct se_enhance_result result;
    struct se_model model;
    char command[600];

    make_model(&model);
    make_noise(job.input, 1, 16000, 1);
    expect_error(se_enhance_file(&result, &model, &job, &report), SE_ERR_IO,
                 "none/rest.wav");
    snprintf(command, sizeof command, "ls '%s' | grep -q alone", scratch);
    expect(system(command) != 0);
    se_model_free(&model);
}
