/* engine_private.h - the engines that estimate masks and apply them, in float
 * or in integers; the enhancer knows both by this interface alone.
 *
 * An engine works on hops of 160 samples at 16 kHz, float, interleaved. It
 * reads no file. Nothing but its creation and its end allocates memory, takes a
 * lock or calls the system. */
#ifndef SE_ENHANCE_ENGINE_PRIVATE_H
#define SE_ENHANCE_ENGINE_PRIVATE_H

#include "enhance/channels.h"
#include "model/model.h"
#include "nnsp/nnsp.h"

struct se_engine;

/* What an engine does; for the rest see se_enhancer_step, _mask and _reset. */
struct se_engine_calls {
    void (*step)(struct se_engine *engine, float *out, const float *in);
    const float *(*mask)(const struct se_engine *engine, int channel);

    /* 0..1, of the last step: of the mean of linked channels, or the most of
     * all channels. */
    float (*speech)(const struct se_engine *engine);

    /* x[n_features] of the last step, as the net sees them: of the mean of
     * linked channels, or of the first channel. */
    void (*features)(const struct se_engine *engine, float *x);

    /* The least mask from the next step on, 0..1. */
    void (*limit)(struct se_engine *engine, float mask_min);
    void (*reset)(struct se_engine *engine);
    void (*destroy)(struct se_engine *engine);
};

/* The first member of each engine's own struct. */
struct se_engine {
    const struct se_engine_calls *calls;
    int n_features;
    int lookahead; /* frames from the newest one to that of the mask */
};

/* The float net. *engine must be reset before its first step; the model must
 * outlive it. */
int se_engine_float_create(struct se_engine **engine,
                           const struct se_model *model, int channels,
                           enum se_channel_mode mode, struct se_report *report);

/* The integer runtime, likewise. Sound is rounded to 16 bits, as a board's
 * microphone gives it; what the runtime takes away from that is taken from the
 * sound. So sound of 16 bits comes out as on the board, bit for bit, and finer
 * sound keeps what it has below 16 bits. */
int se_engine_fixed_create(struct se_engine **engine,
                           const struct nnsp_net *net, int channels,
                           enum se_channel_mode mode, struct se_report *report);

#endif
