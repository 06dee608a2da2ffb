/* duplex.c - two devices, their drift and their latency. */
#include "audio/duplex.h"

#include "audio/device.h"
#include "audio/drift.h"

#include <math.h>
#include <stdlib.h>

static const double RING_S = 0.5;
/* What the loudspeaker waits for at first, so that a hop may be late. */
enum { HEAD_START = 3 }; /* hops */

struct se_duplex {
    struct se_audio *input, *output;
    int rate_hz, hop;
    struct se_drift drift;
    int64_t n_in, n_out; /* samples read and written */
    int64_t n_hops, n_dropped;
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
        .delay_s = device.latency_s[direction],
        .first = (direction == SE_INPUT ? 1 : HEAD_START) * rate_hz / 100,
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
    duplex->drift.enough = (HEAD_START + 1) * (int64_t)duplex->hop;
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

int se_duplex_hop(const struct se_duplex *duplex)
{
    return duplex->hop;
}

/* ---- a hop --------------------------------------------------------------- */

int se_duplex_wait(struct se_duplex *duplex, struct se_report *report)
{
    int status = se_audio_wait(duplex->input, report);

    if (status == SE_OK)
        status = se_audio_check(duplex->output, report);
    return status;
}

int se_duplex_has_hop(struct se_duplex *duplex)
{
    return se_audio_pending(duplex->input) >= duplex->hop;
}

void se_duplex_read(struct se_duplex *duplex, float *hop)
{
    se_audio_read(duplex->input, hop, duplex->hop);
    duplex->n_in += duplex->hop;
}

static double device_latency_s(const struct se_duplex *duplex)
{
    return se_audio_delay_s(duplex->input) + se_audio_delay_s(duplex->output);
}

/* How far the loudspeaker is behind the microphone now. */
static void note_latency(struct se_duplex *duplex)
{
    int64_t captured = duplex->n_in + se_audio_pending(duplex->input);
    int64_t played = duplex->n_out - se_audio_pending(duplex->output);
    double latency_s = (double)(captured - played) / duplex->rate_hz +
                       device_latency_s(duplex);

    duplex->latency_sum_s += latency_s;
    duplex->latency_max_s = fmax(duplex->latency_max_s, latency_s);
}

void se_duplex_write(struct se_duplex *duplex, const float *samples, int64_t n)
{
    int64_t queued = se_audio_pending(duplex->output);

    duplex->n_out += n;
    if (se_drift_update(&duplex->drift, queued))
        duplex->n_dropped++;
    else if (n > 0 && se_audio_write(duplex->output, samples, n) == 0)
        duplex->n_dropped++;
    duplex->n_hops++;
    note_latency(duplex);
}

/* Of lost samples, the hops that they spoil. */
static int64_t n_spoilt(const struct se_duplex *duplex,
                        const struct se_audio *audio)
{
    return (se_audio_lost(audio) + duplex->hop - 1) / duplex->hop;
}

void se_duplex_figures(const struct se_duplex *duplex,
                       struct se_duplex_figures *figures)
{
    double n = duplex->n_hops > 0 ? (double)duplex->n_hops : 1.0;

    *figures = (struct se_duplex_figures){
        .input = se_audio_name(duplex->input),
        .output = se_audio_name(duplex->output),
        .n_hops = duplex->n_hops,
        .latency_s = duplex->latency_sum_s / n,
        .latency_max_s = duplex->latency_max_s,
        .device_latency_s = device_latency_s(duplex),
        .n_lost_in = n_spoilt(duplex, duplex->input),
        .n_lost_out = n_spoilt(duplex, duplex->output),
        .n_dropped = duplex->n_dropped,
    };
}
