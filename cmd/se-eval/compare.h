/* compare.h - systems side by side on standard output. */
#ifndef CMD_EVAL_COMPARE_H
#define CMD_EVAL_COMPARE_H

#include "eval.h"
#include "print.h"

/* For each group and for all files: the mean scores of each system with their
 * confidence intervals, what it gained over the input, and its real-time
 * factor. With -q: for all files alone. */
void eval_compare(enum eval_format format, const struct eval *eval,
                  const struct se_groups *groups);

#endif
