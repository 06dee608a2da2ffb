/* ladspa.c - the plug-ins nnse_mono and nnse_stereo for LADSPA hosts. */
#include "plugins/plugin.h"

#include <ladspa.h>
#include <stdlib.h>

/* Of either plug-in: audio in, audio out, then these. */
enum { LIMIT, NET, LATENCY, SPEECH, N_CONTROLS };

enum { MAX_CHANNELS = 2, MAX_PORTS = 2 * MAX_CHANNELS + N_CONTROLS };

struct instance {
    struct plugin *plugin;
    unsigned long channels;
    LADSPA_Data *port[MAX_PORTS];
};

/* ---- what hosts call ----------------------------------------------------- */

static void cleanup(LADSPA_Handle handle)
{
    struct instance *instance = handle;

    plugin_destroy(instance->plugin);
    free(instance);
}

static LADSPA_Handle instantiate(const LADSPA_Descriptor *descriptor,
                                 unsigned long rate_hz)
{
    struct instance *instance = calloc(1, sizeof *instance);

    if (!instance)
        return NULL;
    instance->channels = (descriptor->PortCount - N_CONTROLS) / 2;
    instance->plugin = plugin_create((double)rate_hz, (int)instance->channels);
    if (instance->plugin)
        return instance;
    free(instance);
    return NULL;
}

static void connect_port(LADSPA_Handle handle, unsigned long port,
                         LADSPA_Data *data)
{
    struct instance *instance = handle;

    if (port < 2 * instance->channels + N_CONTROLS)
        instance->port[port] = data;
}

static void activate(LADSPA_Handle handle)
{
    struct instance *instance = handle;

    plugin_reset(instance->plugin);
}

static void run(LADSPA_Handle handle, unsigned long n)
{
    struct instance *instance = handle;
    LADSPA_Data **audio = instance->port;
    LADSPA_Data **control = audio + 2 * instance->channels;
    const struct plugin_controls controls = {.limit_db = *control[LIMIT],
                                             .net = *control[NET]};

    plugin_run(instance->plugin, audio + instance->channels,
               (const float *const *)audio, n, &controls);
    *control[LATENCY] = (LADSPA_Data)plugin_delay(instance->plugin);
    *control[SPEECH] = plugin_speech(instance->plugin);
}

/* ---- what hosts read ----------------------------------------------------- */

#define AUDIO_IN    (LADSPA_PORT_INPUT | LADSPA_PORT_AUDIO)
#define AUDIO_OUT   (LADSPA_PORT_OUTPUT | LADSPA_PORT_AUDIO)
#define CONTROL_IN  (LADSPA_PORT_INPUT | LADSPA_PORT_CONTROL)
#define CONTROL_OUT (LADSPA_PORT_OUTPUT | LADSPA_PORT_CONTROL)

#define BOUNDED (LADSPA_HINT_BOUNDED_BELOW | LADSPA_HINT_BOUNDED_ABOVE)

#define CONTROL_PORTS CONTROL_IN, CONTROL_IN, CONTROL_OUT, CONTROL_OUT
/* Hosts that make up for latency know it by its name. */
#define CONTROL_NAMES                                                          \
    "Attenuation limit (dB, 0 bypass, 100 none)",                              \
        "Net (0 small, 1 small in 8 bits, 2 large)", "latency",                \
        "Speech probability"
#define HINTS_LIMIT                                                            \
    {                                                                          \
        BOUNDED | LADSPA_HINT_DEFAULT_100, 0.0f, PLUGIN_NO_LIMIT_DB            \
    }
#define HINTS_NET                                                              \
    {                                                                          \
        BOUNDED | LADSPA_HINT_INTEGER | LADSPA_HINT_DEFAULT_0, 0.0f,           \
            PLUGIN_NETS - 1                                                    \
    }
/* sox asks for a value of what it is to get, too, unless it has a default. */
#define HINTS_LATENCY                                                          \
    {                                                                          \
        LADSPA_HINT_BOUNDED_BELOW | LADSPA_HINT_INTEGER |                      \
            LADSPA_HINT_DEFAULT_0,                                             \
            0.0f, 0.0f                                                         \
    }
#define HINTS_SPEECH                                                           \
    {                                                                          \
        BOUNDED | LADSPA_HINT_DEFAULT_0, 0.0f, 1.0f                            \
    }
#define CONTROL_HINTS HINTS_LIMIT, HINTS_NET, HINTS_LATENCY, HINTS_SPEECH

static const LADSPA_PortDescriptor mono_ports[] = {AUDIO_IN, AUDIO_OUT,
                                                   CONTROL_PORTS};
static const LADSPA_PortDescriptor stereo_ports[] = {
    AUDIO_IN, AUDIO_IN, AUDIO_OUT, AUDIO_OUT, CONTROL_PORTS};

static const char *const mono_names[] = {"Input", "Output", CONTROL_NAMES};
static const char *const stereo_names[] = {
    "Input left", "Input right", "Output left", "Output right", CONTROL_NAMES};

static const LADSPA_PortRangeHint mono_hints[] = {{0}, {0}, CONTROL_HINTS};
static const LADSPA_PortRangeHint stereo_hints[] = {
    {0}, {0}, {0}, {0}, CONTROL_HINTS};

#define COMMON                                                                 \
    .Properties = LADSPA_PROPERTY_HARD_RT_CAPABLE,                             \
    .Maker = "the authors of nnse-c", .Copyright = "BSD-3-Clause",             \
    .instantiate = instantiate, .connect_port = connect_port,                  \
    .activate = activate, .run = run, .cleanup = cleanup

/* The numbers are the letters "nns" and "nnt", below 2^24 as hosts may assume,
 * but not registered: hosts should go by file and label (ladspa.h). */
static const LADSPA_Descriptor descriptors[] = {
    {.UniqueID = 7237235,
     .Label = "nnse_mono",
     .Name = "Speech enhancement (nnse), mono",
     .PortCount = sizeof mono_ports / sizeof *mono_ports,
     .PortDescriptors = mono_ports,
     .PortNames = mono_names,
     .PortRangeHints = mono_hints,
     COMMON},
    {.UniqueID = 7237236,
     .Label = "nnse_stereo",
     .Name = "Speech enhancement (nnse), stereo",
     .PortCount = sizeof stereo_ports / sizeof *stereo_ports,
     .PortDescriptors = stereo_ports,
     .PortNames = stereo_names,
     .PortRangeHints = stereo_hints,
     COMMON}};

const LADSPA_Descriptor *ladspa_descriptor(unsigned long index)
{
    return index < sizeof descriptors / sizeof *descriptors
               ? &descriptors[index]
               : NULL;
}
