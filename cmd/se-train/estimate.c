/* estimate.c - se-train --dry_run. */
#include "estimate.h"

#include "common/cli.h"
#include "train/scaling.h"

#include <stdio.h>

static void print_layers(const struct se_arch *arch, uint32_t frozen)
{
    for (int i = 0; i < arch->n_layers; i++) {
        const struct se_layer_arch *layer = &arch->layer[i];

        printf("layer %-11d %s, %d to %d, %lld parameters%s\n", i + 1,
               se_layer_type_name(layer->type), layer->n_in, layer->n_out,
               (long long)se_arch_layer_parameters(arch, i),
               frozen >> i & 1 ? ", frozen" : "");
    }
}

static void print_teacher(const struct se_teacher *teacher)
{
    printf("teacher           %s, share %g, %.0f multiply-adds a frame\n",
           teacher->model.file, (double)teacher->share,
           se_arch_macs(&teacher->model.arch));
}

static double epoch_frames(const struct train_plan *plan)
{
    const struct se_sequences *train = plan->config->train;

    return (double)train->count * train->n_frames;
}

static void print_time(const struct train_plan *plan, double frames_per_second)
{
    const int n_epochs = plan->options->num_epoch;

    printf("time              %.2f hours for %d epochs\n",
           epoch_frames(plan) * n_epochs / frames_per_second / 3600, n_epochs);
}

static void print_plan(const struct train_plan *plan,
                       const struct se_train_estimate *estimate)
{
    const struct train_options *o = plan->options;
    const struct se_arch *arch = &plan->model->arch;
    const double n = (double)plan->model->n_parameters;

    printf("parameters        %.0f\n", n);
    print_layers(arch, o->frozen);
    if (plan->config->teacher)
        print_teacher(plan->config->teacher);
    if (arch->len_lookahead > 0)
        printf("lookahead         %d ms\n",
               arch->len_lookahead * 1000 * SE_HOP / SE_RATE_HZ);
    printf("multiply-adds     %.0f a frame, %.2f M/s\n", se_arch_macs(arch),
           se_arch_macs(arch) / 1e4);
    printf("sequences         %lld of %.2f s an epoch, %.2f hours\n",
           (long long)plan->config->train->count,
           plan->config->train->n_frames / 100.0, epoch_frames(plan) / 360000);
    printf("memory            %.0f MB, and %.0f MB of sound\n",
           (double)estimate->bytes / 1e6, plan->seconds * SE_RATE_HZ * 2 / 1e6);
    printf("disk              %.1f MB\n",
           ((double)o->num_epoch + 3 + (o->average > 0)) * n * 4 / 1e6);
    printf("speed             %.0f frames/s on %d threads%s\n",
           estimate->frames_per_second, o->threads,
           plan->config->ranks ? " of each rank" : "");
    printf("data              %.0f %% of the time\n",
           100 * estimate->preparation_share);
    print_time(plan, estimate->frames_per_second);
}

/* The step of a rank's rows alone. */
static int measure_share(struct se_train_estimate *share,
                         const struct train_plan *plan,
                         struct se_report *report)
{
    struct se_train_config config = *plan->config;
    struct se_trainer *trainer;
    int status;

    config.batch_size = (config.batch_size + plan->options->n_ranks - 1) /
                        plan->options->n_ranks;
    status =
        se_trainer_create(&trainer, plan->model, &config, plan->pool, report);
    if (status == SE_OK)
        status = se_trainer_estimate(trainer, share, report);
    se_trainer_destroy(trainer);
    return status;
}

static int predict(const struct train_plan *plan,
                   const struct se_train_estimate *whole,
                   struct se_report *report)
{
    const struct train_options *o = plan->options;
    const int n = o->n_ranks;
    struct se_train_estimate share;
    int status = measure_share(&share, plan, report);

    if (status != SE_OK)
        return status;

    double wait_s = se_scaling_wait_s(&o->network, n, &plan->model->arch,
                                      o->frozen, share.step_s);
    double step_s = share.step_s + wait_s;
    double speed = whole->frames_per_second * whole->step_s / step_s;

    printf("\npredicted for     %d ranks of %d threads, %g us and %g Gbit/s "
           "between them\n",
           n, o->threads, o->network.latency_s * 1e6,
           o->network.bytes_per_s * 8e-9);
    printf("step              %.2f ms: %.2f ms of its own, %.2f ms of waiting "
           "for sums\n",
           step_s * 1e3, share.step_s * 1e3, wait_s * 1e3);
    printf("speed             %.0f frames/s, %.2f times one rank\n", speed,
           speed / whole->frames_per_second);
    printf("efficiency        %.0f %%\n",
           100 * speed / whole->frames_per_second / n);
    print_time(plan, speed);
    return SE_OK;
}

int train_estimate(const struct train_plan *plan, struct se_trainer *trainer,
                   struct se_report *report)
{
    struct se_train_estimate estimate;
    int status = se_trainer_estimate(trainer, &estimate, report);

    if (status != SE_OK || se_ranks_index(plan->config->ranks) > 0)
        return status;
    print_plan(plan, &estimate);
    if (plan->options->n_ranks > 0)
        status = predict(plan, &estimate, report);
    cli_close_stdout();
    return status;
}
