/* net_options.c - the options that say which net. */
#include "common/net_options.h"

#include "files/path.h"

#include <stdio.h>
#include <sys/stat.h>

static const char *const which_words[] = {"best", "latest", NULL};
static const char *const feature_words[] = {"any", "mel", "pspec", NULL};

#define AT(member) OPTION_AT(struct net_options, member)
const struct option_row net_option_rows[] = {
    {"nn_arch", 0, OPTION_NET, "FILE",
     "the net's description; shipped:FILE is the one that comes with the "
     "programs, whatever is here",
     AT(nn_arch), .preset = SE_MODEL_DEFAULT_ARCH, .also = "s2i_nn_arch"},
    {"epoch_loaded", 0, OPTION_TEXT, "WHICH",
     "which weights: best, latest, or the number of an epoch", AT(epoch_loaded),
     .words = which_words, .preset = "best"},
    {"model", 0, OPTION_PATH, "CHECKPOINT",
     "this net instead: a file, a model folder, or a shipped net, "
     "shipped:se_nn_arch72_mel",
     AT(model)},
    {"feat_type", 0, OPTION_WORD, "WORD", "refuse a net of other features",
     AT(feat_type), .words = feature_words, .preset = "any"},
    {0},
};

const char *net_name(const struct net_options *o)
{
    return o->model ? o->model : o->nn_arch;
}

void net_check_features(const struct net_options *o,
                        const struct se_model *model)
{
    if (o->feat_type > 0 && o->feat_type - 1 != (int)model->feat_type)
        cli_die(EXIT_FAILED, "%s: the features are %s, expected %s",
                net_name(o), se_feat_type_name(model->feat_type),
                feature_words[o->feat_type]);
}

void net_say_own(const struct se_model *model)
{
    const size_t n = se_path_folder_length(model->file);
    char folder[sizeof model->file], shipped[4096];
    struct stat a, b;

    if (n == 0)
        return;
    snprintf(folder, sizeof folder, "%.*s", (int)n - 1, model->file);

    const char *name = se_path_base(folder);

    if (se_model_shipped(shipped, sizeof shipped, name, NULL) != SE_OK)
        return;
    if (stat(model->file, &a) == 0 && stat(shipped, &b) == 0 &&
        a.st_dev == b.st_dev && a.st_ino == b.st_ino)
        return;
    cli_remark("the net is %s, not the one that is shipped (shipped:%s)",
               model->file, name);
}

void net_say_epoch(const struct se_model *model, const char *which)
{
    int epoch;

    if (se_model_epoch_number(&epoch, which) && epoch != model->epoch)
        cli_remark("%s: the shipped net, for there is no epoch %d of it",
                   model->file, epoch);
}

void net_load(struct se_model *model, const struct net_options *o)
{
    struct se_report report;

    cli_check_usage(
        "",
        se_model_open(model, o->model, o->nn_arch, o->epoch_loaded, &report),
        &report);
    if (!o->model) {
        net_say_own(model);
        net_say_epoch(model, o->epoch_loaded);
    }
    net_check_features(o, model);
}
