/* data.h - what se-train trains on: recordings to mix, or records. */
#ifndef CMD_TRAIN_DATA_H
#define CMD_TRAIN_DATA_H

#include "common/mix_options.h"
#include "options.h"
#include "train/feed.h"
#include "train/ranks.h"

/* The sequences, and what they are made of. */
struct train_data {
    struct se_sequences train, valid;

    struct se_list speech_list, noise_list, records, test_records, noisy, clean;
    struct se_list test_speech_list, test_noise_list;
    struct se_corpus speech, noise, test_speech, test_noise;
    struct se_mixer mixer, test_mixer;
};

/* Loads what the options name into *data, all zeros; what cannot be read, and
 * ranks that see different data, end the program. */
void train_data_open(struct train_data *data, const struct train_options *o,
                     struct se_pool *pool, struct se_ranks *ranks);
void train_data_close(struct train_data *data);

#endif
