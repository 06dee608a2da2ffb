/* live.c - microphone to loudspeaker through the net.
 *
 * Two devices with clocks of their own: each has a ring, and this thread
 * carries 10 ms frames from one to the other. What lies in the loudspeaker's
 * ring is kept small. */
#include "live.h"

#include "audio/device.h"
#include "audio/sound.h"
#include "base/clock.h"
#include "common/cli.h"
#include "common/keyboard.h"
#include "common/meter.h"
#include "enhance/stream.h"

#include <math.h>
#include <sched.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const double RING_S = 0.5;
/* What the loudspeaker waits for at first, so that a frame may be late. */
enum { HEAD_START = 3 }; /* hops */

enum { N_STEPS = 11 };

/* What + and - step through. */
static const double limits_db[N_STEPS] = {3,  6,  9,  12, 15,      18,
                                          21, 24, 30, 40, HUGE_VAL};

/* Means and extremes of the run. */
struct figures {
    int64_t n_hops, n_dropped;
    double late_sum_s, late_max_s; /* microphone to loudspeaker */
    double step_max_s;             /* the net and all around it */
    double step_cpu_s, cpu_s;      /* of these, and of the whole program */
    double wall_s;
    int64_t n_lost_in, n_lost_out; /* in frames of the devices */
};

struct live {
    const struct live_options *options;
    struct se_audio *input, *output;
    struct se_stream *stream;
    struct se_sound_writer *tee;
    int rate_hz, hop;
    float *sound, *taken; /* [rate_hz] each */

    double attenuation_limit_db;
    int is_bypassed, quit;
    int64_t n_in, n_out; /* frames read, and enhanced */
    int64_t spare;       /* the least that lay in the loudspeaker's ring of */
    int n_watched;       /* so many hops */
    struct figures figures;

    struct cli_progress progress;
    struct meter meter_in, meter_out;
    float peak_in, peak_out;
};

/* ---- opening ------------------------------------------------------------ */

static int both_can(int input, int output, int rate_hz)
{
    return se_device_can(input, SE_INPUT, 1, rate_hz) &&
           se_device_can(output, SE_OUTPUT, 1, rate_hz);
}

/* 16 kHz needs no conversion, which would cost a tenth of a second. */
static int pick_rate(int *rate_hz, int input, int output,
                     struct se_report *report)
{
    struct se_device from, to;

    se_device_get(&from, input);
    se_device_get(&to, output);

    const int rates[] = {SE_RATE_HZ, from.rate_hz, to.rate_hz, 48000, 44100};

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        *rate_hz = rates[i];
        if (both_can(input, output, rates[i]))
            return SE_OK;
    }
    return se_fail(report, SE_ERR_ARG,
                   "%s and %s: no sample rate that both can do (%d Hz and %d "
                   "Hz are their own)",
                   from.name, to.name, from.rate_hz, to.rate_hz);
}

static int open_side(struct se_audio **audio, int number,
                     enum se_direction direction, int rate_hz,
                     struct se_report *report)
{
    struct se_device device;

    se_device_get(&device, number);

    const struct se_audio_config config = {
        .device = number,
        .direction = direction,
        .channels = 1,
        .rate_hz = rate_hz,
        .ring_s = RING_S,
        .delay_s = device.latency_s[direction],
        .first = (direction == SE_INPUT ? 1 : HEAD_START) * rate_hz / 100,
    };

    return se_audio_open(audio, &config, report);
}

static int open_devices(struct live *live, struct se_report *report)
{
    const struct live_options *o = live->options;
    int input, output;
    int status = se_device_find(&input, o->input, SE_INPUT, report);

    if (status == SE_OK)
        status = se_device_find(&output, o->output, SE_OUTPUT, report);
    if (status == SE_OK)
        status = pick_rate(&live->rate_hz, input, output, report);
    if (status == SE_OK)
        status =
            open_side(&live->input, input, SE_INPUT, live->rate_hz, report);
    if (status == SE_OK)
        status =
            open_side(&live->output, output, SE_OUTPUT, live->rate_hz, report);
    return status;
}

static int open_rest(struct live *live, const struct se_model *model,
                     const struct nnsp_net *fixed, struct se_report *report)
{
    const struct se_enhancer_config config = {
        .channels = 1,
        .attenuation_limit_db = (float)live->attenuation_limit_db,
        .fixed = fixed,
    };
    struct se_sound_format format = {.rate_hz = live->rate_hz,
                                     .channels = 1,
                                     .format =
                                         SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    int status =
        se_stream_create(&live->stream, model, &config, live->rate_hz, report);

    live->hop = live->rate_hz / 100;
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

/* ---- one frame ---------------------------------------------------------- */

static float peak_of(float peak, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    return peak;
}

/* The clocks drift apart, and what was late once would stay late for ever: if
 * for a second there was more in the ring than needed, a frame is left out. */
static int is_to_drop(struct live *live)
{
    int64_t pending = se_audio_pending(live->output);
    int64_t enough = (HEAD_START + 1) * (int64_t)live->hop;
    int drop;

    if (live->n_watched == 0 || pending < live->spare)
        live->spare = pending;
    if (++live->n_watched < 100)
        return 0;
    drop = live->spare > enough;
    live->n_watched = 0;
    return drop;
}

static void note_step(struct live *live, double step_s)
{
    struct figures *f = &live->figures;
    int64_t captured = live->n_in + se_audio_pending(live->input);
    int64_t played = live->n_out - se_audio_pending(live->output);
    double late_s = (double)(captured - played) / live->rate_hz +
                    se_audio_delay_s(live->input) +
                    se_audio_delay_s(live->output);

    f->n_hops++;
    f->step_max_s = fmax(f->step_max_s, step_s);
    f->late_sum_s += late_s;
    f->late_max_s = fmax(f->late_max_s, late_s);
}

/* What is done goes to the loudspeaker and to the file. */
static int deliver(struct live *live, int64_t n, struct se_report *report)
{
    live->peak_out = peak_of(live->peak_out, live->sound, n);
    live->n_out += n;
    if (is_to_drop(live))
        live->figures.n_dropped++;
    else if (n > 0 && se_audio_write(live->output, live->sound, n) == 0)
        live->figures.n_dropped++;
    return live->tee ? se_sound_write(live->tee, live->sound, n, report)
                     : SE_OK;
}

static int step(struct live *live, struct se_report *report)
{
    double started_s = se_clock_s(SE_CLOCK_WALL);
    double cpu_s = se_clock_s(SE_CLOCK_THREAD);
    int status;

    se_audio_read(live->input, live->sound, live->hop);
    live->n_in += live->hop;
    live->peak_in = peak_of(live->peak_in, live->sound, live->hop);
    status = se_stream_feed(live->stream, live->sound, live->hop, report);
    if (status == SE_OK)
        status = deliver(live,
                         se_stream_take(live->stream, live->sound, live->taken,
                                        live->rate_hz),
                         report);
    live->figures.step_cpu_s += se_clock_s(SE_CLOCK_THREAD) - cpu_s;
    note_step(live, se_clock_s(SE_CLOCK_WALL) - started_s);
    return status;
}

/* ---- terminal ----------------------------------------------------------- */

/* The limit one step up or down. */
static double next_limit(double limit_db, int up)
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
    int key;

    while ((key = keyboard_key()) >= 0) {
        switch (key) {
        case '+':
        case '-':
            live->attenuation_limit_db =
                next_limit(live->attenuation_limit_db, key == '+');
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
        se_stream_limit(live->stream, live->is_bypassed
                                          ? 0.0f
                                          : (float)live->attenuation_limit_db);
    }
}

static void draw(struct live *live)
{
    char in[64], out[64], limit[32], line[256];

    if (!cli_progress_line(&live->progress, NULL))
        return;
    meter_draw(&live->meter_in, in, sizeof in, live->peak_in);
    meter_draw(&live->meter_out, out, sizeof out, live->peak_out);
    live->peak_in = live->peak_out = 0;
    if (live->is_bypassed)
        snprintf(limit, sizeof limit, "bypass");
    else if (isinf(live->attenuation_limit_db))
        snprintf(limit, sizeof limit, "no limit");
    else
        snprintf(limit, sizeof limit, "%g dB", live->attenuation_limit_db);
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
    status = se_audio_start(live->input, report);
    if (status == SE_OK)
        status = se_audio_start(live->output, report);
    live->figures.wall_s = -se_clock_s(SE_CLOCK_WALL);
    live->figures.cpu_s = -se_clock_s(SE_CLOCK_PROCESS);
    return status;
}

static void stop(struct live *live)
{
    struct figures *f = &live->figures;

    f->wall_s += se_clock_s(SE_CLOCK_WALL);
    f->cpu_s += se_clock_s(SE_CLOCK_PROCESS);
    f->n_lost_in = se_audio_lost(live->input);
    f->n_lost_out = se_audio_lost(live->output);
}

static int run(struct live *live, struct se_report *report)
{
    int64_t n_max = isinf(live->options->seconds)
                        ? INT64_MAX
                        : llrint(100 * live->options->seconds);
    int status = start(live, report);

    while (status == SE_OK && !cli_stop && !live->quit &&
           live->figures.n_hops < n_max) {
        status = se_audio_wait(live->input, report);
        if (status == SE_OK)
            status = se_audio_check(live->output, report);
        while (status == SE_OK && live->figures.n_hops < n_max &&
               se_audio_pending(live->input) >= live->hop)
            status = step(live, report);
        take_keys(live);
        draw(live);
    }
    stop(live);
    return status;
}

/* Of lost frames of the device, the frames of 10 ms that they spoil. */
static long long n_spoilt(const struct live *live, int64_t n_lost)
{
    return (long long)((n_lost + live->hop - 1) / live->hop);
}

static void tell(const struct live *live)
{
    const struct figures *f = &live->figures;
    double n = f->n_hops > 0 ? (double)f->n_hops : 1;

    cli_remark("%.1f s from %s to %s at %d Hz", (double)f->n_hops / 100,
               se_audio_name(live->input), se_audio_name(live->output),
               live->rate_hz);
    cli_remark(
        "latency %.0f ms, %.0f at most, of which the devices say %.0f",
        1e3 * f->late_sum_s / n, 1e3 * f->late_max_s,
        1e3 * (se_audio_delay_s(live->input) + se_audio_delay_s(live->output)));
    cli_remark("load %.2f %% of a core, %.2f %% with the system's sound; a "
               "frame took %.2f ms at most",
               100 * f->step_cpu_s / f->wall_s, 100 * f->cpu_s / f->wall_s,
               1e3 * f->step_max_s);
    cli_remark("dropped: %lld frames of input, %lld of output, %lld to keep in "
               "step",
               n_spoilt(live, f->n_lost_in), n_spoilt(live, f->n_lost_out),
               (long long)f->n_dropped);
}

/* After `status`: the file as far as it goes. */
static int close_tee(struct live *live, int status, struct se_report *report)
{
    struct se_report more;

    if (!live->tee)
        return status;
    if (status == SE_OK)
        return se_sound_commit(live->tee, report);
    if (live->n_out == 0)
        se_sound_discard(live->tee);
    else
        se_sound_keep(live->tee, &more);
    return status;
}

int live_run(const struct live_options *o, const struct se_model *model,
             const struct nnsp_net *fixed, struct se_report *report)
{
    struct live live = {.options = o,
                        .attenuation_limit_db = o->attenuation_limit_db};
    int status = open_devices(&live, report);

    if (status == SE_OK)
        status = open_rest(&live, model, fixed, report);
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
        tell(&live);
    se_audio_close(live.input);
    se_audio_close(live.output);
    se_stream_destroy(live.stream);
    free(live.sound);
    free(live.taken);
    return status;
}
