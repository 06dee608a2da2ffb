/* duplex.c - two devices, their drift and their latency. */
#include "live/duplex.h"

#include "live/device.h"
#include "live/jitter.h"

#include <math.h>
#include <stdlib.h>

static const double RING_S = 0.5;
/* What is asked of a device at most; PortAudio counts samples, whatever their
 * rate. */
static const double DELAY_S = 0.008;

struct se_duplex {
    struct se_audio *input, *output;
    int rate_hz, hop;
    struct se_jitter jitter;
    int64_t n_in, n_out; /* samples read and written */
    int64_t n_lost;      /* of the output, when last looked at */
    int64_t n_late, n_dropped;
    int64_t n_bursts; /* written */
    double latency_sum_s, latency_max_s;
};

/* ---- opening ------------------------------------------------------------- */

static int both_can(int input, int output, int rate_hz)
{
    return se_device_can(input, SE_INPUT, 1, rate_hz) &&
           se_device_can(output, SE_OUTPUT, 1, rate_hz);
}

static int pick_rate(int *rate_hz, int input, int output,
                     struct se_report *report)
{
    struct se_device from, to;

    se_device_get(&from, input);
    se_device_get(&to, output);

    const int rates[] = {*rate_hz, from.rate_hz, to.rate_hz, 48000, 44100};

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
        .delay_s = fmin(device.latency_s[direction], DELAY_S),
        .first = 1,
    };

    return se_audio_open(audio, &config, report);
}

static int open_sides(struct se_duplex *duplex,
                      const struct se_duplex_config *config,
                      struct se_report *report)
{
    int input, output, rate_hz = config->rate_hz;
    int status = se_device_find(&input, config->input, SE_INPUT, report);

    if (status == SE_OK)
        status = se_device_find(&output, config->output, SE_OUTPUT, report);
    if (status == SE_OK)
        status = pick_rate(&rate_hz, input, output, report);
    if (status == SE_OK)
        status = open_side(&duplex->input, input, SE_INPUT, rate_hz, report);
    if (status == SE_OK)
        status = open_side(&duplex->output, output, SE_OUTPUT, rate_hz, report);
    duplex->rate_hz = rate_hz;
    duplex->hop = rate_hz / 100;
    duplex->jitter.rate_hz = rate_hz;
    return status;
}

int se_duplex_open(struct se_duplex **out,
                   const struct se_duplex_config *config,
                   struct se_report *report)
{
    struct se_duplex *duplex = calloc(1, sizeof *duplex);

    *out = NULL;
    if (!duplex)
        return se_fail_memory(report, "live sound");

    int status = open_sides(duplex, config, report);

    if (status == SE_OK)
        *out = duplex;
    else
        se_duplex_close(duplex);
    return status;
}

int se_duplex_start(struct se_duplex *duplex, struct se_report *report)
{
    int status = se_audio_start(duplex->input, report);

    if (status == SE_OK)
        status = se_audio_start(duplex->output, report);
    return status;
}

void se_duplex_close(struct se_duplex *duplex)
{
    if (!duplex)
        return;
    se_audio_close(duplex->input);
    se_audio_close(duplex->output);
    free(duplex);
}

int se_duplex_rate_hz(const struct se_duplex *duplex)
{
    return duplex->rate_hz;
}

/* ---- a block ------------------------------------------------------------- */

int se_duplex_wait(struct se_duplex *duplex, struct se_report *report)
{
    int status = se_audio_wait(duplex->input, report);

    if (status == SE_OK)
        status = se_audio_check(duplex->output, report);
    return status;
}

int64_t se_duplex_pending(struct se_duplex *duplex)
{
    return se_audio_pending(duplex->input);
}

int64_t se_duplex_read(struct se_duplex *duplex, float *samples,
                       int64_t max_samples)
{
    int64_t n =
        se_audio_read(duplex->input, samples,
                      max_samples < duplex->hop ? max_samples : duplex->hop);

    duplex->n_in += n;
    return n;
}

static double device_latency_s(const struct se_duplex *duplex)
{
    return se_audio_delay_s(duplex->input) + se_audio_delay_s(duplex->output);
}

/* How far the loudspeaker is behind the microphone now. */
static void note_latency(struct se_duplex *duplex)
{
    int64_t captured = duplex->n_in + se_duplex_pending(duplex);
    int64_t played = duplex->n_out - se_audio_pending(duplex->output);
    double latency_s = (double)(captured - played) / duplex->rate_hz +
                       device_latency_s(duplex);

    duplex->latency_sum_s += latency_s;
    duplex->latency_max_s = fmax(duplex->latency_max_s, latency_s);
}

static void play(struct se_duplex *duplex, const float *samples, int64_t n)
{
    if (n > 0 && se_audio_write(duplex->output, samples, n) == 0)
        duplex->n_dropped++;
    duplex->n_out += n;
}

static void play_silence(struct se_duplex *duplex, int64_t n)
{
    static const float silence[256];

    for (int64_t part; n > 0; n -= part) {
        part = n < 256 ? n : 256;
        se_audio_write(duplex->output, silence, part);
    }
}

/* In hops, the last of them begun. */
static int64_t in_hops(const struct se_duplex *duplex, int64_t n)
{
    return (n + duplex->hop - 1) / duplex->hop;
}

/* What has been missing at the output since the last look. */
static int64_t newly_lost(struct se_duplex *duplex)
{
    int64_t n = se_audio_lost(duplex->output) - duplex->n_lost;

    duplex->n_lost += n;
    duplex->n_late += in_hops(duplex, n);
    return n;
}

void se_duplex_write(struct se_duplex *duplex, const float *samples, int64_t n)
{
    if (n == 0)
        return;

    int64_t blocks[] = {se_audio_block(duplex->input),
                        se_audio_block(duplex->output)};
    const struct se_jitter_view view = {
        .n = n,
        .queued = se_audio_pending(duplex->output),
        .coming = se_duplex_pending(duplex),
        .n_lost = newly_lost(duplex),
        .block = blocks[0] > blocks[1] ? blocks[0] : blocks[1],
    };
    int64_t n_less = se_jitter_update(&duplex->jitter, &view);

    if (n_less > 0) {
        duplex->n_dropped++;
        duplex->n_out += n_less;
        play(duplex, samples + n_less, n - n_less);
    } else {
        play_silence(duplex, -n_less);
        play(duplex, samples, n);
    }
    duplex->n_bursts++;
    note_latency(duplex);
}

void se_duplex_figures(const struct se_duplex *duplex,
                       struct se_duplex_figures *figures)
{
    double n = duplex->n_bursts > 0 ? (double)duplex->n_bursts : 1.0;

    *figures = (struct se_duplex_figures){
        .input = se_audio_name(duplex->input),
        .output = se_audio_name(duplex->output),
        .n_samples = duplex->n_in,
        .latency_s = duplex->latency_sum_s / n,
        .latency_max_s = duplex->latency_max_s,
        .device_latency_s = device_latency_s(duplex),
        .n_lost_in = in_hops(duplex, se_audio_lost(duplex->input)),
        .n_lost_out = duplex->n_late,
        .n_dropped = duplex->n_dropped,
    };
}
