/* main.c - se-eval scores enhanced speech, or nets, against clean speech. */
#include "common/cli.h"
#include "compare.h"
#include "eval.h"
#include "options.h"

#include <string.h>

static void add_place(struct eval *eval, const char *label, int place)
{
    eval->systems[eval->n_systems++] = (struct eval_system){
        .label = eval_memory(strdup(label)),
        .place = place,
    };
}

/* One folder against another. */
static void score_one(const struct eval_options *o, struct eval *eval)
{
    const char *places[] = {o->clean, o->enhanced[0]};

    add_place(eval, o->enhanced[0], EVAL_INPUT);
    eval_open_files(eval, places, 2);
    eval_run(eval, NULL, o->threads);
    eval_print(o->format, eval);
}

/* What comes of the noisy sound, side by side. */
static void compare(struct eval_options *o, struct eval *eval)
{
    const char *places[EVAL_MAX_PLACES] = {o->clean, o->noisy};
    struct se_groups groups;

    add_place(eval, "noisy", EVAL_INPUT);
    eval->has_noisy = 1;
    for (int i = 0; i < o->n_enhanced; i++) {
        places[2 + i] = o->enhanced[i];
        add_place(eval, o->enhanced[i], 2 + i);
    }
    eval_nets_open(&o->nets, eval);
    eval_open_files(eval, places, 2 + o->n_enhanced);
    eval_groups_open(&groups, &o->by, o->noisy, eval);
    eval_run(eval, &groups, o->threads);
    eval_compare(o->format, eval, &groups);
    se_groups_free(&groups);
}

int main(int argc, char **argv)
{
    static struct eval_options o;
    static struct eval eval;

    eval_options_parse(&o, argc, argv);
    eval.pesq = o.is_quick ? SE_PESQ_ALIGNED : SE_PESQ_FULL;
    if (o.noisy)
        compare(&o, &eval);
    else
        score_one(&o, &eval);
    eval_nets_close(&o.nets, &eval);
    eval_close_files(&eval);
    cli_close_stdout();
    return eval.n_odd > 0 ? EXIT_FAILED : EXIT_DONE;
}
