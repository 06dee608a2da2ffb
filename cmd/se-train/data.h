/* data.h - opens what se-train trains on. */
#ifndef CMD_TRAIN_DATA_H
#define CMD_TRAIN_DATA_H

#include "options.h"
#include "train/data.h"
#include "train/ranks.h"

/* Loads what the options name into *data, all zeros, and shows it; what cannot
 * be read, and ranks that see different data, end the program. */
void train_data_open(struct se_train_data *data, const struct train_options *o,
                     struct se_pool *pool, struct se_ranks *ranks);

#endif
