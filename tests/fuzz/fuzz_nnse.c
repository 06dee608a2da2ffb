/* fuzz_nnse.c - libFuzzer: the public library. Bytes choose a configuration,
 * lengths of blocks and calls; the rest are a net in memory, or samples. What
 * comes out is finite and as loud as it may be. */
#include "fuzz.h"

#include "nnse.h"

#include <math.h>

enum { MOST = 1024 };

static const int rates[] = {16000, 8000, 48000, 44100, 192000, 7999, 0, -1};
static struct nnse_net *net; /* the last one that could be read */

static void choose(struct nnse_config *config, const uint8_t **bytes, size_t *n)
{
    nnse_defaults(config);
    config->rate_hz = rates[fuzz_take(bytes, n) % 8];
    config->channels = fuzz_take(bytes, n) % 5;
    config->engine = fuzz_take(bytes, n) % 3;
    config->separate_channels = fuzz_take(bytes, n) & 1;
    config->limit_db = (float)fuzz_take(bytes, n) - 8;
    if (config->limit_db > 200)
        config->limit_db = INFINITY;
}

static void fill(float *samples, size_t n, const uint8_t **bytes, size_t *left)
{
    for (size_t i = 0; i < n; i++)
        samples[i] = (float)(int8_t)fuzz_take(bytes, left) / 128.0f;
    if (*left >= 4 && n > 0) { /* of any value, NaN and infinity among them */
        memcpy(samples, *bytes, 4);
        *bytes += 4;
        *left -= 4;
    }
}

static void process(struct nnse *nnse, int channels, const uint8_t **bytes,
                    size_t *left)
{
    static float samples[MOST * 4];
    static int16_t whole[MOST * 4];
    size_t n = fuzz_take(bytes, left) * 8u % MOST;
    size_t n_all = n * (size_t)channels;

    switch (fuzz_take(bytes, left) % 4) {
    case 0:
        nnse_reset(nnse);
        break;
    case 1:
        nnse_limit(nnse, (float)(int8_t)fuzz_take(bytes, left));
        break;
    case 2:
        for (size_t i = 0; i < n_all; i++)
            whole[i] = (int16_t)(fuzz_take(bytes, left) << 8);
        nnse_process_int16(nnse, whole, whole, n);
        break;
    default:
        fill(samples, n_all, bytes, left);
        nnse_process(nnse, samples, samples, n);
        for (size_t i = 0; i < n_all; i++) {
            if (!isfinite(samples[i]))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct nnse_config config;
    struct nnse *nnse;

    if (n > 0 && bytes[0] == 'N') {
        struct nnse_net *other;

        if (nnse_net_memory(&other, bytes + 1, n - 1) == NNSE_OK) {
            nnse_net_free(net);
            net = other;
        } else if (!nnse_error()[0]) {
            abort();
        }
        return 0;
    }
    choose(&config, &bytes, &n);
    if (nnse_create(&nnse, net, &config) != NNSE_OK) {
        if (!nnse_error()[0] || nnse)
            abort();
        return 0;
    }
    if (nnse_delay(nnse) < 0)
        abort();
    for (int i = 0; i < 8 && n > 0; i++)
        process(nnse, config.channels, &bytes, &n);
    nnse_destroy(nnse);
    return 0;
}
