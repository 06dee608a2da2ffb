/* lv2.c - the plug-ins urn:nnse:mono and urn:nnse:stereo for LV2 hosts;
 * nnse.ttl describes them. */
#include "plugins/plugin.h"

#include <lv2/core/lv2.h>
#include <stdlib.h>
#include <string.h>

#define MONO_URI   "urn:nnse:mono"
#define STEREO_URI "urn:nnse:stereo"

/* Indices in nnse.ttl: audio in, audio out, then these. */
enum { LIMIT, NET, LATENCY, SPEECH, N_CONTROLS };

enum { MAX_CHANNELS = 2, MAX_PORTS = 2 * MAX_CHANNELS + N_CONTROLS };

struct instance {
    struct plugin *plugin;
    uint32_t channels;
    float *port[MAX_PORTS];
};

static void cleanup(LV2_Handle handle)
{
    struct instance *instance = handle;

    plugin_destroy(instance->plugin);
    free(instance);
}

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate_hz,
                              const char *bundle_path,
                              const LV2_Feature *const *features)
{
    struct instance *instance = calloc(1, sizeof *instance);

    (void)bundle_path;
    (void)features;
    if (!instance)
        return NULL;
    instance->channels = strcmp(descriptor->URI, MONO_URI) == 0 ? 1 : 2;
    instance->plugin = plugin_create(rate_hz, (int)instance->channels);
    if (instance->plugin)
        return instance;
    free(instance);
    return NULL;
}

static void connect_port(LV2_Handle handle, uint32_t port, void *data)
{
    struct instance *instance = handle;

    if (port < 2 * instance->channels + N_CONTROLS)
        instance->port[port] = data;
}

static void activate(LV2_Handle handle)
{
    struct instance *instance = handle;

    plugin_reset(instance->plugin);
}

static void run(LV2_Handle handle, uint32_t n)
{
    struct instance *instance = handle;
    float **audio = instance->port;
    float **control = audio + 2 * instance->channels;
    const struct plugin_controls controls = {.limit_db = *control[LIMIT],
                                             .net = *control[NET]};

    /* Without sound the audio ports need not be connected. */
    if (n > 0)
        plugin_run(instance->plugin, audio + instance->channels,
                   (const float *const *)audio, n, &controls);
    *control[LATENCY] = (float)plugin_delay(instance->plugin);
    *control[SPEECH] = plugin_speech(instance->plugin);
}

static const LV2_Descriptor descriptors[] = {{.URI = MONO_URI,
                                              .instantiate = instantiate,
                                              .connect_port = connect_port,
                                              .activate = activate,
                                              .run = run,
                                              .cleanup = cleanup},
                                             {.URI = STEREO_URI,
                                              .instantiate = instantiate,
                                              .connect_port = connect_port,
                                              .activate = activate,
                                              .run = run,
                                              .cleanup = cleanup}};

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    return index < sizeof descriptors / sizeof *descriptors
               ? &descriptors[index]
               : NULL;
}
