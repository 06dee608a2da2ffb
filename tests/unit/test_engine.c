/* test_engine.c - what an audio thread may call: no memory, no lock and no
 * system call in a step, whichever engine runs; and an engine needs no more
 * than its net. */
#include "base/rng.h"
#include "check.h"
#include "enhance/enhancer.h"
#include "quant/quantise.h"

#include <dlfcn.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOPS = 40, MAX_CHANNELS = 3 };

/* ---- who allocates, who locks -------------------------------------------- */

static volatile int n_allocations, n_locks;

/* The sanitizers have their own. */
#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *p);

void *malloc(size_t n)
{
    n_allocations++;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    n_allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    n_allocations++;
    return __libc_realloc(p, n);
}

void *memalign(size_t alignment, size_t n)
{
    n_allocations++;
    return __libc_memalign(alignment, n);
}

void free(void *p)
{
    n_allocations++;
    __libc_free(p);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*lock)(pthread_mutex_t *);

    n_locks++;
    if (!lock)
        *(void **)&lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    return lock(mutex);
}
#endif

/* ---- nets ---------------------------------------------------------------- */

static const char mask_net[] =
    "input_neurons 24\n"
    "layer_type conv1d\nnum_filters 16\nkernel_size 3\nstrides 2\n"
    "activation tanh\n"
    "layer_type lstm\nlayer_neurons 12\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";
static const char filter_net[] =
    "input_neurons 257\n"
    "layer_type fc\nlayer_neurons 16\nactivation relu6\n"
    "layer_type fc\nlayer_neurons 771\nactivation linear\n"
    "len_filter 3\nlen_lookahead 1\n";
static const char ahead_net[] =
    "input_neurons 24\n"
    "layer_type lstm\nlayer_neurons 12\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"
    "len_lookahead 2\n";

enum { N_NETS = 3 };

static const struct {
    const char *text;
    enum se_feat_type feat_type;
} nets[N_NETS] = {{mask_net, SE_FEAT_MEL},
                  {filter_net, SE_FEAT_PSPEC},
                  {ahead_net, SE_FEAT_MEL}};

static void make_model(struct se_model *model, int net)
{
    struct se_arch arch;
    struct se_rng rng;

    if (se_arch_parse(&arch, nets[net].text, "test", &report) != SE_OK ||
        se_model_create(model, &arch, nets[net].feat_type, &report) != SE_OK)
        fail_test("%s", report.text);
    se_rng_seed(&rng, 5, 0);
    for (int64_t i = 0; i < model->n_parameters; i++)
        model->parameters[i] = (float)(0.3 * se_rng_normal(&rng));
}

static struct se_quant_net *quantise(const struct se_model *model)
{
    struct se_quant_net *net;

    expect_ok(se_quantise(&net, model, NULL, &report));
    return net;
}

static struct se_enhancer *make_enhancer(const struct se_model *model,
                                         const struct se_enhancer_config *c)
{
    struct se_enhancer *enhancer;

    expect_ok(se_enhancer_create(&enhancer, model, c, &report));
    return enhancer;
}

static void make_sound(float *x, int n)
{
    struct se_rng rng;

    se_rng_seed(&rng, 6, 0);
    for (int i = 0; i < n; i++)
        x[i] = (float)(0.1 * se_rng_normal(&rng));
}

/* All that may be done between creation and end; adds a bin of each mask to
 * `out`. */
static void use(struct se_enhancer *enhancer, float *out, const float *in,
                int channels)
{
    for (int t = 0; t < HOPS; t++) {
        if (t == HOPS / 2) {
            se_enhancer_limit(enhancer, 12.0f);
            se_enhancer_reset(enhancer);
        }
        se_enhancer_step(enhancer, out + t * SE_HOP * channels,
                         in + t * SE_HOP * channels);
        out[t * SE_HOP * channels] +=
            se_enhancer_mask(enhancer, channels - 1)[0];
    }
}

/* ---- tests --------------------------------------------------------------- */

enum { QUIET, ALLOCATES, LOCKS, NO_SECCOMP };

/* In a process that the system kills at its first call but for exit. */
static int watch_use(struct se_enhancer *enhancer, int channels)
{
    static float in[HOPS * SE_HOP * MAX_CHANNELS];
    static float out[HOPS * SE_HOP * MAX_CHANNELS];
    pid_t child = fork();
    int status;

    if (child == 0) {
        int result = QUIET;

        make_sound(in, HOPS * SE_HOP * channels);
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            _exit(NO_SECCOMP);
        n_allocations = n_locks = 0;
        use(enhancer, out, in, channels);
        if (n_allocations > 0)
            result = ALLOCATES;
        else if (n_locks > 0)
            result = LOCKS;
        syscall(SYS_exit, result);
    }
    expect(child > 0);
    expect_equal(waitpid(child, &status, 0), child);
    return status;
}

static void expect_quiet(struct se_enhancer *enhancer, int channels,
                         const char *engine)
{
    int status = watch_use(enhancer, channels);

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        fail_test("the %s engine calls the system", engine);
    expect(WIFEXITED(status));
    switch (WEXITSTATUS(status)) {
    case ALLOCATES:
        fail_test("the %s engine allocates or frees memory", engine);
        break;
    case LOCKS:
        fail_test("the %s engine takes a lock", engine);
        break;
    case NO_SECCOMP:
        skip_test("no seccomp here");
        break;
    default:
        expect_equal(WEXITSTATUS(status), QUIET);
    }
}

TEST(quiet)
{
    for (int i = 0; i < N_NETS; i++) {
        struct se_model model;

        make_model(&model, i);

        struct se_quant_net *net = quantise(&model);

        for (int k = 0; k < 8; k++) {
            int channels = k & 1 ? MAX_CHANNELS : 1;
            struct se_enhancer_config config = {
                .channels = channels,
                .mode = k & 2 ? SE_CHANNELS_EACH : SE_CHANNELS_LINKED,
                .attenuation_limit_db = INFINITY,
                .fixed = k & 4 ? &net->net : NULL,
            };
            struct se_enhancer *enhancer = make_enhancer(&model, &config);

            expect_quiet(enhancer, channels,
                         config.fixed ? "integer" : "float");
            se_enhancer_destroy(enhancer);
        }
        se_quant_net_free(net);
        se_model_free(&model);
    }
}

/* The integer net alone is enough: no model, no features of the float net. */
TEST(net_alone)
{
    static float in[HOPS * SE_HOP], first[HOPS * SE_HOP], second[HOPS * SE_HOP];

    make_sound(in, HOPS * SE_HOP);
    for (int i = 0; i < N_NETS; i++) {
        struct se_model model;

        make_model(&model, i);

        struct se_quant_net *net = quantise(&model);
        struct se_enhancer_config config = {
            .channels = 1,
            .attenuation_limit_db = INFINITY,
            .fixed = &net->net,
        };
        struct se_enhancer *with = make_enhancer(&model, &config);

        use(with, first, in, 1);

        int delay = se_enhancer_delay(with);

        se_enhancer_destroy(with);
        se_model_free(&model);

        struct se_enhancer *without = make_enhancer(NULL, &config);

        expect_equal(se_enhancer_delay(without), delay);
        use(without, second, in, 1);
        expect_bytes(second, first, sizeof first);
        se_enhancer_destroy(without);
        se_quant_net_free(net);
    }
}

/* One limit for both: the least mask is the same gain. */
TEST(limit)
{
    static const float limits_db[] = {0, 3, 6, 20, 60};
    static float in[HOPS * SE_HOP], out[HOPS * SE_HOP];
    struct se_model model;

    make_sound(in, HOPS * SE_HOP);
    make_model(&model, 0);
    for (int64_t i = 0; i < model.n_parameters; i++)
        model.parameters[i] = 0.0f;
    for (int64_t i = model.n_parameters - SE_BINS; i < model.n_parameters; i++)
        model.parameters[i] = -20.0f; /* a mask of nothing */

    struct se_quant_net *net = quantise(&model);

    for (int fixed = 0; fixed < 2; fixed++) {
        struct se_enhancer_config config = {
            .channels = 1,
            .attenuation_limit_db = INFINITY,
            .fixed = fixed ? &net->net : NULL,
        };
        struct se_enhancer *enhancer = make_enhancer(&model, &config);

        for (size_t i = 0; i < sizeof limits_db / sizeof *limits_db; i++) {
            float gain = powf(10.0f, limits_db[i] / -20.0f);

            se_enhancer_limit(enhancer, limits_db[i]);
            se_enhancer_step(enhancer, out, in);
            for (int k = 0; k < SE_BINS; k++)
                expect_near(se_enhancer_mask(enhancer, 0)[k], gain,
                            0.51f / 32767.0f);
        }
        se_enhancer_destroy(enhancer);
    }
    se_quant_net_free(net);
    se_model_free(&model);
}
