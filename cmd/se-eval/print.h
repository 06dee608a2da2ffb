/* print.h - the scores of one system, file by file, on standard output. */
#ifndef CMD_EVAL_PRINT_H
#define CMD_EVAL_PRINT_H

#include "eval.h"

enum eval_format { EVAL_TABLE, EVAL_JSON, EVAL_CSV };

/* Prints the scores of each file, not with -q, and their mean: of system 0. */
void eval_print(enum eval_format format, const struct eval *eval);

/* Members of a JSON object. */
void eval_json_scores(const struct eval *eval, const struct se_scores *scores);

/* The member left_out, for the files without scores, if there are any. */
void eval_json_odd(const struct eval *eval);

/* A line under a table of what "aligned" means, where there is such a column.
 */
void eval_print_aligned(const struct eval *eval);

#endif
