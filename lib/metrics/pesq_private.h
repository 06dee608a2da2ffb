/* pesq_private.h - what the parts of PESQ share.
 *
 * Time is counted in samples from the beginning of a signal's buffer, which is
 * that of its first guard, or in cells of 4 ms from there. Divisions of whole
 * numbers truncate towards zero, of negative ones as well. */
#ifndef SE_METRICS_PESQ_PRIVATE_H
#define SE_METRICS_PESQ_PRIVATE_H

#include "metrics/pesq.h"

#include "base/bark.h"
#include "dsp/fft.h"

enum {
    SE_PESQ_CELL = 64,        /* samples to a cell of an envelope: 4 ms */
    SE_PESQ_GUARD_CELLS = 75, /* silence before and behind: 300 ms */
    SE_PESQ_GUARD = SE_PESQ_GUARD_CELLS * SE_PESQ_CELL,
    SE_PESQ_TAIL = 5120, /* silence behind that: 320 ms */
    SE_PESQ_FRAME = 512, /* of the perceptual model: 32 ms */
    SE_PESQ_HOP = SE_PESQ_FRAME / 2,
    SE_PESQ_MAX_UTTERANCES = 50,
};

/* ---- signals: pesq_input.c ----------------------------------------------- */

struct se_pesq_signal {
    float *x;   /* guard, input, guard, tail, and zeros up to the tail's end of
                   the longer of the two signals */
    int n;      /* samples of the input */
    int length; /* of the input with both guards */
};

/* The clean signal and the processed one. */
struct se_pesq_signals {
    struct se_pesq_signal clean, processed;
    int longest; /* length of the longer one */
};

/* Copies of the signals at the level that the model expects and as the
 * listener's handset or headphones let them through. */
int se_pesq_signals_create(struct se_pesq_signals *signals,
                           const struct se_pesq_pair *pair,
                           enum se_pesq_band band, struct se_report *report);
void se_pesq_signals_destroy(struct se_pesq_signals *signals);

/* y[0..length + tail): the signal without its mean, faded at both ends and
 * limited to the frequencies that carry its timing. */
void se_pesq_timing_signal(float *y, const struct se_pesq_signal *signal);

/* ---- filters: pesq_filter.c ---------------------------------------------- */

/* Gain over frequency; straight lines between the points. */
struct se_pesq_point {
    double hz, db;
};

struct se_pesq_curve {
    const struct se_pesq_point *points;
    int n;
    double db_at_1khz; /* becomes 0 dB */
};

/* A part of a signal, x[n]. */
struct se_pesq_span {
    float *x;
    int n;
};

/* Two signals in place, without delay. The FFT has the next power of two as its
 * length; what rings around its ends is lost. */
int se_pesq_filter_by_curve(struct se_pesq_span a, struct se_pesq_span b,
                            const struct se_pesq_curve *curve,
                            struct se_report *report);

/* x[n], in place, one section after the other, each from rest. */
void se_pesq_filter_by_sections(float *x, int n,
                                const struct se_pesq_section *sections,
                                int n_sections);

/* ---- correlation: pesq_correlate.c --------------------------------------- */

struct se_pesq_correlator {
    struct se_fft *fft;
    float (*held)[2]; /* spectrum of the signal put in first */
};

/* For correlations of up to `n` lags; the FFT has at least so many points. */
int se_pesq_correlator_create(struct se_pesq_correlator *correlator, int n,
                              struct se_report *report);
void se_pesq_correlator_destroy(struct se_pesq_correlator *correlator);

/* Takes fft->time as the first signal, a. */
void se_pesq_correlator_hold(struct se_pesq_correlator *correlator);

/* Takes fft->time as the second signal, b, and leaves there
 * fft->n * sum over i of a[i] b[(i + lag) mod fft->n], lag = 0..fft->n - 1. */
void se_pesq_correlator_run(struct se_pesq_correlator *correlator);

/* ---- speech and pauses: pesq_envelope.c ---------------------------------- */

struct se_pesq_envelope {
    int n;         /* cells */
    double *power; /* [n] 0 in pauses */
    double *log;   /* [n] ln of the power over the threshold, >= 0 */
};

/* Of a signal of se_pesq_timing_signal(), x[length]. */
int se_pesq_envelope_create(struct se_pesq_envelope *envelope, const float *x,
                            int length, struct se_report *report);
void se_pesq_envelope_destroy(struct se_pesq_envelope *envelope);

/* ---- delays: pesq_delay.c ------------------------------------------------ */

struct se_pesq_timing {
    float *x; /* of se_pesq_timing_signal() */
    int length;
    struct se_pesq_envelope envelope;
};

enum { SE_PESQ_FINE = 1024 }; /* samples that are compared at a time */

struct se_pesq_delays {
    struct se_pesq_timing clean, processed;
    struct se_pesq_correlator cells, samples;
    float window[SE_PESQ_FINE];
};

struct se_pesq_delay {
    int samples;       /* positive: the processed signal is late */
    double confidence; /* 0..1 */
};

int se_pesq_delays_create(struct se_pesq_delays *delays,
                          const struct se_pesq_signals *signals,
                          struct se_report *report);
void se_pesq_delays_destroy(struct se_pesq_delays *delays);

/* The delay in samples, to a cell, of the whole signal. */
int se_pesq_delay_whole(struct se_pesq_delays *delays);

/* The same for the cells from..to-1 of the clean signal, starting out from an
 * estimate. */
int se_pesq_delay_coarse(struct se_pesq_delays *delays, int from, int to,
                         int estimate);

/* The delay to the sample of the clean signal's cells from..to-1, compared
 * piece by piece from the beginning, or backwards from the end. */
struct se_pesq_delay se_pesq_delay_forward(struct se_pesq_delays *delays,
                                           int from, int to, int estimate);
struct se_pesq_delay se_pesq_delay_backward(struct se_pesq_delays *delays,
                                            int from, int to, int estimate);

/* ---- utterances: pesq_align.c -------------------------------------------- */

struct se_pesq_utterance {
    int start, end; /* cells of the clean signal */
    int estimate;   /* of the delay, in samples */
    struct se_pesq_delay delay;
};

/* In the order of time; the last that has begun holds. */
struct se_pesq_alignment {
    int n;
    struct se_pesq_utterance utterances[SE_PESQ_MAX_UTTERANCES];
};

int se_pesq_align(struct se_pesq_alignment *alignment,
                  const struct se_pesq_signals *signals,
                  struct se_report *report);

/* The delay that holds at a sample of the clean signal. */
int se_pesq_delay_at(const struct se_pesq_alignment *alignment, int sample);

/* ---- perceptual model: pesq_model.c -------------------------------------- */

struct se_pesq_model {
    const struct se_pesq_signals *signals;
    const struct se_pesq_alignment *alignment;
    int first, last; /* frames that count; 0..last are computed */

    /* all [last + 1] */
    double (*clean)[SE_BARK_BANDS]; /* power, equalised */
    double *audible;                /* power of the clean signal's frame */
    double *symmetric, *asymmetric; /* disturbance */

    /* the rest is the model's own */
    struct se_fft *fft;
    float window[SE_PESQ_FRAME];
    double scale[SE_BARK_BANDS]; /* of loudness */
    double width;                /* of all bands but the lowest, in Bark */
};

/* Keeps both pointers. */
int se_pesq_model_create(struct se_pesq_model *model,
                         const struct se_pesq_signals *signals,
                         const struct se_pesq_alignment *alignment,
                         struct se_report *report);
void se_pesq_model_destroy(struct se_pesq_model *model);

struct se_pesq_disturbance {
    double symmetric, asymmetric;
};

/* The disturbance of frame `frame` if the processed signal's frame is x.
 * *gain: its level against the clean one, smoothed from frame to frame; 0
 * before the first frame. */
struct se_pesq_disturbance
se_pesq_model_disturbance(struct se_pesq_model *model, int frame,
                          const float *x, double *gain);

/* ---- frames that were lost or are badly aligned: pesq_realign.c ---------- */

/* Lost frames disturb no more; badly aligned ones no more than at a delay that
 * is searched for anew. */
int se_pesq_realign(struct se_pesq_model *model, struct se_report *report);

/* ---- tables: pesq_tables.c ----------------------------------------------- */

enum { SE_PESQ_TIMING_SECTIONS = 12 };
extern const struct se_pesq_section
    se_pesq_timing_sections[SE_PESQ_TIMING_SECTIONS];

/* The band whose power sets the level, and the telephone handset's response
 * (modified IRS receive). */
extern const struct se_pesq_curve se_pesq_level_curve, se_pesq_handset_curve;

#endif
