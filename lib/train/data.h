/* data.h - what a net is trained on: recordings to mix, or records, and what it
 * is validated on. */
#ifndef SE_TRAIN_DATA_H
#define SE_TRAIN_DATA_H

#include "train/feed.h"

/* Where it comes from: recordings (speech and noise), or records (train_list
 * and test_list). Names are those of lists or folders, see corpus/list.h. */
struct se_train_source {
    const char *speech, *noise;
    const char *test_speech, *test_noise; /* NULL: validation mixtures are made
                                             of the training's recordings */
    const char *train_list, *test_list;
    const char *valid_pairs; /* a folder with noisy/ and clean/, to validate on
                                in place of mixtures; NULL: none */
    struct se_mix_config mix;
    double epoch_hours; /* of mixtures; 0: as much as there is speech */
    int block_frames;   /* sequences have whole blocks */
    uint64_t seed;
};

/* Zeroed before it is opened. */
struct se_train_data {
    struct se_sequences train, valid;

    /* What the sequences are made of; empty where the source has none. */
    struct se_list speech_list, noise_list, records, test_records, noisy, clean;
    struct se_list test_speech_list, test_noise_list;
    struct se_corpus speech, noise, test_speech, test_noise;
    struct se_mixer mixer, test_mixer;
};

/* Progress. */
struct se_train_data_watch {
    /* `done` of `total` files of "speech", "noise", "test speech" or "test
     * noise" are loaded; from 0 on, from one thread at a time. */
    void (*files)(void *context, const char *what, int done, int total);
    /* All of the list or folder `name`. */
    void (*corpus)(void *context, const char *name,
                   const struct se_corpus *corpus, int n_files);
    /* Rooms, perhaps none, are ready. */
    void (*rooms)(void *context, const struct se_mixer *mixer);
    void *context;
};

/* Loads what the source names. After an error, too, *data must be closed. */
int se_train_data_open(struct se_train_data *data,
                       const struct se_train_source *source,
                       struct se_pool *pool,
                       const struct se_train_data_watch *watch,
                       struct se_report *report);
void se_train_data_close(struct se_train_data *data);

#endif
