/* eval_print.h - the scores of se-eval on standard output. */
#ifndef CMD_EVAL_PRINT_H
#define CMD_EVAL_PRINT_H

#include "base/status.h"
#include "metrics/metrics.h"

/* One clean file and what was made of it. */
struct eval_pair {
    const char *name; /* without folder and extension */
    const char *clean, *enhanced;
    struct se_scores scores;
    int status;
    struct se_report report; /* when status is not SE_OK */
};

enum eval_format { EVAL_TABLE, EVAL_JSON, EVAL_CSV };

/* Prints the scores of each pair, not with -q, and their mean. */
void eval_print(enum eval_format format, const struct eval_pair *pairs, int n);

#endif
