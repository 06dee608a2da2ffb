/* eval.h - what se-eval compares: files, systems, and the scores of each. */
#ifndef CMD_EVAL_H
#define CMD_EVAL_H

#include "metrics/groups.h"
#include "metrics/match.h"
#include "metrics/metrics.h"
#include "metrics/pesq.h"
#include "model/model.h"
#include "quant/quantise.h"

enum {
    EVAL_CLEAN = 0, /* places that the files lie in, in this order; */
    EVAL_INPUT = 1, /* what the nets are given: the noisy files */
    EVAL_MAX_PLACES = SE_MATCH_MAX_PLACES,
    EVAL_MAX_NETS = 16,
    EVAL_MAX_SYSTEMS = EVAL_MAX_PLACES + 2 * EVAL_MAX_NETS,
};

/* What is scored: files as they are, or what a net makes of the input. */
struct eval_system {
    char *label;
    int place;          /* of its files; -1: a net's */
    const char *engine; /* "float", "fixed"; NULL: not a net */
    const struct se_model *model;
    struct se_quant_net *fixed; /* the model in integers; NULL: float */
};

struct eval_result {
    struct se_scores scores;
    double processor_s; /* that the net took */
};

struct eval_file {
    char *name;                 /* of eval->matches, as */
    char **paths;               /* [n_places] */
    double seconds;             /* of the input */
    struct eval_result *result; /* [n_systems] */
    int status;
    struct se_report report; /* when status is not SE_OK */
};

struct eval {
    struct eval_system systems[EVAL_MAX_SYSTEMS];
    int n_systems;
    int has_noisy; /* system 0 is the input itself */
    enum se_pesq_method pesq;
    struct se_matches matches;
    struct eval_file *files; /* [n_files], one for each match; after eval_run
                                those that have scores, */
    int n_files;
    int n_odd; /* and behind these those that have none */
};

/* ---- open.c -------------------------------------------------------------- */

/* Fills eval->files from `places`, two folders or two files at least
 * (metrics/match.h). Exits unless they belong together. eval->n_systems must be
 * known. */
void eval_open_files(struct eval *eval, const char *const *places,
                     int n_places);
void eval_close_files(struct eval *eval);

/* What --by and --pairs ask for. */
struct eval_by {
    struct se_groups_by columns; /* its path NULL: pairs.csv where it lies */
    int none;                    /* no groups at all */
};

/* `noisy`: the folder that pairs.csv may lie in or beside. Exits if a file has
 * no line in it, or if it lacks a column that was asked for. */
void eval_groups_open(struct se_groups *groups, const struct eval_by *by,
                      const char *noisy, const struct eval *eval);

/* Exits if `memory` is NULL. */
void *eval_memory(void *memory);

/* ---- run.c --------------------------------------------------------------- */

/* Enhances and scores all files. Those that cannot be scored, or that have a
 * score of minus infinity or none, as silence does, are named and left out of
 * eval->files and the groups (may be NULL): one would cost the means of all.
 * Exits if no file remains, or if the machine is at fault. */
void eval_run(struct eval *eval, struct se_groups *groups, int threads);

/* ---- nets.c ------------------------------------------------------------- */

/* The nets of --nn_arch and --model, in the order of the command line. */
struct eval_nets {
    struct eval_net {
        const char *name; /* of the option's value */
        int is_model;     /* a checkpoint, not an nn_arch file */
        struct se_model model;
    } nets[EVAL_MAX_NETS];
    int n;
    const char *epoch_loaded, *calibrate;
    unsigned engines; /* bits of eval_engine_words */
};

/* "float" and "fixed", then NULL. */
extern const char *const eval_engine_words[];

/* Reads the nets and appends them, with each engine, to the systems. */
void eval_nets_open(struct eval_nets *nets, struct eval *eval);
void eval_nets_close(struct eval_nets *nets, struct eval *eval);

#endif
