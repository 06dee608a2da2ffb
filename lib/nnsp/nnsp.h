/* nnsp.h - the integer runtime: 160 noisy samples in, 160 enhanced ones out.
 *
 * C99 and <stdint.h> only; no heap, no floating point, nothing global that is
 * written. Every result is defined to the bit (README.md beside this file):
 * all compilers and machines give the same. Nets are const data that
 * se-convert writes; state and scratch lie in memory of the caller, so that
 * several nets, or several streams of one net, run side by side.
 *
 *     static uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
 *     struct nnsp nnsp;
 *
 *     if (nnsp_init(&nnsp, &nnsp_net_se, memory, sizeof memory) != NNSP_OK)
 *         ...
 *     for (;;)
 *         nnsp_step(&nnsp, out, in);
 *
 * 16 kHz, int16. Output is 320 samples (NNSP_DELAY) late, and 160 more for each
 * frame of `lookahead`. */
#ifndef NNSP_NNSP_H
#define NNSP_NNSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    NNSP_HOP = 160,
    NNSP_WINDOW = 480,
    NNSP_FFT = 512,
    NNSP_BINS = 257,
    NNSP_DELAY = NNSP_WINDOW - NNSP_HOP,
    NNSP_MAX_LAYERS = 16,
    NNSP_MAX_WIDTH = 4096, /* inputs or outputs of a layer */
    NNSP_MAX_TAPS = 15,    /* of 257 bins, in that width */
    NNSP_MAX_LOOKAHEAD = 15
};

/* What nnsp_init finds wrong. */
enum nnsp_status {
    NNSP_OK = 0,
    NNSP_ERR_NET = -1,    /* a type, activation, shape or shift unknown here */
    NNSP_ERR_RANGE = -2,  /* a row whose sum could leave 32 bits */
    NNSP_ERR_MEMORY = -3, /* memory too small, or not aligned to 8 bytes */
    NNSP_ERR_BANDS = -4   /* feature tables that do not fit the spectrum */
};

enum nnsp_layer_type { NNSP_FC, NNSP_LSTM, NNSP_CONV1D };

/* Sums z come in Q12 (z / 4096), but for linear, whose Q the row shifts alone
 * decide. What a layer gives is int16:
 *   relu6    clamp(z, 0, 6)                  Q12
 *   tanh     table, within 2 units           Q15
 *   sigmoid  table, within 2 units, 0..32767 Q15
 *   linear   z, saturated                    the converter's choice
 * An lstm has tanh and sigmoid inside and gives Q15. */
enum nnsp_activation { NNSP_RELU6, NNSP_TANH, NNSP_SIGMOID, NNSP_LINEAR };

/* One layer. Row o holds the weights of output o; an lstm has four rows a unit,
 * 4 u + {0, 1, 2, 3} = gates i, f, g, o of unit u.
 *
 *     acc = bias[o] + sum over c of kernel[o][c] * x[c]         (int32, exact)
 *     z   = acc >> shift[o]                                     (floor)
 * of an lstm
 *     z   = (acc >> shift[o]) + (sum of recurrent[o][u] * h[u]
 *                                >> recurrent_shift[o])
 *
 * x and h are int16: features Q8, then what the layer before gave (Q15 or Q12
 * by its activation); h is Q15. Columns of a conv1d: frame by frame, oldest
 * first, c = frame * n_in + i.
 *
 * Scales, for the converter: weight = round(w * 2^q_w[o]), -127..127; with
 * q = q_x + q_w[o], shift[o] = q - 12 (linear: q - q_out), 0..31; likewise
 * recurrent_shift[o] = 15 + q_recurrent[o] - 12 (of an lstm, both 1..31).
 * bias[o] = round(b * 2^q), plus half a unit of z, (1 << shift[o]) >> 1, which
 * turns the floor into rounding; of an lstm twice that, for its two floors.
 *
 * Range: for every row, 32768 * (sum of |weights|) + |bias| < 2^31, and for
 * recurrent rows without the bias. Then no input can overflow. A converter
 * that meets a larger row makes its q_w smaller; nnsp_init checks.
 *
 * Packing, of kernel and recurrent alike: rows padded with zeros to a multiple
 * of 4, columns to a multiple of 8. At each column, an even row e and the odd
 * row o below it are one number of 16 bits, the lane 256 o + e, low byte first:
 * the odd row's byte is o, or o - 1 where e < 0. (Two rows then cost three
 * instructions a pair of columns; see dot_m4.c.) Row groups of 4 one after the
 * other; inside a group, for each pair of columns (c, c + 1), four lanes:
 *     rows 0, 1 at c; rows 0, 1 at c + 1; rows 2, 3 at c; rows 2, 3 at c + 1
 * bias, shift and recurrent_shift are padded to a multiple of 4 with 0. The
 * weights are aligned to 8 bytes, bias to 4, shifts to 4. */
struct nnsp_layer {
    uint8_t type;        /* enum nnsp_layer_type */
    uint8_t activation;  /* enum nnsp_activation; lstm: NNSP_TANH */
    uint16_t n_in;       /* inputs a frame */
    uint16_t n_out;      /* outputs; lstm: units */
    uint8_t kernel_size; /* conv1d: frames of context, 1..; else 1 */
    uint8_t stride;      /* conv1d: frames a step, 1..; else 1 */
    const int8_t *kernel;
    const int8_t *recurrent; /* lstm; else null */
    const int32_t *bias;
    const uint8_t *shift;
    const uint8_t *recurrent_shift; /* lstm; else null */
};

/* A net and its features.
 *
 * Features: band b is the sum over bins k in edge[b] .. edge[b + 1] - 1 of
 * weight[k][0] * power[k], plus over bins in edge[b + 1] .. edge[b + 2] - 1 of
 * weight[k][1] * power[k]: a triangle's rising and falling side, each times
 * the power response of the DC filter (lib/dsp/feature.c), Q15, rounded.
 * 257 power bins are the case edge = 0, 0, 1, 2 ... 257, weight[k][0] = 0.
 * Then log10, minus mean, times inv_std, floor to Q8, saturated.
 *
 * Mask: mask[k] = clamp((y[k] * mask_gain + 2048) >> 12, 0, 32767) from the
 * 257 outputs y of the last layer: mask_gain is Q12, times 8 after relu6, times
 * the net's scalar_output.
 *
 * Filters: with n_taps > 1 the last layer has 257 outputs for each tap, oldest
 * frame first. tap = (y * mask_gain + 2048) >> 12, Q15, not limited; the sum of
 * tap times amplitude over the newest n_taps frames, divided by the amplitude
 * of the frame `lookahead` before the newest, is that frame's mask.
 *
 * Lookahead: the mask, plain or of filters, is that of the frame `lookahead`
 * before the newest, which waits for it. */
struct nnsp_net {
    uint16_t n_layers;
    uint16_t n_features;
    const struct nnsp_layer *layers; /* [n_layers] */
    const uint16_t *edge;            /* [n_features + 2], never falling */
    const uint16_t (*weight)[2];     /* [edge[n_features + 1]] Q15, aligned to 4
                                      * bytes */
    const int32_t *mean;             /* [n_features] of log10, Q17, rounded */
    const int32_t *inv_std;          /* [n_features] Q23, rounded, saturated */
    int32_t mask_gain;               /* Q12, 1 .. 65535 */
    uint8_t n_taps;                  /* 2 .. 15; 0 or 1: no filters */
    uint8_t lookahead;               /* frames, 0 .. 15; of filters below
                                      * n_taps */
};

/* Memory, for static assertions in generated headers:
 *   NNSP_BASE_BYTES + NNSP_WIDTH_BYTES(widest) + NNSP_FEATURE_BYTES(features)
 *   + NNSP_CONV1D_BYTES(kernel_size, n_in) and NNSP_LSTM_BYTES(n_out) for each
 *   such layer
 *   + NNSP_TAPS_BYTES(n_taps, lookahead) with filters
 *   or NNSP_LOOKAHEAD_BYTES(lookahead) without
 * where `widest` is the largest n_out. nnsp_memory_bytes gives the same. */
#define NNSP_PAD(n) (((n) + 7) / 8 * 8)
#define NNSP_BASE_BYTES                                                        \
    (2 * NNSP_WINDOW + 4 * NNSP_DELAY + 4 * NNSP_FFT + 2 * NNSP_PAD(NNSP_BINS))
#define NNSP_WIDTH_BYTES(widest) (2 * 2 * NNSP_PAD(widest))
#define NNSP_FEATURE_BYTES(n)    (2 * NNSP_PAD(n))
#define NNSP_CONV1D_BYTES(kernel_size, n_in)                                   \
    (8 + 2 * NNSP_PAD((kernel_size) * (n_in)))
#define NNSP_LSTM_BYTES(n_out) (6 * NNSP_PAD(n_out))
#define NNSP_LOOKAHEAD_BYTES(lookahead)                                        \
    ((lookahead) * (4 * NNSP_FFT + 2 * NNSP_HOP))
#define NNSP_TAPS_BYTES(n_taps, lookahead)                                     \
    (6 * NNSP_PAD((n_taps)*NNSP_BINS) + NNSP_LOOKAHEAD_BYTES(lookahead))

/* One stream. After a step, `features`, `mask`, `speech` and (until the
 * next stage) `spectrum` may be read. */
struct nnsp {
    const struct nnsp_net *net;
    int16_t *history;     /* [480 + 160 lookahead] samples, the newest last */
    int32_t *overlap;     /* [320] unfinished samples, Q10 */
    int32_t *spectrum;    /* [256][2] Q8; [0] holds bins 0 and 256, real */
    int16_t *features;    /* [n_features] Q8 */
    int16_t *mask;        /* [257] Q15, 32767 counts as 1 */
    int16_t *buffer[2];   /* [widest] what layers give */
    uint8_t *state;       /* of the layers */
    int16_t mask_min;     /* 0 after init; the caller may set 0..32767 */
    int16_t speech;       /* Q15 probability that the frame of the mask, the one
                             that the next synthesis puts out, holds speech */
    int32_t speech_level; /* of the speaker, Q16 log2 of power */

    /* of nets with filters */
    int32_t *amplitude; /* [n_taps][257] Q23, oldest frame first */
    int16_t *taps;      /* [n_taps][257] what the last layer gave */

    /* of nets that look ahead */
    int32_t *waiting; /* [lookahead][512] spectra, a ring */
    uint8_t due;      /* of them: the oldest */
};

/* Bytes that the net needs; 0 if nnsp_init would refuse the net's shapes. */
uint32_t nnsp_memory_bytes(const struct nnsp_net *net);

/* Checks the net and resets. `memory`, aligned to 8 bytes, and `net` must
 * outlive `nnsp`. Returns NNSP_OK or one of enum nnsp_status. */
int nnsp_init(struct nnsp *nnsp, const struct nnsp_net *net, void *memory,
              uint32_t memory_bytes);

/* Back to the state after nnsp_init, but for mask_min: silence has gone before;
 * context of the first layer is that of silence, all other state 0. */
void nnsp_reset(struct nnsp *nnsp);

/* The whole pipeline; out may be in. The same as the four stages below, one
 * after the other. */
void nnsp_step(struct nnsp *nnsp, int16_t out[NNSP_HOP],
               const int16_t in[NNSP_HOP]);

/* Samples to spectrum, spectrum to features, features to mask, and mask with
 * spectrum to samples (which uses the spectrum up). A caller may change the
 * mask between the last two; it is that of the frame `lookahead` before. */
void nnsp_analyse(struct nnsp *nnsp, const int16_t in[NNSP_HOP]);
void nnsp_extract(struct nnsp *nnsp);
void nnsp_infer(struct nnsp *nnsp);
void nnsp_synthesise(struct nnsp *nnsp, int16_t out[NNSP_HOP]);

/* In place of nnsp_infer, to see what a layer gives: the first n_layers of the
 * net take their step on the features, the mask stays. Returns the output of
 * the last of them, valid until the next call, or null on a frame for which
 * strides leave none. */
const int16_t *nnsp_run_layers(struct nnsp *nnsp, uint32_t n_layers);

#ifdef __cplusplus
}
#endif

#endif
