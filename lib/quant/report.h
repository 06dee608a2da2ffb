/* report.h - what an integer net costs and how close it is to the float net. */
#ifndef SE_QUANT_REPORT_H
#define SE_QUANT_REPORT_H

#include "quant/quantise.h"

#include <stdint.h>

/* Cycles of the runtime on a Cortex-M4, as tests/m4 counts them in emulation
 * for the shipped nets of 72 and of 257 features (modelled: no wait states): a
 * multiply-add of the dot products; what comes before and after each row's
 * sum; a feature; the rest of a frame (spectrum and back). They give 253,000
 * and 1,642,000 a frame, within 1 % of what is counted. */
#define SE_CYCLES_PER_MAC     1.2795
#define SE_CYCLES_PER_ROW     54.2
#define SE_CYCLES_PER_FEATURE 112.0
#define SE_CYCLES_PER_FRAME   74200.0

/* Likewise what filters over frames cost: whatever their length, and a tap of
 * all bins. */
#define SE_CYCLES_PER_FILTER 47000.0
#define SE_CYCLES_PER_TAP    5100.0

/* And what looking ahead costs: spectra that change places, and for each frame
 * the samples that wait. */
#define SE_CYCLES_OF_LOOKAHEAD  3900.0
#define SE_CYCLES_PER_LOOKAHEAD 300.0

/* An Apollo4 runs from MRAM through a cache of 64 KB, direct mapped, in lines
 * of 16 bytes. Tables that do not fit beside the program, and are gone through
 * once a frame, are never found in it: each of their lines is waited for. How
 * long is not published; 20 ns are the 10 ns that such a memory takes to be
 * read (Chih et al., "A 22nm 32Mb Embedded STT-MRAM with 10ns Read Speed",
 * ISSCC 2020) and two cycles at 192 MHz for the bus. */
#define SE_CACHE_BYTES   65536
#define SE_PROGRAM_BYTES 24000
#define SE_LINE_BYTES    16
#define SE_LINE_NS       20

/* Ratios are NAN where no sound was given, INFINITY where nothing differs. */
struct se_layer_report {
    enum se_layer_type type;
    int n_in, n_out;
    int64_t weight_bytes; /* kernels, as stored */
    int64_t bias_bytes;   /* biases and scales of rows */
    double macs; /* multiply-adds a frame, strides taken into account */
    double rows; /* sums a frame, likewise */
    int min_scale_log2, max_scale_log2; /* steps a unit of weight */
    int64_t n_weights, n_saturated;
    double sqnr_db; /* output against that of the float net */
};

struct se_quant_report {
    int n_layers;
    struct se_layer_report layer[SE_MAX_LAYERS];
    int64_t flash_bytes; /* all tables of the net, without code */
    int64_t ram_bytes;   /* state and scratch */
    double macs, macs_per_s;
    double cycles;          /* a frame, estimated, without waiting for memory */
    double lines;           /* of tables that have to come from MRAM a frame */
    double line_ns;         /* for each */
    double seconds;         /* of sound; 0: none */
    double feature_sqnr_db; /* standardised features */
    double mask_sqnr_db;
    double output_sqnr_db; /* the enhanced sound */
};

/* What a frame takes of its 10 ms at that clock, waits for MRAM included in
 * whole cycles: beyond 1 the core cannot keep up. */
double se_quant_share(const struct se_quant_report *result, double clock_mhz);

/* The input of both nets, rounded to 16 bits. */
struct se_quant_sound {
    const float *samples; /* mono, 16 kHz, full scale -1..1 */
    int64_t n_samples;
    void (*progress)(void *context, double seconds); /* done; may be NULL */
    void *context;
};

/* Without a sound (NULL) it has costs alone. */
int se_quant_report_make(struct se_quant_report *result,
                         const struct se_model *model,
                         const struct se_quant_net *net,
                         const struct se_quant_sound *sound,
                         struct se_report *report);

#endif
