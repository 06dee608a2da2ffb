/* frame_history_private.h - the frames before a block, for nets that filter
 * over frames (nn/taps.h), or look ahead.
 *
 * A feed keeps the amplitudes that the block's first filters reach back to,
 * and, for nets that look ahead, the targets of frames whose mask is not due
 * yet. */
#ifndef SE_TRAIN_FRAME_HISTORY_PRIVATE_H
#define SE_TRAIN_FRAME_HISTORY_PRIVATE_H

#include "nn/taps.h"
#include "train/block.h"

#include <stdint.h>

struct se_frame_history;

int se_frame_history_create(struct se_frame_history **history,
                            const struct se_taps *taps,
                            struct se_report *report);
void se_frame_history_destroy(struct se_frame_history *history);

/* Bytes that se_frame_history_create takes. */
int64_t se_frame_history_bytes(const struct se_taps *taps);

/* Silence has gone before. */
void se_frame_history_reset(struct se_frame_history *history);

/* Before the first frame of row `row` is written to the block. */
void se_frame_history_begin(struct se_frame_history *history,
                            struct se_block *block, int row);

/* After frame `frame`, with amplitudes scaled by `gain`, is written: its
 * amplitudes join block->amplitudes where the block has some, and the target in
 * the block is replaced by that of the frame that is due. */
void se_frame_history_add(struct se_frame_history *history,
                          struct se_block *block, int frame, int row,
                          float gain);

/* After the last one. */
void se_frame_history_end(struct se_frame_history *history,
                          const struct se_block *block, int row);

#endif
