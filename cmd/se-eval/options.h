/* options.h - the options of se-eval. */
#ifndef CMD_EVAL_OPTIONS_H
#define CMD_EVAL_OPTIONS_H

#include "eval.h"
#include "print.h"

enum { EVAL_MAX_ENHANCED = EVAL_MAX_PLACES - 2 };

struct eval_options {
    const char *clean, *noisy; /* folders or files */
    const char *enhanced[EVAL_MAX_ENHANCED];
    int n_enhanced;
    struct eval_nets nets;
    struct eval_by by;
    int is_json, is_csv, is_quick;
    enum eval_format format; /* by these */
    int threads;
};

/* Reads and checks the command line; --help, --version and mistakes end the
 * program. */
void eval_options_parse(struct eval_options *o, int argc, char **argv);

#endif
