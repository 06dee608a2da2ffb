/* test_plugins_ahead.c - plug-ins whose large net looks ahead: one delay for
 * all nets, and a change between them in its place. */
#include "plugins/plugin.h"

#include "check.h"
#include "model/model.h"
#include "nets.h"
#include "nnse.h"

#include <string.h>

enum { N = 60000, IMPULSES = 4, PERIOD = 15000, CHANNELS = 2 };

int __wrap_nnse_net_memory(struct nnse_net **net, const void *bytes, size_t n);

/* In place of the net that the plug-ins carry, one that looks ahead. */
int __wrap_nnse_net_memory(struct nnse_net **net, const void *bytes, size_t n)
{
    static const char text[] = "input_neurons 24\nlen_lookahead 2\n"
                               "layer_type fc\nlayer_neurons 257\n"
                               "activation sigmoid\n";
    const char *path = in_scratch("ahead.safetensors");

    (void)bytes;
    (void)n;
    write_net(path, text);
    return nnse_net_file(net, path);
}

/* A part of the sound, and how it is given. */
struct part {
    int begin, end, block;
    float net;
};

/* x[CHANNELS][N], in place. */
static void run(struct plugin *plugin, float x[CHANNELS][N], struct part part)
{
    const struct plugin_controls controls = {.limit_db = 0, .net = part.net};

    for (int i = part.begin; i < part.end; i += part.block) {
        const int left = part.end - i;
        float *at[CHANNELS] = {x[0] + i, x[1] + i};

        plugin_run(plugin, at, (const float *const *)at,
                   (size_t)(left < part.block ? left : part.block), &controls);
    }
}

static void fill(float x[CHANNELS][N])
{
    memset(x, 0, CHANNELS * N * sizeof x[0][0]);
    for (int i = 0; i < IMPULSES; i++) {
        x[0][i * PERIOD + 100] = 0.5f;
        x[1][i * PERIOD + 300] = -0.25f;
    }
}

/* Impulses are `delay` samples late, and nothing else is there. */
static void check(float x[CHANNELS][N], int delay)
{
    for (int i = 0; i < N; i++) {
        int at = (i - delay) % PERIOD;

        expect(x[0][i] == (i >= delay && at == 100 ? 0.5f : 0.0f));
        expect(x[1][i] == (i >= delay && at == 300 ? -0.25f : 0.0f));
    }
}

TEST(one_delay)
{
    static const int rates_hz[] = {16000, 48000}, blocks[] = {1, 64, 1000};
    static float x[CHANNELS][N];
    struct nnse_config config;
    struct nnse *small;

    nnse_defaults(&config);
    for (int i = 0; i < 2; i++) {
        struct plugin *plugin = plugin_create(rates_hz[i], CHANNELS);
        int delay;

        expect(plugin);
        delay = plugin_delay(plugin);
        config.rate_hz = rates_hz[i];
        expect(nnse_create(&small, NULL, &config) == NNSE_OK);
        expect_equal(delay, nnse_delay(small) + rates_hz[i] / 50);
        nnse_destroy(small);
        for (int net = 0; net < PLUGIN_NETS; net++) {
            /* a reset when the first impulse is on its way */
            fill(x);
            run(plugin, x,
                (struct part){0, 100 + delay - 10, blocks[net], (float)net});
            fill(x);
            plugin_reset(plugin);
            run(plugin, x, (struct part){0, N, blocks[net], (float)net});
            check(x, delay);
        }
        plugin_destroy(plugin);
    }
}

/* The net changes after each second impulse, long before the next one. */
TEST(change)
{
    static float x[CHANNELS][N];
    struct plugin *plugin = plugin_create(16000, CHANNELS);

    expect(plugin);
    fill(x);
    run(plugin, x, (struct part){0, PERIOD, 160, PLUGIN_SMALL});
    run(plugin, x, (struct part){PERIOD, 3 * PERIOD, 160, PLUGIN_LARGE});
    run(plugin, x, (struct part){3 * PERIOD, N, 160, PLUGIN_SMALL});
    check(x, plugin_delay(plugin));
    plugin_destroy(plugin);
}
