/* train.c - how fast se-train's arithmetic is: random features and targets
 * through net, loss, gradient and Adam, without dropout and without mixing.
 *
 *   train ARCH ROWS STEPS THREADS SECONDS [bfloat16]
 *                                           frames a second, MB beyond data,
 *                                           Gflop/s
 *   train peak THREADS                      Gflop/s that the cores can do:
 *                                           multiply-adds in registers */
#include "base/pool.h"
#include "base/rng.h"
#include "gemm/gemm.h"
#include "loss/loss.h"
#include "nn/adam.h"
#include "nn/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum {
    BINS = 257,
    N_SLICES = 64,
    PASS_ROWS = 16,
    MAX_PASSES = 64,
    MAX_THREADS = 64
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Memory that the bench cannot do without ends it. */
static float *floats(int64_t n)
{
    float *x = calloc((size_t)n, sizeof *x);

    if (!x)
        abort();
    return x;
}

static float *random_floats(int64_t n, double deviation, uint64_t stream)
{
    float *x = floats(n);
    struct se_rng rng;

    se_rng_seed(&rng, 1, stream);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(deviation * se_rng_normal(&rng));
    return x;
}

/* As lib/train/batch.c has it: rows that go through the net together. */
struct pass {
    struct se_net *net;
    int rows;
    float *x, *noisy, *clean; /* the data */
};

struct part {
    struct pass pass[MAX_PASSES];
    int n_passes;
    float *d_mask, *gradient;
};

struct bench {
    struct se_arch arch;
    struct se_loss loss;
    struct se_pool *pool;
    struct se_adam adam;
    float *parameters;
    int64_t n_parameters, n_data;
    int rows, steps, n_parts;
    enum se_precision precision;
    struct part part[MAX_THREADS];
    float rate;
};

static void make_magnitudes(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = x[i] < 0 ? -x[i] : x[i];
}

static void create_pass(struct bench *b, struct part *part, int rows)
{
    struct pass *pass = &part->pass[part->n_passes++];
    int64_t frames = (int64_t)rows * b->steps;
    int status =
        part->n_passes == 1
            ? se_net_create(&pass->net, &b->arch, rows, b->steps, NULL)
            : se_net_create_beside(&pass->net, part->pass[0].net, rows, NULL);

    if (status != SE_OK)
        abort();
    se_net_set_precision(pass->net, b->precision);
    se_net_reset(pass->net, NULL);
    pass->rows = rows;
    pass->x = random_floats(frames * b->arch.n_in, 1, 2);
    pass->noisy = random_floats(frames * BINS, 1, 3);
    pass->clean = random_floats(frames * BINS, 0.5, 4);
    make_magnitudes(pass->noisy, frames * BINS);
    make_magnitudes(pass->clean, frames * BINS);
}

static void create_part(void *context, int index, int worker)
{
    struct bench *b = context;
    struct part *part = &b->part[index];
    int rows =
        b->rows * (index + 1) / b->n_parts - b->rows * index / b->n_parts;
    int n = (rows + PASS_ROWS - 1) / PASS_ROWS;

    (void)worker;
    if (n > MAX_PASSES)
        abort();
    for (int i = 0; i < n; i++)
        create_pass(b, part, (rows - i + n - 1) / n);
    part->d_mask = floats((int64_t)part->pass[0].rows * b->steps * BINS);
    part->gradient = floats(b->n_parameters);
}

/* `b` holds the batch, the threads and the precision. */
static void create(struct bench *b, const char *arch_path)
{
    struct se_report report;

    if (se_arch_read(&b->arch, arch_path, &report) != SE_OK ||
        se_loss_parse(&b->loss, "mse", &report) != SE_OK ||
        se_pool_create(&b->pool, b->n_parts, &report) != SE_OK) {
        fprintf(stderr, "%s\n", report.text);
        exit(1);
    }
    b->arch.input_dropout_rate = 0;
    for (int i = 0; i < b->arch.n_layers; i++)
        b->arch.layer[i].dropout_rate = 0;
    b->n_parameters = se_arch_parameters(&b->arch);
    b->n_data = (int64_t)b->rows * b->steps * (b->arch.n_in + 2 * BINS);
    b->parameters = floats(b->n_parameters);
    se_net_initialise(b->parameters, &b->arch, 1, NULL);
    b->adam = (struct se_adam){.beta1 = 0.9f,
                               .beta2 = 0.999f,
                               .epsilon = 1e-7f,
                               .m = floats(b->n_parameters),
                               .v = floats(b->n_parameters)};
    se_pool_run(b->pool, b->n_parts, create_part, b);
}

static void destroy(struct bench *b)
{
    for (int i = 0; i < b->n_parts; i++) {
        struct part *part = &b->part[i];

        for (int k = part->n_passes - 1; k >= 0; k--) {
            se_net_destroy(part->pass[k].net);
            free(part->pass[k].x);
            free(part->pass[k].noisy);
            free(part->pass[k].clean);
        }
        free(part->d_mask);
        free(part->gradient);
    }
    se_pool_destroy(b->pool);
    free(b->parameters);
    free(b->adam.m);
    free(b->adam.v);
}

static void gradient_of_pass(const struct bench *b, struct part *part,
                             const struct pass *pass)
{
    const struct se_loss_target target = {
        .frames = b->steps,
        .rows = pass->rows,
        .bins = BINS,
        .noisy = pass->noisy,
        .clean = pass->clean,
    };
    const float *mask = se_net_forward(pass->net, b->parameters, pass->x, NULL);

    se_loss_eval(&b->loss, part->d_mask, mask, &target,
                 1.0f / (float)(b->rows * b->steps));
    se_net_backward(pass->net, part->gradient, b->parameters, part->d_mask);
}

static void gradient_task(void *context, int index, int worker)
{
    struct bench *b = context;
    struct part *part = &b->part[index];

    (void)worker;
    memset(part->gradient, 0, (size_t)b->n_parameters * sizeof(float));
    for (int i = 0; i < part->n_passes; i++)
        gradient_of_pass(b, part, &part->pass[i]);
}

static void update_task(void *context, int slice, int worker)
{
    struct bench *b = context;
    int64_t begin = b->n_parameters * slice / N_SLICES;
    int64_t end = b->n_parameters * (slice + 1) / N_SLICES;

    (void)worker;
    for (int i = 1; i < b->n_parts; i++)
        for (int64_t k = begin; k < end; k++)
            b->part[0].gradient[k] += b->part[i].gradient[k];
    se_adam_update(&b->adam,
                   &(struct se_adam_step){.parameters = b->parameters,
                                          .gradient = b->part[0].gradient,
                                          .rate = b->rate,
                                          .gradient_scale = 1},
                   begin, end);
}

static void step(struct bench *b)
{
    se_pool_run(b->pool, b->n_parts, gradient_task, b);
    b->rate = se_adam_rate(&b->adam, 1e-4f);
    se_pool_run(b->pool, N_SLICES, update_task, b);
    se_limit_weights(b->parameters, &b->arch, 0);
}

/* Forward, and twice that backward but for the first layer's input. */
static double flops_a_frame(const struct se_arch *arch)
{
    const struct se_layer_arch *first = &arch->layer[0];
    double columns = first->type == SE_LAYER_LSTM ? 4 : 1;

    return 6 * se_arch_macs(arch) -
           2 * columns * first->kernel_size * first->n_in * first->n_out;
}

static void run(struct bench b, const char *arch_path, double seconds)
{
    struct rusage usage;
    double start, best = 0;

    create(&b, arch_path);
    step(&b);
    start = now();
    do {
        double begun = now(), rate;

        step(&b);
        rate = (double)b.rows * b.steps / (now() - begun);
        best = rate > best ? rate : best;
    } while (now() - start < seconds);
    getrusage(RUSAGE_SELF, &usage);
    printf("%.0f %.1f %.1f\n", best,
           (double)usage.ru_maxrss / 1e3 -
               (double)b.n_data * sizeof(float) / 1e6,
           best * flops_a_frame(&b.arch) / 1e9);
    destroy(&b);
}

/* ---- what the machine can do --------------------------------------------- */

enum { CHAINS = 16, ROUNDS = 200000 };

/* 16 chains of multiply-adds hide the latency of each. Returns the operations
 * done; `sink` keeps the compiler from leaving them out. */
#ifdef __x86_64__
#define CHAINS_OF(name, isa, type, set, multiply_add, add, lane)               \
    __attribute__((target(isa))) static double name(float *sink)               \
    {                                                                          \
        const type a = set(0.5f), b = set(0.25f);                              \
        type s[CHAINS], sum = set(0);                                          \
                                                                               \
        for (int i = 0; i < CHAINS; i++)                                       \
            s[i] = set((float)i);                                              \
        for (int k = 0; k < ROUNDS; k++)                                       \
            for (int i = 0; i < CHAINS; i++)                                   \
                s[i] = multiply_add(s[i], a, b);                               \
        for (int i = 0; i < CHAINS; i++)                                       \
            sum = add(sum, s[i]);                                              \
        *sink = lane(sum);                                                     \
        return 2.0 * CHAINS * ROUNDS * sizeof(type) / sizeof(float);           \
    }

CHAINS_OF(chains_512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps,
          _mm512_add_ps, _mm512_cvtss_f32)
CHAINS_OF(chains_256, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps,
          _mm256_add_ps, _mm256_cvtss_f32)
#endif

/* Elsewhere a product that fits the caches has to do. */
static double product(float *sink)
{
    enum { SIZE = 256 };
    static float a[SIZE * SIZE], b[SIZE * SIZE];
    const struct se_gemm size = {SIZE, SIZE, SIZE, .add = 1};
    float *c = floats(SIZE * SIZE);

    for (int i = 0; i < 10; i++)
        se_gemm_nn(c, a, b, &size);
    *sink = c[0];
    free(c);
    return 10 * 2.0 * SIZE * SIZE * SIZE;
}

struct peak {
    double (*run)(float *sink);
    float sink[MAX_THREADS];
    double operations;
};

static void peak_task(void *context, int index, int worker)
{
    struct peak *p = context;
    double operations = p->run(&p->sink[index]);

    (void)worker;
    if (index == 0)
        p->operations = operations;
}

static void peak(int threads)
{
    static struct peak p = {.run = product};
    struct se_pool *pool;
    double best = 0;

#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        p.run = chains_512;
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        p.run = chains_256;
#endif
    if (se_pool_create(&pool, threads, NULL) != SE_OK)
        abort();
    for (int i = 0; i < 200; i++) {
        double start = now(), rate;

        se_pool_run(pool, threads, peak_task, &p);
        rate = p.operations * threads / (now() - start);
        best = rate > best ? rate : best;
    }
    printf("%.1f\n", best / 1e9);
    se_pool_destroy(pool);
}

int main(int argc, char **argv)
{
    int threads = argc > 2 ? atoi(argv[argc == 3 ? 2 : 4]) : 0;

    if ((argc != 3 && argc != 6 && argc != 7) || threads < 1 ||
        threads > MAX_THREADS) {
        fprintf(stderr, "usage: train ARCH ROWS STEPS THREADS SECONDS "
                        "[bfloat16]\n"
                        "       train peak THREADS\n");
        return 2;
    }
    if (argc == 3)
        peak(threads);
    else
        run((struct bench){.rows = atoi(argv[2]),
                           .steps = atoi(argv[3]),
                           .n_parts = threads,
                           .precision = argc == 7 ? SE_BFLOAT16 : SE_FLOAT32},
            argv[1], atof(argv[5]));
    return 0;
}
