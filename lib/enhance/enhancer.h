/* enhancer.h - noisy hops in, enhanced hops out, for files and live use alike.
 *
 * 16 kHz float, full scale -1..1, interleaved, a hop of 160 samples of each
 * channel a call. Output is se_enhancer_delay samples late: SE_STFT_DELAY
 * (320), and 160 more for each frame that the net looks ahead. Callers
 * that want alignment drop as many samples at the start and push as many zeros
 * at the end.
 *
 * Step, limit and reset neither allocate memory nor take a lock nor call the
 * system, so a thread that must not wait may call them. */
#ifndef SE_ENHANCE_ENHANCER_H
#define SE_ENHANCE_ENHANCER_H

#include "enhance/channels.h"
#include "model/model.h"
#include "nnsp/nnsp.h"

/* What went into a step and what came of it, for a watcher: of the mean of the
 * channels, or of the first one with SE_CHANNELS_EACH. */
struct se_enhancer_view {
    const float *in;       /* [SE_HOP] */
    const float *out;      /* [SE_HOP] enhanced, se_enhancer_delay late */
    const float *features; /* [n_features] as the net sees them */
    int n_features;
    const float *mask; /* [SE_BINS] of a frame before the newest, by */
    int lookahead;     /* so many frames */
    float speech;      /* se_enhancer_speech */
};

struct se_enhancer_config {
    int channels; /* 1..64 */
    enum se_channel_mode mode;
    float attenuation_limit_db;   /* mask never below 10^(-limit/20);
                                     INFINITY: no limit; 0: nothing changes */
    const struct nnsp_net *fixed; /* an integer net (quant/quantise.h), run as
                                     on a board, on 16 bits, in place of the
                                     model; NULL: the float net runs */

    /* Called at the end of each step; may be NULL. */
    void (*watch)(void *watcher, const struct se_enhancer_view *view);
    void *watcher;
};

struct se_enhancer;

/* The model, which may be NULL with config->fixed, and the integer net must
 * outlive the enhancer. No file is read. */
int se_enhancer_create(struct se_enhancer **enhancer,
                       const struct se_model *model,
                       const struct se_enhancer_config *config,
                       struct se_report *report);
void se_enhancer_destroy(struct se_enhancer *enhancer);
void se_enhancer_reset(struct se_enhancer *enhancer);

/* Latency in samples. */
int se_enhancer_delay(const struct se_enhancer *enhancer);

/* Another attenuation limit from the next step on; 0 is a bypass. */
void se_enhancer_limit(struct se_enhancer *enhancer,
                       float attenuation_limit_db);

/* in[SE_HOP * channels], out[SE_HOP * channels], interleaved; in place is
 * fine. */
void se_enhancer_step(struct se_enhancer *enhancer, float *out,
                      const float *in);

/* The mask of the last step, [SE_BINS], of a channel; linked channels share
 * one. It belongs to the frame len_lookahead frames before the newest. */
const float *se_enhancer_mask(const struct se_enhancer *enhancer, int channel);

/* How probable it is, 0..1, that the frame of that mask holds speech
 * (dsp/speech.h): of the mean of linked channels, else in any channel. */
float se_enhancer_speech(const struct se_enhancer *enhancer);

#endif
