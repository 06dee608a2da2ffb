/* test_plugins.c - the plug-ins in the hands of hosts: those that do as they
 * should, and those that do not. */
#include "plugins/plugin.h"

#include "base/rng.h"
#include "nnse.h"
#include "realtime_trap.h"
#include "signals.h"

#include <ladspa.h>
#include <malloc.h>
#include <math.h>

const LADSPA_Descriptor *ladspa_descriptor(unsigned long index);

enum { MAX_SAMPLES = 96000 };

/* One instance in a host, with what its control ports are connected to. */
struct host {
    const LADSPA_Descriptor *plugin;
    LADSPA_Handle handle;
    unsigned long channels;
    float limit_db, net, latency, speech;
};

static int open_host(struct host *host, unsigned long rate_hz,
                     unsigned long channels)
{
    const LADSPA_Descriptor *plugin = ladspa_descriptor(channels - 1);

    *host = (struct host){.plugin = plugin,
                          .channels = channels,
                          .limit_db = 100.0f,
                          .latency = -1.0f,
                          .speech = -1.0f};
    host->handle = plugin->instantiate(plugin, rate_hz);
    return host->handle != NULL;
}

static void run(struct host *host, float *const *out, float *const *in,
                unsigned long n)
{
    const LADSPA_Descriptor *plugin = host->plugin;
    unsigned long port = 0;

    for (unsigned long c = 0; c < host->channels; c++)
        plugin->connect_port(host->handle, port++, in[c]);
    for (unsigned long c = 0; c < host->channels; c++)
        plugin->connect_port(host->handle, port++, out[c]);
    plugin->connect_port(host->handle, port++, &host->limit_db);
    plugin->connect_port(host->handle, port++, &host->net);
    plugin->connect_port(host->handle, port++, &host->latency);
    plugin->connect_port(host->handle, port++, &host->speech);
    expect_equal(port, plugin->PortCount);
    plugin->run(host->handle, n);
}

/* The mono plug-in on x[n], in place, in blocks of `block`. */
static void run_mono(struct host *host, float *x, int n, int block)
{
    for (int i = 0; i < n; i += block) {
        float *at = x + i;

        run(host, &at, &at, (unsigned long)(n - i < block ? n - i : block));
    }
}

static void fresh(struct host *host, unsigned long rate_hz,
                  unsigned long channels)
{
    if (!open_host(host, rate_hz, channels))
        fail_test("no instance at %lu Hz", rate_hz);
    host->plugin->activate(host->handle);
}

static void release(struct host *host)
{
    host->plugin->cleanup(host->handle);
}

static const unsigned long rates[] = {8000,  11025, 16000, 22050,
                                      44100, 48000, 96000, 192000};
enum { N_RATES = sizeof rates / sizeof *rates };

/* An impulse comes out where the latency port says, in blocks of any length. */
TEST(latency_is_reported)
{
    static const int blocks[] = {1, 64, 333, 1024, 4096};
    static float x[20000];
    enum { N = sizeof x / sizeof *x };

    for (int i = 0; i < N_RATES * PLUGIN_NETS; i++) {
        for (int b = 0; b < 5; b++) {
            struct host host;

            fresh(&host, rates[i / PLUGIN_NETS], 1);
            host.limit_db = 0.0f;
            host.net = (float)(i % PLUGIN_NETS);
            memset(x, 0, sizeof x);
            x[100] = 0.5f;
            run_mono(&host, x, N, blocks[b]);
            for (int k = 0; k < N; k++)
                expect(x[k] == (k == 100 + (int)host.latency ? 0.5f : 0.0f));
            release(&host);
        }
    }
}

/* What the library does, by the same names: no limit, a limit, integers. */
TEST(sound_is_the_librarys)
{
    static float x[2][MAX_SAMPLES / 2], y[2][MAX_SAMPLES / 2];
    enum { N = MAX_SAMPLES / 2 };
    float *planes[] = {x[0], x[1]}, *expected[] = {y[0], y[1]};

    for (int i = 0; i < 4; i++) {
        struct host host;
        struct nnse_config config;
        struct nnse *nnse;

        fresh(&host, 48000, 2);
        nnse_defaults(&config);
        config.rate_hz = 48000;
        config.channels = 2;
        if (i % 2)
            config.limit_db = host.limit_db = 12.0f;
        host.net = (float)(i / 2);
        config.engine = i / 2 ? NNSE_ENGINE_INTEGER : NNSE_ENGINE_FLOAT;
        expect(nnse_create(&nnse, NULL, &config) == NNSE_OK);
        noise_with_pauses(x[0], N, 1);
        noise_with_pauses(x[1], N, 2);
        memcpy(y, x, sizeof y);
        nnse_process_planar(nnse, expected, (const float *const *)expected, N);
        run(&host, planes, planes, N);
        expect_bytes(x, y, sizeof y);
        nnse_destroy(nnse);
        release(&host);
    }
}

/* Outputs may be inputs, each any of them; blocks of no samples at all change
 * nothing. */
TEST(ports_share_memory)
{
    enum { N = 24000 };
    static float left[N], right[N], out[2][N];
    struct host apart, crossed;
    float *in[] = {left, right}, *outs[] = {out[0], out[1]};

    fresh(&apart, 44100, 2);
    fresh(&crossed, 44100, 2);
    noise_with_pauses(left, N, 3);
    noise_with_pauses(right, N, 4);
    run(&apart, outs, in, N);
    for (int i = 0; i < N; i += 600) {
        float *at[] = {left + i, right + i}, *swapped[] = {right + i, left + i};

        run(&crossed, swapped, at, 0);
        run(&crossed, swapped, at, 600);
    }
    expect_bytes(right, out[0], sizeof left);
    expect_bytes(left, out[1], sizeof right);
    release(&apart);
    release(&crossed);
}

/* Another net listens first; then it is heard as if it had always been alone,
 * and between them the one fades into the other. */
TEST(nets_change_without_a_click)
{
    enum { RATE = 48000, N = 2 * RATE, CHANGE = 40000 };
    static float in[N], old[N], new[N], both[N];

    noise_with_pauses(in, N, 5);
    for (int net = 1; net < PLUGIN_NETS; net++) {
        struct host host;
        int heard = CHANGE + RATE / 2, done = heard + RATE / 50;

        memcpy(old, in, sizeof in);
        fresh(&host, RATE, 1);
        run_mono(&host, old, N, 480);
        memcpy(both, in, sizeof in);
        host.plugin->activate(host.handle);
        run_mono(&host, both, CHANGE, 480);
        host.net = (float)net;
        run_mono(&host, both + CHANGE, N - CHANGE, 480);
        memcpy(new, in, sizeof in);
        host.plugin->activate(host.handle);
        run_mono(&host, new + CHANGE, N - CHANGE, 480);
        release(&host);

        expect_bytes(both, old, (size_t)heard * sizeof *old);
        expect(memcmp(old, new, sizeof old) != 0);
        for (int i = heard; i < done; i++)
            expect_range(both[i], fminf(old[i], new[i]) - 1e-6f,
                         fmaxf(old[i], new[i]) + 1e-6f);
        expect_bytes(both + done, new + done, (size_t)(N - done) * sizeof *new);
    }
}

/* The probability of speech is the library's, of the net that is heard. */
TEST(speech_is_reported)
{
    enum { N = 48000 };
    static float x[N], y[N];

    for (int net = 0; net < 2; net++) {
        struct host host;
        struct nnse_config config;
        struct nnse *nnse;

        fresh(&host, 48000, 1);
        host.net = (float)net;
        nnse_defaults(&config);
        config.rate_hz = 48000;
        config.engine = net ? NNSE_ENGINE_INTEGER : NNSE_ENGINE_FLOAT;
        expect(nnse_create(&nnse, NULL, &config) == NNSE_OK);
        noise_with_pauses(x, N, 10);
        memcpy(y, x, sizeof y);
        for (int i = 0; i < N; i += 480) {
            run_mono(&host, x + i, 480, 480);
            nnse_process(nnse, y + i, y + i, 480);
            expect(host.speech == nnse_speech_probability(nnse));
        }
        expect_range(host.speech, 0.0, 1.0);
        nnse_destroy(nnse);
        release(&host);
    }
}

/* Controls that are out of range, or no numbers, leave all as it is. */
TEST(controls_may_be_anything)
{
    static const float odd[] = {NAN,  -NAN,  INFINITY, -INFINITY, -1.0f,
                                3.0f, 1e30f, -1e30f,   2.6f};
    enum { N = 16000, N_ODD = sizeof odd / sizeof *odd };
    static float x[N], expected[N];
    struct host host, calm;

    noise_with_pauses(x, N, 6);
    memcpy(expected, x, sizeof x);
    fresh(&host, 16000, 1);
    fresh(&calm, 16000, 1);
    for (int i = 0; i + 100 <= N; i += 100) {
        host.net = odd[i / 100 % N_ODD];
        host.limit_db = i / 100 % 3 ? NAN : 1e30f;
        run_mono(&host, x + i, 100, 100);
        run_mono(&calm, expected + i, 100, 100);
    }
    expect_bytes(x, expected, sizeof x);
    release(&host);
    release(&calm);
}

/* Samples that are none: finite sound comes out, and good sound soon after. */
TEST(samples_may_be_anything)
{
    enum { N = 48000 };
    static const float odd[] = {NAN,    -INFINITY, 3e38f, -3e38f,
                                1e-40f, 0.0f,      1e20f, -1e-45f};
    static float x[N];

    for (int i = 0; i < N_RATES * PLUGIN_NETS; i++) {
        struct host host;

        fresh(&host, rates[i / PLUGIN_NETS], 1);
        host.net = (float)(i % PLUGIN_NETS);
        noise_with_pauses(x, N, 7);
        for (int k = 0; k < N / 4; k++)
            x[k] = odd[k % 8];
        run_mono(&host, x, N, 512);
        for (int k = 0; k < N; k++)
            expect(isfinite(x[k]));
        for (int k = N - 2000; k < N; k++)
            expect(fabsf(x[k]) < 1.5f);
        release(&host);
    }
}

/* A rate that the library does not take is refused, not attempted. */
TEST(rates_that_are_none)
{
    static const unsigned long bad[] = {0, 1, 7999, 192001, 384000, ~0ul};
    struct host host;

    for (int i = 0; i < 6; i++)
        expect(!open_host(&host, bad[i], 2));
    expect(!plugin_create((double)NAN, 1));
    expect(!plugin_create(48000.0, 0));
    expect(!plugin_create(48000.0, 3));
    expect(!ladspa_descriptor(2));
}

/* A thousand at once, and none has weights of its own. */
TEST(a_thousand_instances)
{
    enum { N = 1000 };
    static struct host hosts[N];
    const int n = trap_sanitized ? N / 10 : N; /* with what surrounds them */
    size_t before;
    float x[64] = {0.1f};

    fresh(&hosts[0], 48000, 1);
    before = mallinfo2().uordblks;
    for (int i = 1; i < n; i++)
        fresh(&hosts[i], 48000, 1);
    if (!trap_sanitized)
        expect_range((mallinfo2().uordblks - before) / (size_t)(n - 1), 0, 1e6);
    for (int i = 0; i < n; i++)
        run_mono(&hosts[i], x, 64, 64);
    for (int i = 0; i < n; i++)
        release(&hosts[i]);
}

/* ---- threads --------------------------------------------------------------*/

enum { N_THREADS = 10, N_HEARD = 6000 };

static float heard[N_THREADS][N_HEARD], alone[N_HEARD];

/* A host's thread: as its rate changes it takes another instance; another net
 * meanwhile. */
static void *listen(void *argument)
{
    float *x = argument;

    for (int i = 0; i < 3; i++) {
        struct host host;

        fresh(&host, rates[3 + i], 1);
        noise_with_pauses(x, N_HEARD, 8);
        run_mono(&host, x, N_HEARD / 2, 100);
        host.net = (float)i;
        run_mono(&host, x + N_HEARD / 2, N_HEARD / 2, 333);
        release(&host);
    }
    return NULL;
}

TEST(ten_threads)
{
    pthread_t threads[N_THREADS];

    for (int i = 0; i < N_THREADS; i++)
        expect_equal(pthread_create(&threads[i], NULL, listen, heard[i]), 0);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    listen(alone);
    for (int i = 0; i < N_THREADS; i++)
        expect_bytes(heard[i], alone, sizeof alone);
}

/* ---- the audio thread -----------------------------------------------------*/

static float trapped[MAX_SAMPLES];

static void use(void *argument)
{
    struct host *host = argument;
    int block = 1;

    for (int i = 0; i + block <= MAX_SAMPLES / 2; i += block) {
        run_mono(host, trapped + i, block, block);
        block = block * 7 % 4099 + 1;
        host->net = (float)(block % PLUGIN_NETS);
        host->limit_db = (float)(block % 40);
        if (block % 64 == 0)
            host->plugin->activate(host->handle);
    }
}

TEST(run_allocates_nothing)
{
    need_trap();
    noise_with_pauses(trapped, MAX_SAMPLES, 9);
    for (int r = 0; r < N_RATES; r++) {
        struct host host;

        fresh(&host, rates[r], 1);
        expect_realtime(use, &host);
        release(&host);
    }
}
