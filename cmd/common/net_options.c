/* net_options.c - the options that say which net. */
#include "common/net_options.h"

static const char *const which_words[] = {"best", "latest", NULL};
static const char *const feature_words[] = {"any", "mel", "pspec", NULL};

#define AT(member) OPTION_AT(struct net_options, member)
const struct option_row net_option_rows[] = {
    {"nn_arch", 0, OPTION_NET, "FILE", "the net's description", AT(nn_arch),
     .preset = SE_MODEL_DEFAULT_ARCH, .also = "s2i_nn_arch"},
    {"epoch_loaded", 0, OPTION_TEXT, "WHICH",
     "best, latest, or the number of an epoch", AT(epoch_loaded),
     .words = which_words, .preset = "best"},
    {"model", 0, OPTION_FILE, "FILE", "this checkpoint, instead of these two",
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

void net_load(struct se_model *model, const struct net_options *o)
{
    struct se_report report;

    cli_check(
        se_model_open(model, o->model, o->nn_arch, o->epoch_loaded, &report),
        &report);
    net_check_features(o, model);
}
