/* live.c - microphone to loudspeaker through the net. */
#include "live.h"

#include "audio/sound.h"
#include "base/clock.h"
#include "common/cli.h"
#include "common/keyboard.h"
#include "common/meter.h"
#include "enhance/stream.h"
#include "live/duplex.h"

#include <math.h>
#include <sched.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { N_STEPS = 11 };

/* What + and - step through. */
static const float limits_db[N_STEPS] = {3,  6,  9,  12, 15,      18,
                                         21, 24, 30, 40, INFINITY};

/* What the run cost. */
struct load {
    double step_max_s;        /* the net and all around it */
    double step_cpu_s, cpu_s; /* of these, and of the whole program */
    double wall_s;
};

struct live {
    const struct live_options *options;
    struct se_duplex *duplex;
    struct se_stream *stream;
    struct se_sound_writer *tee;
    int rate_hz;
    float *sound, *taken; /* [rate_hz] each */

    struct se_enhancer_config config;
    int is_bypassed, quit;
    int64_t n_in, n_out; /* samples read and enhanced */
    struct load load;

    struct cli_progress progress;
    struct meter meter_in, meter_out;
    float peak_in, peak_out;
};

/* ---- opening ------------------------------------------------------------ */

/* 16 kHz needs no conversion. */
static int open_devices(struct live *live, struct se_report *report)
{
    const struct se_duplex_config config = {
        .input = live->options->input,
        .output = live->options->output,
        .rate_hz = SE_RATE_HZ,
    };
    int status = se_duplex_open(&live->duplex, &config, report);

    if (status == SE_OK)
        live->rate_hz = se_duplex_rate_hz(live->duplex);
    return status;
}

static int open_rest(struct live *live, const struct se_model *model,
                     struct se_report *report)
{
    const struct se_stream_config config = {
        .enhancer = live->config,
        .rate_hz = live->rate_hz,
        .resampler = &se_resample_prompt,
    };
    struct se_sound_format format = {.rate_hz = live->rate_hz,
                                     .channels = 1,
                                     .format =
                                         SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    int status = se_stream_create(&live->stream, model, &config, report);

    live->sound = malloc((size_t)live->rate_hz * sizeof *live->sound);
    live->taken = malloc((size_t)live->rate_hz * sizeof *live->taken);
    if (status == SE_OK && (!live->sound || !live->taken))
        return se_fail_memory(report, "live sound");
    if (status == SE_OK && live->options->tee) {
        se_sound_format_for(&format, live->options->tee);
        status = se_sound_create(&live->tee, live->options->tee, &format, NULL,
                                 report);
    }
    return status;
}

/* ---- one block -------------------------------------------------------- */

static float peak_of(float peak, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    return peak;
}

/* What is done goes to the loudspeaker and to the file. */
static int deliver(struct live *live, int64_t n, struct se_report *report)
{
    live->peak_out = peak_of(live->peak_out, live->sound, n);
    live->n_out += n;
    se_duplex_write(live->duplex, live->sound, n);
    return live->tee ? se_sound_write(live->tee, live->sound, n, report)
                     : SE_OK;
}

/* Takes live->sound[n] on its way. */
static int step(struct live *live, int64_t n, struct se_report *report)
{
    double started_s = se_clock_s(SE_CLOCK_WALL);
    double cpu_s = se_clock_s(SE_CLOCK_THREAD);
    int status;

    live->n_in += n;
    live->peak_in = peak_of(live->peak_in, live->sound, n);
    status = se_stream_feed(live->stream, live->sound, n, report);
    if (status == SE_OK)
        status = deliver(live,
                         se_stream_take(live->stream, live->sound, live->taken,
                                        live->rate_hz),
                         report);
    live->load.step_cpu_s += se_clock_s(SE_CLOCK_THREAD) - cpu_s;
    live->load.step_max_s =
        fmax(live->load.step_max_s, se_clock_s(SE_CLOCK_WALL) - started_s);
    return status;
}

/* ---- terminal ----------------------------------------------------------- */

/* The limit one step up or down. */
static float next_limit(float limit_db, int up)
{
    int i = 0;

    if (up) {
        while (i < N_STEPS - 1 && limits_db[i] <= limit_db)
            i++;
    } else {
        i = N_STEPS - 1;
        while (i > 0 && limits_db[i] >= limit_db)
            i--;
    }
    return limits_db[i];
}

static void take_keys(struct live *live)
{
    float *limit_db = &live->config.attenuation_limit_db;
    int key;

    while ((key = keyboard_key()) >= 0) {
        switch (key) {
        case '+':
        case '-':
            *limit_db = next_limit(*limit_db, key == '+');
            live->is_bypassed = 0;
            break;
        case 'b':
        case ' ':
            live->is_bypassed = !live->is_bypassed;
            break;
        case 'q':
            live->quit = 1;
            break;
        default:
            break;
        }
        se_stream_limit(live->stream, live->is_bypassed ? 0.0f : *limit_db);
    }
}

static void draw(struct live *live)
{
    float limit_db = live->config.attenuation_limit_db;
    char in[64], out[64], limit[32], line[256];

    if (!cli_progress_line(&live->progress, NULL))
        return;
    meter_draw(&live->meter_in, in, sizeof in, live->peak_in);
    meter_draw(&live->meter_out, out, sizeof out, live->peak_out);
    live->peak_in = live->peak_out = 0;
    if (live->is_bypassed)
        snprintf(limit, sizeof limit, "bypass");
    else if (isinf(limit_db))
        snprintf(limit, sizeof limit, "no limit");
    else
        snprintf(limit, sizeof limit, "%g dB", (double)limit_db);
    snprintf(line, sizeof line, "%s > %s  %s", in, out, limit);
    cli_progress_line(&live->progress, line);
}

/* ---- a run -------------------------------------------------------------- */

/* Where the system lets us: before all ordinary programs, as the threads of the
 * devices that are started from here, or at least before most. */
static void hurry(void)
{
    const struct sched_param least = {.sched_priority =
                                          sched_get_priority_min(SCHED_RR)};

    if (sched_setscheduler(0, SCHED_RR, &least) != 0)
        setpriority(PRIO_PROCESS, 0, -10);
}

static int start(struct live *live, struct se_report *report)
{
    int status;

    hurry();
    status = se_duplex_start(live->duplex, report);
    live->load.wall_s = -se_clock_s(SE_CLOCK_WALL);
    live->load.cpu_s = -se_clock_s(SE_CLOCK_PROCESS);
    return status;
}

static void stop(struct live *live)
{
    live->load.wall_s += se_clock_s(SE_CLOCK_WALL);
    live->load.cpu_s += se_clock_s(SE_CLOCK_PROCESS);
}

/* What has come, up to n_max samples in the whole run. */
static int catch_up(struct live *live, int64_t n_max, struct se_report *report)
{
    int64_t left = se_duplex_pending(live->duplex), n;
    int status = SE_OK;

    if (left > n_max - live->n_in)
        left = n_max - live->n_in;
    for (; status == SE_OK && left > 0; left -= n) {
        n = se_duplex_read(live->duplex, live->sound, left);
        status = step(live, n, report);
    }
    return status;
}

static int run(struct live *live, struct se_report *report)
{
    int64_t n_max = isinf(live->options->seconds)
                        ? INT64_MAX
                        : llrint(live->rate_hz * live->options->seconds);
    int status = start(live, report);

    while (status == SE_OK && !cli_stop && !live->quit && live->n_in < n_max) {
        status = se_duplex_wait(live->duplex, report);
        if (status == SE_OK)
            status = catch_up(live, n_max, report);
        take_keys(live);
        draw(live);
    }
    stop(live);
    return status;
}

static void summarise(const struct live *live)
{
    const struct load *load = &live->load;
    struct se_duplex_figures f;

    se_duplex_figures(live->duplex, &f);

    double least_s = (double)se_stream_delay(live->stream) / live->rate_hz;
    double blocks_s = f.latency_s - f.device_latency_s - least_s;

    cli_remark("%.1f s from %s to %s at %d Hz",
               (double)f.n_samples / live->rate_hz, f.input, f.output,
               live->rate_hz);
    cli_remark("latency %.0f ms, %.0f at most: %.0f of the devices, %.0f of "
               "net and conversion (the least with this net), %.0f of blocks",
               1e3 * f.latency_s, 1e3 * f.latency_max_s,
               1e3 * f.device_latency_s, 1e3 * least_s, 1e3 * blocks_s);
    cli_remark("load %.2f %% of a core, %.2f %% with the system's sound; a "
               "frame took %.2f ms at most",
               100 * load->step_cpu_s / load->wall_s,
               100 * load->cpu_s / load->wall_s, 1e3 * load->step_max_s);
    cli_remark("dropped: %lld frames of input, %lld of output, %lld to keep in "
               "step",
               (long long)f.n_lost_in, (long long)f.n_lost_out,
               (long long)f.n_dropped);
}

/* After `status`: the file as far as it goes. */
static int close_tee(struct live *live, int status, struct se_report *report)
{
    double kept_s;

    if (!live->tee)
        return status;
    if (status == SE_OK)
        return se_sound_commit_or_keep(live->tee, &kept_s, report);
    if (live->n_out == 0)
        se_sound_discard(live->tee);
    else
        se_sound_keep(live->tee);
    return status;
}

int live_run(const struct live_options *o, const struct se_model *model,
             const struct se_enhancer_config *config, struct se_report *report)
{
    struct live live = {.options = o, .config = *config};
    int status = open_devices(&live, report);

    live.config.channels = 1;
    if (status == SE_OK)
        status = open_rest(&live, model, report);
    if (status == SE_OK) {
        cli_progress_start(&live.progress, "", "", -1);
        if (keyboard_open())
            cli_remark("+ and - change the limit, b is a bypass, q ends");
        status = run(&live, report);
        keyboard_close();
        cli_progress_end(&live.progress);
    }
    status = close_tee(&live, status, report);
    if (status == SE_OK)
        summarise(&live);
    se_duplex_close(live.duplex);
    se_stream_destroy(live.stream);
    free(live.sound);
    free(live.taken);
    return status;
}
