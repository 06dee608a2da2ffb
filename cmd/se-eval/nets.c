/* nets.c - the nets to be judged, and in what arithmetic. */
#include "common/cli.h"
#include "common/net_options.h"
#include "eval.h"
#include "files/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const eval_engine_words[] = {"float", "fixed", NULL};

static void read_net(struct eval_net *net, const char *epoch_loaded)
{
    struct se_report report;
    const char *path = net->is_model ? net->name : NULL;

    cli_check_usage(
        "", se_model_open(&net->model, path, net->name, epoch_loaded, &report),
        &report);
    if (!path) {
        net_say_own(&net->model);
        net_say_epoch(&net->model, epoch_loaded);
    }
}

/* "x" of "nn_arch/def_x.txt", "epoch_0120" of a checkpoint. */
static void name_net(char *name, size_t size, const struct eval_net *net)
{
    struct se_report report;

    if (!net->is_model) {
        cli_check(se_model_name(name, size, net->name, &report), &report);
        return;
    }

    snprintf(name, size, "%s", se_path_base(net->model.file));

    char *end = strstr(name, ".safetensors");

    if (end && end > name)
        *end = '\0';
}

/* The short name, unless another net has it, too. */
static char *label_net(const struct eval_nets *nets, int index)
{
    const struct eval_net *net = &nets->nets[index];
    char name[256], other[256];

    name_net(name, sizeof name, net);
    for (int i = 0; i < nets->n; i++) {
        name_net(other, sizeof other, &nets->nets[i]);
        if (i != index && strcmp(name, other) == 0)
            return eval_memory(strdup(net->name));
    }
    return eval_memory(strdup(name));
}

void eval_nets_open(struct eval_nets *nets, struct eval *eval)
{
    for (int i = 0; i < nets->n; i++) {
        read_net(&nets->nets[i], nets->epoch_loaded);
        for (int engine = 0; eval_engine_words[engine]; engine++) {
            struct eval_system *system = &eval->systems[eval->n_systems];
            struct se_report report;

            if (!(nets->engines >> engine & 1))
                continue;
            *system = (struct eval_system){
                .label = label_net(nets, i),
                .place = -1,
                .engine = eval_engine_words[engine],
                .model = &nets->nets[i].model,
            };
            if (engine == 1)
                cli_check(se_quantise_for(&system->fixed, system->model,
                                          nets->calibrate, &report),
                          &report);
            eval->n_systems++;
        }
    }
}

void eval_nets_close(struct eval_nets *nets, struct eval *eval)
{
    for (int s = 0; s < eval->n_systems; s++) {
        se_quant_net_free(eval->systems[s].fixed);
        free(eval->systems[s].label);
    }
    for (int i = 0; i < nets->n; i++)
        se_model_free(&nets->nets[i].model);
}
