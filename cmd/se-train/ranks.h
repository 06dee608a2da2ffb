/* ranks.h - se-train as one of many processes under mpirun. */
#ifndef CMD_TRAIN_RANKS_H
#define CMD_TRAIN_RANKS_H

#include "corpus/corpus.h"
#include "train/ranks.h"

/* Joins the others. All but the first are quiet, tell who they are when they
 * fail, and let the first speak where it fails likewise. */
void train_ranks_open(struct se_ranks **ranks);

/* Each ends the program unless all ranks have the same: this text; clips of
 * these lengths that begin alike; files of these names and sizes. */
void train_ranks_compare(const struct se_ranks *ranks, const char *what,
                         const char *text);
void train_ranks_compare_corpus(const struct se_ranks *ranks, const char *what,
                                const struct se_corpus *corpus);
void train_ranks_compare_list(const struct se_ranks *ranks, const char *what,
                              const struct se_list *list);

#endif
