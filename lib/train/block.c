/* block.c - the memory of blocks. */
#include "train/block.h"

#include <stdlib.h>

int se_block_create(struct se_block *block, int frames, int rows,
                    int n_features, struct se_report *report)
{
    size_t n = (size_t)frames * (size_t)rows;

    *block = (struct se_block){
        .frames = frames,
        .rows = rows,
        .n_features = n_features,
        .features = calloc(n * (size_t)n_features, sizeof(float)),
        .noisy = calloc(n * SE_BINS, sizeof(float)),
        .clean = calloc(n * SE_BINS, sizeof(float)),
        .cross = calloc(n * SE_BINS, sizeof(float)),
    };
    if (block->features && block->noisy && block->clean && block->cross)
        return SE_OK;
    se_block_free(block);
    return se_fail_memory(report, "a block of frames");
}

int se_block_add_spectra(struct se_block *block, struct se_report *report)
{
    size_t n = (size_t)block->frames * (size_t)block->rows * SE_BINS;

    block->noisy_spectrum = calloc(n, sizeof(se_bin));
    block->clean_spectrum = calloc(n, sizeof(se_bin));
    if (block->noisy_spectrum && block->clean_spectrum)
        return SE_OK;
    return se_fail_memory(report, "the spectra of a block of frames");
}

int se_block_add_amplitudes(struct se_block *block, int n_taps,
                            struct se_report *report)
{
    size_t n_frames = (size_t)(n_taps - 1 + block->frames);

    block->amplitudes =
        calloc(n_frames * (size_t)block->rows * SE_BINS, sizeof(float));
    return block->amplitudes ? SE_OK
                             : se_fail_memory(report, "a block of frames");
}

int se_block_add_teacher(struct se_block *block, int n_features,
                         struct se_report *report)
{
    size_t n = (size_t)block->frames * (size_t)block->rows;

    block->n_teacher_features = n_features;
    block->teacher_features = calloc(n * (size_t)n_features, sizeof(float));
    return block->teacher_features
               ? SE_OK
               : se_fail_memory(report, "a block of frames");
}

void se_block_free(struct se_block *block)
{
    free(block->teacher_features);
    free(block->amplitudes);
    free(block->features);
    free(block->noisy);
    free(block->clean);
    free(block->cross);
    free(block->noisy_spectrum);
    free(block->clean_spectrum);
    *block = (struct se_block){0};
}
