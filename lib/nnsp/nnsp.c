/* nnsp.c - memory, start, and the way of a frame through the stages. */
#include "nnsp/nnsp.h"

#include "nnsp/copy.h"
#include "nnsp/layer.h"
#include "nnsp/log.h"
#include "nnsp/mask.h"
#include "nnsp/speech.h"
#include "nnsp/taps.h"

static int layer_is_known(const struct nnsp_layer *layer)
{
    if (layer->type > NNSP_CONV1D || layer->activation > NNSP_LINEAR)
        return 0;
    if (layer->type == NNSP_LSTM &&
        (layer->activation != NNSP_TANH || !layer->recurrent ||
         !layer->recurrent_shift))
        return 0;
    if (layer->type != NNSP_CONV1D &&
        (layer->kernel_size != 1 || layer->stride != 1))
        return 0;
    return layer->kernel_size >= 1 && layer->stride >= 1 && layer->n_in >= 1 &&
           layer->n_in <= NNSP_MAX_WIDTH && layer->n_out >= 1 &&
           layer->n_out <= NNSP_MAX_WIDTH && layer->kernel && layer->bias &&
           layer->shift;
}

static uint32_t n_taps(const struct nnsp_net *net)
{
    return net->n_taps ? net->n_taps : 1;
}

/* Of filters, no frame comes before the oldest that they go over. */
static int lookahead_is_known(const struct nnsp_net *net)
{
    return n_taps(net) > 1 ? net->lookahead < n_taps(net)
                           : net->lookahead <= NNSP_MAX_LOOKAHEAD;
}

static uint32_t widest_layer(const struct nnsp_net *net)
{
    uint32_t widest = 0;

    for (int i = 0; i < net->n_layers; i++)
        if (net->layers[i].n_out > widest)
            widest = net->layers[i].n_out;
    return widest;
}

uint32_t nnsp_memory_bytes(const struct nnsp_net *net)
{
    uint32_t bytes = NNSP_BASE_BYTES, n_in = net->n_features;

    if (net->n_layers < 1 || net->n_layers > NNSP_MAX_LAYERS || n_in < 1 ||
        n_in > NNSP_BINS || n_taps(net) > NNSP_MAX_TAPS ||
        !lookahead_is_known(net))
        return 0;
    bytes += NNSP_FEATURE_BYTES(n_in);
    for (int i = 0; i < net->n_layers; i++) {
        const struct nnsp_layer *layer = &net->layers[i];

        if (!layer_is_known(layer) || layer->n_in != n_in)
            return 0;
        bytes += nnsp_state_bytes(layer);
        n_in = layer->n_out;
    }
    if (n_in != n_taps(net) * NNSP_BINS)
        return 0;
    bytes += NNSP_WIDTH_BYTES(widest_layer(net));
    bytes += NNSP_LOOKAHEAD_BYTES((uint32_t)net->lookahead);
    if (n_taps(net) > 1)
        bytes += NNSP_TAPS_BYTES(n_taps(net), 0);
    return bytes;
}

/* Weight (r, c) of a packed matrix: a lane's low byte, or what is above it. */
static int weight_at(const int8_t *packed, uint32_t r, uint32_t c,
                     uint32_t n_columns)
{
    const int8_t *lane =
        packed + r / 4 * 4 * n_columns + c / 2 * 8 + r % 4 / 2 * 4 + c % 2 * 2;

    return r % 2 ? lane[1] + (lane[0] < 0) : lane[0];
}

/* Whether no input can overflow the sum of row r, and its padding is 0. */
static int row_is_safe(const int8_t *packed, uint32_t r, uint32_t n_columns,
                       int32_t bias)
{
    int64_t limit = INT64_C(0x80000000) - (bias < 0 ? -(int64_t)bias : bias);
    int64_t sum = 0;

    for (uint32_t c = 0; c < NNSP_PAD(n_columns); c++) {
        int weight = weight_at(packed, r, c, NNSP_PAD(n_columns));

        if (c >= n_columns && weight != 0)
            return 0;
        sum += weight < 0 ? -weight : weight;
    }
    return sum * 32768 < limit;
}

/* The two parts of an lstm are added after their shifts, each below 2^30. */
static int layer_status(const struct nnsp_layer *layer)
{
    int is_lstm = layer->type == NNSP_LSTM;

    for (uint32_t r = 0; r < nnsp_rows(layer); r++) {
        if (layer->shift[r] > 31 || (is_lstm && layer->shift[r] < 1))
            return NNSP_ERR_NET;
        if (is_lstm &&
            (layer->recurrent_shift[r] > 31 || layer->recurrent_shift[r] < 1))
            return NNSP_ERR_NET;
        if (!row_is_safe(layer->kernel, r, nnsp_columns(layer), layer->bias[r]))
            return NNSP_ERR_RANGE;
        if (is_lstm && !row_is_safe(layer->recurrent, r, layer->n_out, 0))
            return NNSP_ERR_RANGE;
    }
    return NNSP_OK;
}

/* Means beyond 128 could overflow what is subtracted from them. */
static int bands_status(const struct nnsp_net *net)
{
    for (int i = 0; i <= net->n_features; i++)
        if (net->edge[i] > net->edge[i + 1])
            return NNSP_ERR_BANDS;
    if (net->edge[net->n_features + 1] > NNSP_BINS)
        return NNSP_ERR_BANDS;
    for (int i = 0; i < net->n_features; i++)
        if (net->mean[i] > 1 << 24 || net->mean[i] < -(1 << 24))
            return NNSP_ERR_BANDS;
    return NNSP_OK;
}

static int net_status(const struct nnsp_net *net)
{
    int status = bands_status(net);

    if (net->mask_gain < 1 || net->mask_gain > 65535)
        return NNSP_ERR_NET;
    for (int i = 0; i < net->n_layers && status == NNSP_OK; i++)
        status = layer_status(&net->layers[i]);
    return status;
}

static void *take(uint8_t **free_memory, uint32_t bytes)
{
    void *place = *free_memory;

    *free_memory += bytes;
    return place;
}

static void take_filters(struct nnsp *nnsp, uint8_t **free_memory)
{
    uint32_t n = n_taps(nnsp->net), numbers = NNSP_PAD(n * NNSP_BINS);

    if (n == 1)
        return;
    nnsp->amplitude = take(free_memory, 4 * numbers);
    nnsp->taps = take(free_memory, 2 * numbers);
}

int nnsp_init(struct nnsp *nnsp, const struct nnsp_net *net, void *memory,
              uint32_t memory_bytes)
{
    uint32_t needed = nnsp_memory_bytes(net);
    uint8_t *next = memory;

    if (needed == 0)
        return NNSP_ERR_NET;
    if (memory_bytes < needed || (uintptr_t)memory % 8 != 0)
        return NNSP_ERR_MEMORY;

    int status = net_status(net);

    if (status != NNSP_OK)
        return status;

    uint32_t buffer_bytes = NNSP_WIDTH_BYTES(widest_layer(net)) / 2;
    uint32_t lookahead = net->lookahead;

    nnsp->net = net;
    nnsp->overlap = take(&next, 4 * NNSP_DELAY);
    nnsp->spectrum = take(&next, 4 * NNSP_FFT);
    nnsp->history = take(&next, 2 * (NNSP_WINDOW + NNSP_HOP * lookahead));
    nnsp->mask = take(&next, 2 * NNSP_PAD(NNSP_BINS));
    nnsp->features = take(&next, NNSP_FEATURE_BYTES((uint32_t)net->n_features));
    nnsp->buffer[0] = take(&next, buffer_bytes);
    nnsp->buffer[1] = take(&next, buffer_bytes);
    take_filters(nnsp, &next);
    nnsp->waiting = take(&next, 4 * NNSP_FFT * lookahead);
    nnsp->state = next;
    nnsp->mask_min = 0;
    nnsp_reset(nnsp);
    return NNSP_OK;
}

void nnsp_reset(struct nnsp *nnsp)
{
    const struct nnsp_net *net = nnsp->net;
    uint32_t n_words = nnsp_memory_bytes(net) / 4;

    for (uint32_t i = 0; i < n_words; i++)
        nnsp->overlap[i] = 0; /* the first of all arrays */
    for (int i = 0; i < net->n_features; i++)
        nnsp->features[i] = nnsp_standardise(net, nnsp_log10_q17(0), i);
    if (net->layers[0].type == NNSP_CONV1D)
        nnsp_conv1d_fill(&net->layers[0], nnsp->state, nnsp->features);
    for (int k = 0; k < NNSP_BINS; k++)
        nnsp->mask[k] = 32767;
    nnsp->due = 0;
    nnsp_speech_reset(nnsp);
    if (n_taps(net) > 1)
        for (int i = 0; i < net->n_taps * NNSP_BINS; i++)
            nnsp->amplitude[i] = nnsp_amplitude(0, 0);
}

const int16_t *nnsp_run_layers(struct nnsp *nnsp, uint32_t n_layers)
{
    const struct nnsp_net *net = nnsp->net;
    const int16_t *x = nnsp->features;
    uint8_t *state = nnsp->state;

    for (uint32_t i = 0; i < n_layers; i++) {
        int16_t *y = nnsp->buffer[i % 2];

        if (!nnsp_layer_step(&net->layers[i], y, state, x))
            return 0; /* not due on this frame */
        state += nnsp_state_bytes(&net->layers[i]);
        x = y;
    }
    return x;
}

void nnsp_infer(struct nnsp *nnsp)
{
    const int16_t *y = nnsp_run_layers(nnsp, nnsp->net->n_layers);

    if (n_taps(nnsp->net) > 1) {
        if (y) /* else the taps are held */
            nnsp_copy(nnsp->taps, y, n_taps(nnsp->net) * NNSP_BINS);
        nnsp_taps_add(nnsp);
        nnsp_taps_mask(nnsp);
    } else if (y) { /* else the mask is held */
        nnsp_mask_set(nnsp->mask, y, nnsp->net->mask_gain);
    }
    nnsp_speech_update(nnsp);
}

void nnsp_step(struct nnsp *nnsp, int16_t out[NNSP_HOP],
               const int16_t in[NNSP_HOP])
{
    nnsp_analyse(nnsp, in);
    nnsp_extract(nnsp);
    nnsp_infer(nnsp);
    nnsp_synthesise(nnsp, out);
}
