/* data.c - what se-train trains on. */
#include "data.h"

#include "base/remark.h"
#include "common/cli.h"
#include "common/mix_options.h"
#include "common/skipped.h"
#include "ranks.h"

/* What is shown while it is loaded. */
struct show {
    struct cli_progress progress;
    int is_leader;
};

static void show_files(void *context, const char *what, int done, int total)
{
    struct show *show = context;

    if (done == 0)
        cli_progress_start(&show->progress, what, "files", total);
    else
        cli_progress_update(&show->progress, done, "");
}

static void show_corpus(void *context, const char *name,
                        const struct se_corpus *corpus, int n_files)
{
    struct show *show = context;

    cli_progress_end(&show->progress);
    if (show->is_leader)
        skipped_report(
            &(struct skipped){name, (const char *const *)corpus->reasons,
                              corpus->n_skipped, corpus->n_skipped, n_files});
    cli_remark("%s: %d clips, %.2f hours", name, corpus->n_clips,
               corpus->seconds / 3600);
}

static void show_rooms(void *context, const struct se_mixer *mixer)
{
    if (((const struct show *)context)->is_leader)
        mix_rooms_show(mixer);
}

/* All ranks must draw the same mixtures from the same clips. */
static void compare(const struct se_train_data *data,
                    const struct train_options *o, const struct se_ranks *ranks)
{
    train_ranks_compare(ranks, "the command", o->command);
    if (o->train_list)
        train_ranks_compare_list(ranks, "--train_list", &data->records);
    if (o->test_list)
        train_ranks_compare_list(ranks, "--test_list", &data->test_records);
    train_ranks_compare_corpus(ranks, "--speech", &data->speech);
    train_ranks_compare_corpus(ranks, "--noise", &data->noise);
    train_ranks_compare_corpus(ranks, "--test_speech", &data->test_speech);
    train_ranks_compare_corpus(ranks, "--test_noise", &data->test_noise);
    train_ranks_compare_list(ranks, "--valid_pairs, noisy,", &data->noisy);
    train_ranks_compare_list(ranks, "--valid_pairs, clean,", &data->clean);
}

void train_data_open(struct se_train_data *data, const struct train_options *o,
                     struct se_pool *pool, struct se_ranks *ranks)
{
    const struct se_train_source source = {
        .speech = o->speech,
        .noise = o->noise,
        .test_speech = o->test_speech,
        .test_noise = o->test_noise,
        .train_list = o->train_list,
        .test_list = o->test_list,
        .valid_pairs = o->valid_pairs,
        .mix = o->mix,
        .epoch_hours = o->epoch_hours,
        .block_frames = o->timesteps,
        .seed = o->seed,
    };
    struct show show = {.is_leader = se_ranks_index(ranks) == 0};
    const struct se_train_data_watch watch = {show_files, show_corpus,
                                              show_rooms, &show};
    struct se_report report;

    if (!show.is_leader)
        se_remark_listen(NULL);
    cli_check(se_train_data_open(data, &source, pool, &watch, &report),
              &report);
    if (data->valid.mixer == &data->test_mixer && !o->test_speech)
        cli_remark("validating on mixtures of the training files: "
                   "--valid_pairs, or --test_speech and --test_noise, would "
                   "tell more");
    compare(data, o, ranks);
}
