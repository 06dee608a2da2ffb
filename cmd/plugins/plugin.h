/* plugin.h - what the plug-ins for LADSPA and LV2 have in common: sound of a
 * host through the net of its choice.
 *
 * The nets are in the plug-in's file, opened by its first instance and shared
 * by all. Everything an instance needs is there when it has been created: run,
 * reset and delay allocate nothing, take no lock and touch no file. */
#ifndef NNSE_PLUGIN_H
#define NNSE_PLUGIN_H

#include <stddef.h>

enum plugin_net {
    PLUGIN_SMALL,   /* 102 thousand weights */
    PLUGIN_INTEGER, /* the same in 8 bits, as on a board */
    PLUGIN_LARGE,   /* 834,000 weights, three to five times the work */
    PLUGIN_NETS
};

/* From here on a limit is none. */
#define PLUGIN_NO_LIMIT_DB 100.0f

struct plugin;

/* NULL: out of memory, or a rate or number of channels that the library does
 * not take (nnse.h). Two channels share a mask. */
struct plugin *plugin_create(double rate_hz, int channels);
void plugin_destroy(struct plugin *plugin);

/* Forgets all sound. */
void plugin_reset(struct plugin *plugin);

/* From input to output, in samples, whatever the net. */
int plugin_delay(const struct plugin *plugin);

/* How probable speech is in what came in last, 0..1 (nnse.h). */
float plugin_speech(const struct plugin *plugin);

/* Values of a host's controls, which may be anything. */
struct plugin_controls {
    float limit_db; /* noise is lowered by this at most; 0: a bypass; less, or
                       not a number: as it was */
    float net;      /* enum plugin_net, rounded; another value: as it was. In
                       mid-sound a new net listens for half a second before it
                       takes over, without a click. */
};

/* in[channels][n], out[channels][n], any n; input and output may share memory,
 * each with any other. */
void plugin_run(struct plugin *plugin, float *const *out,
                const float *const *in, size_t n,
                const struct plugin_controls *controls);

#endif
