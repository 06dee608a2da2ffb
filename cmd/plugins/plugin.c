/* plugin.c - a stream for each net, of which one is put out. */
#include "plugins/plugin.h"

#include "nnse.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, MAX_CHANNELS = 2 };

#define WARM_UP_S 0.5
#define FADE_S    0.02

/* What a stream waits for the one of the net that looks furthest ahead. */
struct line {
    float *samples; /* [n][channels] a ring */
    size_t n, at;
};

struct plugin {
    struct nnse *stream[PLUGIN_NETS];
    struct line line[PLUGIN_NETS];
    int delay;
    int channels;
    int is_running;   /* sound has come since the reset */
    int net;          /* whose stream is put out */
    int next;         /* that will be, or the same */
    size_t n_next;    /* samples since the next one began to listen */
    size_t n_warm_up; /* samples that it only listens */
    size_t n_fade;    /* samples from the one to the other */
    float scratch[MAX_CHANNELS][BLOCK];
};

/* ---- nets ---------------------------------------------------------------- */

__attribute__((visibility("hidden"))) extern const unsigned char plugin_large[],
    plugin_large_end[];

/* Kept to the end of the process, as the built-in net is. */
static struct nnse_net *large;
static pthread_once_t large_once = PTHREAD_ONCE_INIT;

static void open_large(void)
{
    if (nnse_net_memory(&large, plugin_large,
                        (size_t)(plugin_large_end - plugin_large)) != NNSE_OK)
        large = NULL;
}

/* ---- life ---------------------------------------------------------------- */

static int create_stream(struct plugin *plugin, enum plugin_net net,
                         int rate_hz)
{
    struct nnse_config config;

    nnse_defaults(&config);
    config.rate_hz = rate_hz;
    config.channels = plugin->channels;
    if (net == PLUGIN_INTEGER)
        config.engine = NNSE_ENGINE_INTEGER;
    if (net == PLUGIN_LARGE && !large)
        return 0;
    return nnse_create(&plugin->stream[net], net == PLUGIN_LARGE ? large : NULL,
                       &config) == NNSE_OK;
}

/* All streams are as late as the latest, so that a host need not care. */
static int create_lines(struct plugin *plugin)
{
    for (int net = 0; net < PLUGIN_NETS; net++)
        if (nnse_delay(plugin->stream[net]) > plugin->delay)
            plugin->delay = nnse_delay(plugin->stream[net]);
    for (int net = 0; net < PLUGIN_NETS; net++) {
        struct line *line = &plugin->line[net];

        line->n = (size_t)(plugin->delay - nnse_delay(plugin->stream[net]));
        line->samples = calloc(line->n * (size_t)plugin->channels + 1,
                               sizeof *line->samples);
        if (!line->samples)
            return 0;
    }
    return 1;
}

struct plugin *plugin_create(double rate_hz, int channels)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    int is_whole = 1;

    if (!plugin || channels < 1 || channels > MAX_CHANNELS ||
        !(rate_hz >= 1.0 && rate_hz <= 1e6)) {
        free(plugin);
        return NULL;
    }
    pthread_once(&large_once, open_large);
    plugin->channels = channels;
    plugin->n_warm_up = (size_t)(WARM_UP_S * rate_hz);
    plugin->n_fade = (size_t)(FADE_S * rate_hz);
    for (int net = 0; is_whole && net < PLUGIN_NETS; net++)
        is_whole =
            create_stream(plugin, (enum plugin_net)net, (int)lrint(rate_hz));
    if (is_whole && create_lines(plugin))
        return plugin;
    plugin_destroy(plugin);
    return NULL;
}

void plugin_destroy(struct plugin *plugin)
{
    if (!plugin)
        return;
    for (int net = 0; net < PLUGIN_NETS; net++) {
        nnse_destroy(plugin->stream[net]);
        free(plugin->line[net].samples);
    }
    free(plugin);
}

static void reset_net(struct plugin *plugin, int net)
{
    struct line *line = &plugin->line[net];

    nnse_reset(plugin->stream[net]);
    memset(line->samples, 0,
           line->n * (size_t)plugin->channels * sizeof *line->samples);
}

void plugin_reset(struct plugin *plugin)
{
    for (int net = 0; net < PLUGIN_NETS; net++)
        reset_net(plugin, net);
    plugin->net = plugin->next;
    plugin->is_running = 0;
}

int plugin_delay(const struct plugin *plugin)
{
    return plugin->delay;
}

float plugin_speech(const struct plugin *plugin)
{
    return nnse_speech_probability(plugin->stream[plugin->net]);
}

/* ---- sound --------------------------------------------------------------- */

static void control(struct plugin *plugin,
                    const struct plugin_controls *controls)
{
    float limit_db = controls->limit_db >= PLUGIN_NO_LIMIT_DB
                         ? INFINITY
                         : controls->limit_db;

    for (int net = 0; net < PLUGIN_NETS; net++)
        nnse_limit(plugin->stream[net], limit_db);
    if (!(controls->net > -0.5f && controls->net < PLUGIN_NETS - 0.5f))
        return;

    int net = (int)lrintf(controls->net);

    if (net == plugin->next)
        return;
    plugin->next = net;
    plugin->n_next = 0;
    if (!plugin->is_running)
        plugin->net = net;
    if (net != plugin->net)
        reset_net(plugin, net);
}

/* Samples go into the line and those that have waited come in their place. */
static void wait_in_line(struct line *line, float *const *x, int channels,
                         size_t n)
{
    for (size_t i = 0; i < n && line->n > 0; i++) {
        float *due = line->samples + line->at * (size_t)channels;

        for (int c = 0; c < channels; c++) {
            float newest = x[c][i];

            x[c][i] = due[c];
            due[c] = newest;
        }
        line->at = line->at + 1 < line->n ? line->at + 1 : 0;
    }
}

static void run_net(struct plugin *plugin, int net, float *const *out,
                    const float *const *in, size_t n)
{
    nnse_process_planar(plugin->stream[net], out, in, n);
    wait_in_line(&plugin->line[net], out, plugin->channels, n);
}

/* Blends what the next net makes of the sound, in scratch, into out. */
static void fade(struct plugin *plugin, float *const *out, size_t n)
{
    for (size_t i = 0; i < n; i++, plugin->n_next++) {
        if (plugin->n_next < plugin->n_warm_up)
            continue;

        float weight =
            (float)(plugin->n_next - plugin->n_warm_up) / (float)plugin->n_fade;

        if (weight >= 1.0f)
            weight = 1.0f;
        for (int c = 0; c < plugin->channels; c++)
            out[c][i] =
                weight * plugin->scratch[c][i] + (1.0f - weight) * out[c][i];
    }
    if (plugin->n_next >= plugin->n_warm_up + plugin->n_fade)
        plugin->net = plugin->next;
}

static void run_block(struct plugin *plugin, float *const *out,
                      const float *const *in, size_t n)
{
    float *scratch[MAX_CHANNELS] = {plugin->scratch[0], plugin->scratch[1]};
    int is_changing = plugin->next != plugin->net;

    if (is_changing)
        run_net(plugin, plugin->next, scratch, in, n);
    run_net(plugin, plugin->net, out, in, n);
    if (is_changing)
        fade(plugin, out, n);
}

void plugin_run(struct plugin *plugin, float *const *out,
                const float *const *in, size_t n,
                const struct plugin_controls *controls)
{
    control(plugin, controls);
    plugin->is_running |= n > 0;
    for (size_t first = 0; first < n; first += BLOCK) {
        const float *from[MAX_CHANNELS];
        float *to[MAX_CHANNELS];

        for (int c = 0; c < plugin->channels; c++) {
            from[c] = in[c] + first;
            to[c] = out[c] + first;
        }
        run_block(plugin, to, from, n - first < BLOCK ? n - first : BLOCK);
    }
}
