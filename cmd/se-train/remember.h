/* remember.h - command lines that training states keep. */
#ifndef CMD_TRAIN_REMEMBER_H
#define CMD_TRAIN_REMEMBER_H

#include "common/options.h"
#include "options.h"

/* Completes the options of a command line that goes on with the latest state by
 * those that the state was made with: o->words has both, each option once, and
 * *o is read from them. What was given differently counts and is listed in
 * o->changes. Rank 0's state counts for all. Nothing happens where there is no
 * state, or an older one. */
void train_remember(struct train_options *o,
                    const struct option_program *program,
                    struct se_ranks *ranks);

/* The options among the words but --epoch_loaded latest, each word on a line
 * (malloc); NULL where one has a line's end in it, or is not UTF-8. */
char *train_words_join(const struct option_program *program, char **words);

#endif
