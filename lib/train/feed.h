/* feed.h - training sequences, turned into blocks of features and targets.
 *
 * A set of sequences is numbered and every sequence of it has the same number
 * of frames; a feed plays one of them at a time into one row of a batch. */
#ifndef SE_TRAIN_FEED_H
#define SE_TRAIN_FEED_H

#include "corpus/list.h"
#include "dsp/feature.h"
#include "mix/mix.h"
#include "model/model.h"
#include "nn/taps.h"
#include "train/teacher.h"

struct se_mixtures {
    const struct se_mixer *mixer;
    uint64_t seed;
    int64_t count;
};

/* Where sequences come from: exactly one of the three is set. */
struct se_sequences {
    const struct se_mixer *mixer; /* fresh mixtures, any number of them */
    uint64_t seed;                /* of the mixtures */

    const struct se_list *records; /* TFRecord files, a sequence each */

    const struct se_list *noisy; /* pairs of sound files, by the same index: */
    const struct se_list *clean; /* as many of these */

    int n_frames;      /* of a sequence; shorter ones are padded with silence */
    int record_frames; /* records: how many every file must hold */
    int records_are_pcm; /* records: they hold samples, not powers */
    int64_t count;       /* how many there are; mixtures: any number */
};

/* Each fills in a set. The lists and the mixer must outlive it. For records
 * n_frames becomes that of the first file, for pairs of the longest, rounded up
 * to a multiple of `block_frames`; for mixtures the config's length, rounded
 * down. Errors name the file that is not there. What is inside the files is
 * seen only when they are played. */
int se_sequences_from_mixer(struct se_sequences *set,
                            const struct se_mixtures *mixtures,
                            int block_frames, struct se_report *report);
int se_sequences_from_records(struct se_sequences *set,
                              const struct se_list *records, int block_frames,
                              struct se_report *report);
int se_sequences_from_pairs(struct se_sequences *set,
                            const struct se_list *noisy,
                            const struct se_list *clean, int block_frames,
                            struct se_report *report);

/* Whether phases are known: from samples, not from powers. */
int se_sequences_have_phase(const struct se_sequences *set);

struct se_feed;

/* A feed of any sequence of `set`; both must outlive it. */
int se_feed_create(struct se_feed **feed, const struct se_sequences *set,
                   const struct se_feature *feature, struct se_report *report);
void se_feed_destroy(struct se_feed *feed);

/* From the next start on for a net with such filters, or such a lookahead:
 * amplitudes come into blocks that have room for them, and noisy, clean, cross
 * and the spectra are `lookahead` frames behind the features (silence before
 * the first; the last ones never come). */
int se_feed_filter(struct se_feed *feed, const struct se_taps *taps,
                   struct se_report *report);

/* From the next start on with a teacher: blocks have its features, those of the
 * frame for which its mask is due when that of a net that looks ahead as
 * `pupil` does is. For a teacher that looks further, everything else is
 * se_teacher_lead frames late: silence goes before, the last frames never come.
 * Sequences without phases must not ask for that (SE_ERR_ARG). */
int se_feed_teach(struct se_feed *feed, const struct se_teacher *teacher,
                  const struct se_arch *pupil, struct se_report *report);

/* Floats of scratch that se_feed_start needs; threads need one each. */
int64_t se_feed_scratch(const struct se_sequences *set);

/* Goes to the start of sequence `number`. */
int se_feed_start(struct se_feed *feed, int64_t number, float *scratch,
                  struct se_report *report);

/* Frames of the sequence without padding, but with silence in front. */
int se_feed_real_frames(const struct se_feed *feed);

/* Writes the next block->frames frames into row `row` of the block. Features
 * are standardised with the model's mean and deviation; NULL leaves logarithms.
 * Errors: a TFRecord that is damaged, of another length than the first of its
 * set, or holds what is not a power. */
int se_feed_block(struct se_feed *feed, struct se_block *block, int row,
                  const struct se_model *model, struct se_report *report);

#endif
