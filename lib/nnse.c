/* nnse.c - the public library over lib/enhance: nets, streams, files. */
#include "nnse.h"

#include "base/locale.h"
#include "base/status.h"
#include "dsp/convert.h"
#include "enhance/realtime.h"
#include "model/model.h"
#include "nnse_builtin.h"
#include "nnse_private.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)NNSE_OK == SE_OK &&
                   (int)NNSE_ERROR_ARGUMENT == SE_ERR_ARG &&
                   (int)NNSE_ERROR_IO == SE_ERR_IO &&
                   (int)NNSE_ERROR_FORMAT == SE_ERR_FORMAT &&
                   (int)NNSE_ERROR_MEMORY == SE_ERR_MEMORY &&
                   (int)NNSE_ERROR_NUMERIC == SE_ERR_NUMERIC,
               "a status is the library's own");

enum { MAX_RATE_HZ = 192000, MIN_RATE_HZ = 8000, MAX_CHANNELS = 64 };

struct nnse {
    struct se_realtime *realtime;
    int channels;
    _Atomic float limit_db; /* as asked for */
    float limit_db_now;     /* as in use */
    _Atomic float speech;   /* of the newest frame */
    float *block;           /* [SE_REALTIME_BLOCK][channels] */
};

_Thread_local struct se_report se_nnse_last;

const char *nnse_error(void)
{
    return se_nnse_last.text;
}

const char *nnse_version(void)
{
    return SE_VERSION;
}

/* ---- nets ---------------------------------------------------------------- */

/* The net may be one that integers cannot hold: only asking for it fails. */
static void quantise(struct nnse_net *net)
{
    net->integer_status =
        se_quantise(&net->integer, &net->model, NULL, &net->integer_report);
}

/* `bytes` NULL: a file of that name. */
static int open_net(struct nnse_net **out, const char *name, const void *bytes,
                    size_t n_bytes, struct se_report *report)
{
    struct nnse_net *net = calloc(1, sizeof *net);
    locale_t host;
    int status;

    *out = NULL;
    if (!net)
        return se_fail_memory(report, name);
    host = se_locale_enter();
    status =
        bytes ? se_model_read_memory(&net->model, name, bytes, n_bytes, report)
              : se_model_read(&net->model, name, report);
    se_locale_leave(host);
    if (status != SE_OK) {
        free(net);
        return status;
    }
    quantise(net);
    *out = net;
    return SE_OK;
}

int nnse_net_file(struct nnse_net **net, const char *path)
{
    return se_nnse_status(open_net(net, path, NULL, 0, &se_nnse_last));
}

int nnse_net_memory(struct nnse_net **net, const void *bytes, size_t n_bytes)
{
    return open_net(net, "net in memory", bytes ? bytes : "",
                    bytes ? n_bytes : 0, &se_nnse_last);
}

void nnse_net_free(struct nnse_net *net)
{
    if (!net)
        return;
    se_quant_net_free(net->integer);
    se_model_free(&net->model);
    free(net);
}

/* Opened once, shared by all streams, kept to the end of the process. */
static struct nnse_net *builtin;
static int builtin_status;
static struct se_report builtin_report;
static pthread_once_t builtin_once = PTHREAD_ONCE_INIT;

static void open_builtin(void)
{
    builtin_status =
        open_net(&builtin, "built-in net", nnse_builtin,
                 (size_t)(nnse_builtin_end - nnse_builtin), &builtin_report);
}

int se_nnse_pick_net(const struct nnse_net **net)
{
    if (*net)
        return SE_OK;
    pthread_once(&builtin_once, open_builtin);
    *net = builtin;
    if (builtin_status != SE_OK)
        se_nnse_last = builtin_report;
    return builtin_status;
}

/* ---- streams ------------------------------------------------------------- */

void nnse_defaults(struct nnse_config *config)
{
    *config = (struct nnse_config){
        .size = sizeof *config,
        .rate_hz = SE_RATE_HZ,
        .channels = 1,
        .engine = NNSE_ENGINE_FLOAT,
        .limit_db = INFINITY,
    };
}

int se_nnse_read_config(struct nnse_config *known,
                        const struct nnse_config *config)
{
    nnse_defaults(known);
    if (!config)
        return SE_OK;
    if (config->size < sizeof config->size)
        return se_fail(&se_nnse_last, SE_ERR_ARG,
                       "config.size is %zu: expected nnse_defaults(&config)",
                       config->size);
    memcpy(known, config,
           config->size < sizeof *known ? config->size : sizeof *known);
    if (known->rate_hz < MIN_RATE_HZ || known->rate_hz > MAX_RATE_HZ)
        return se_fail(&se_nnse_last, SE_ERR_ARG,
                       "config.rate_hz is %d, expected %d to %d",
                       known->rate_hz, MIN_RATE_HZ, MAX_RATE_HZ);
    if (known->channels < 1 || known->channels > MAX_CHANNELS)
        return se_fail(&se_nnse_last, SE_ERR_ARG,
                       "config.channels is %d, expected 1 to %d",
                       known->channels, MAX_CHANNELS);
    if (known->engine != NNSE_ENGINE_FLOAT &&
        known->engine != NNSE_ENGINE_INTEGER)
        return se_fail(
            &se_nnse_last, SE_ERR_ARG, "config.engine is %d, expected %d or %d",
            (int)known->engine, NNSE_ENGINE_FLOAT, NNSE_ENGINE_INTEGER);
    if (!(known->limit_db >= 0.0f))
        return se_fail(&se_nnse_last, SE_ERR_ARG,
                       "config.limit_db is %g, expected 0 or more",
                       (double)known->limit_db);
    return SE_OK;
}

int se_nnse_enhancer_config(struct se_enhancer_config *config,
                            const struct nnse_net *net,
                            const struct nnse_config *from)
{
    *config = (struct se_enhancer_config){
        .channels = from->channels,
        .mode = from->separate_channels ? SE_CHANNELS_EACH : SE_CHANNELS_LINKED,
        .attenuation_limit_db = from->limit_db,
    };
    if (from->engine == NNSE_ENGINE_FLOAT)
        return SE_OK;
    if (!net->integer) {
        se_nnse_last = net->integer_report;
        return net->integer_status;
    }
    config->fixed = &net->integer->net;
    return SE_OK;
}

static int fill_stream(struct nnse *nnse, const struct nnse_net *net,
                       const struct nnse_config *config)
{
    struct se_enhancer_config enhancer;
    int status = se_nnse_enhancer_config(&enhancer, net, config);

    if (status == SE_OK)
        status = se_realtime_create(&nnse->realtime, &net->model, &enhancer,
                                    config->rate_hz, &se_nnse_last);
    if (status != SE_OK)
        return status;
    nnse->channels = config->channels;
    nnse->limit_db = nnse->limit_db_now = config->limit_db;
    nnse->block = malloc((size_t)config->channels * SE_REALTIME_BLOCK *
                         sizeof *nnse->block);
    return nnse->block ? SE_OK : se_fail_memory(&se_nnse_last, "a stream");
}

int nnse_create(struct nnse **out, const struct nnse_net *net,
                const struct nnse_config *config)
{
    struct nnse_config known;
    locale_t host = se_locale_enter();
    int status = se_nnse_read_config(&known, config);

    se_locale_leave(host);
    *out = NULL;
    if (status == SE_OK)
        status = se_nnse_pick_net(&net);
    if (status != SE_OK)
        return status;

    struct nnse *nnse = calloc(1, sizeof *nnse);

    if (!nnse)
        return se_fail_memory(&se_nnse_last, "a stream");
    status = fill_stream(nnse, net, &known);
    if (status == SE_OK)
        *out = nnse;
    else
        nnse_destroy(nnse);
    return status;
}

void nnse_destroy(struct nnse *nnse)
{
    if (!nnse)
        return;
    se_realtime_destroy(nnse->realtime);
    free(nnse->block);
    free(nnse);
}

int nnse_delay(const struct nnse *nnse)
{
    return se_realtime_delay(nnse->realtime);
}

void nnse_limit(struct nnse *nnse, float limit_db)
{
    if (limit_db >= 0.0f)
        atomic_store_explicit(&nnse->limit_db, limit_db, memory_order_relaxed);
}

float nnse_speech_probability(const struct nnse *nnse)
{
    return atomic_load_explicit(&nnse->speech, memory_order_relaxed);
}

void nnse_reset(struct nnse *nnse)
{
    se_realtime_reset(nnse->realtime);
    atomic_store_explicit(&nnse->speech, 0.0f, memory_order_relaxed);
}

/* Enhances nnse->block[n][channels]. */
static void run(struct nnse *nnse, int n)
{
    float limit_db =
        atomic_load_explicit(&nnse->limit_db, memory_order_relaxed);

    if (limit_db != nnse->limit_db_now) {
        nnse->limit_db_now = limit_db;
        se_realtime_limit(nnse->realtime, limit_db);
    }
    se_realtime_process(nnse->realtime, nnse->block, n);
    atomic_store_explicit(&nnse->speech, se_realtime_speech(nnse->realtime),
                          memory_order_relaxed);
}

/* Where a caller's samples are: sample i of channel c stands at [i * stride]
 * from in[c] and out[c]. */
struct layout {
    const void *in[MAX_CHANNELS];
    void *out[MAX_CHANNELS];
    size_t stride;
    int is_int16; /* else float */
};

static void load(const struct nnse *nnse, const struct layout *layout,
                 size_t first, int n)
{
    for (int c = 0; c < nnse->channels; c++) {
        float *block = nnse->block + c;
        const float *reals = layout->in[c];
        const int16_t *wholes = layout->in[c];

        for (int i = 0; i < n; i++, block += nnse->channels) {
            size_t k = (first + (size_t)i) * layout->stride;

            *block = layout->is_int16 ? (float)wholes[k] / 32768.0f : reals[k];
        }
    }
}

static void store(const struct nnse *nnse, const struct layout *layout,
                  size_t first, int n)
{
    for (int c = 0; c < nnse->channels; c++) {
        const float *block = nnse->block + c;
        float *reals = layout->out[c];
        int16_t *wholes = layout->out[c];

        for (int i = 0; i < n; i++, block += nnse->channels) {
            size_t k = (first + (size_t)i) * layout->stride;

            if (layout->is_int16)
                se_to_int16(&wholes[k], block, 1);
            else
                reals[k] = *block;
        }
    }
}

static void process(struct nnse *nnse, const struct layout *layout, size_t n)
{
    for (size_t first = 0; first < n; first += SE_REALTIME_BLOCK) {
        size_t left = n - first;
        int m = left < SE_REALTIME_BLOCK ? (int)left : SE_REALTIME_BLOCK;

        load(nnse, layout, first, m);
        run(nnse, m);
        store(nnse, layout, first, m);
    }
}

void nnse_process(struct nnse *nnse, float *out, const float *in, size_t n)
{
    struct layout layout = {.stride = (size_t)nnse->channels};

    for (int c = 0; c < nnse->channels; c++) {
        layout.in[c] = in + c;
        layout.out[c] = out + c;
    }
    process(nnse, &layout, n);
}

void nnse_process_int16(struct nnse *nnse, int16_t *out, const int16_t *in,
                        size_t n)
{
    struct layout layout = {.stride = (size_t)nnse->channels, .is_int16 = 1};

    for (int c = 0; c < nnse->channels; c++) {
        layout.in[c] = in + c;
        layout.out[c] = out + c;
    }
    process(nnse, &layout, n);
}

void nnse_process_planar(struct nnse *nnse, float *const *out,
                         const float *const *in, size_t n)
{
    struct layout layout = {.stride = 1};

    for (int c = 0; c < nnse->channels; c++) {
        layout.in[c] = in[c];
        layout.out[c] = out[c];
    }
    process(nnse, &layout, n);
}

void nnse_process_planar_int16(struct nnse *nnse, int16_t *const *out,
                               const int16_t *const *in, size_t n)
{
    struct layout layout = {.stride = 1, .is_int16 = 1};

    for (int c = 0; c < nnse->channels; c++) {
        layout.in[c] = in[c];
        layout.out[c] = out[c];
    }
    process(nnse, &layout, n);
}
