/* block.h - the input of a batch: frames of several sequences side by side. */
#ifndef SE_TRAIN_BLOCK_H
#define SE_TRAIN_BLOCK_H

#include "base/status.h"
#include "dsp/stft.h"

/* A block of a batch, time slowest; amplitudes are divided by the sequence's
 * level, so that active speech has a mean power of about 1 in a bin. */
struct se_block {
    int frames, rows, n_features;
    float *features; /* [frames][rows][n_features] standardised */
    float *noisy;    /* [frames][rows][SE_BINS] |X| */
    float *clean;    /* [frames][rows][SE_BINS] |S| */
    float *cross;    /* [frames][rows][SE_BINS] Re(X conj S), 0 if unknown */

    /* X and S, scaled as the amplitudes are; NULL without
     * se_block_add_spectra */
    se_bin *noisy_spectrum; /* [frames][rows][SE_BINS] */
    se_bin *clean_spectrum;

    /* |X| as it is, with n - 1 frames of history in front: what a net's filters
     * of n frames go over. NULL without se_block_add_amplitudes */
    float *amplitudes; /* [n - 1 + frames][rows][SE_BINS] */

    /* What a teacher (teacher.h) sees, standardised. NULL without
     * se_block_add_teacher */
    int n_teacher_features;
    float *teacher_features; /* [frames][rows][n_teacher_features] */
};

int se_block_create(struct se_block *block, int frames, int rows,
                    int n_features, struct se_report *report);

/* Lets the block hold spectra, too, for losses that need them. */
int se_block_add_spectra(struct se_block *block, struct se_report *report);

/* Lets it hold what filters of `n_taps` frames go over. */
int se_block_add_amplitudes(struct se_block *block, int n_taps,
                            struct se_report *report);

/* Lets it hold what a teacher sees. */
int se_block_add_teacher(struct se_block *block, int n_features,
                         struct se_report *report);

void se_block_free(struct se_block *block);

#endif
