/* past.h - inside lib/train: the frames before a block, for nets that filter
 * over frames (nn/taps.h).
 *
 * A feed keeps the amplitudes that the block's first filters reach back to,
 * and targets that wait until the net has heard the frames to come. */
#ifndef SE_TRAIN_PAST_H
#define SE_TRAIN_PAST_H

#include "train/feed.h"

struct se_past;

int se_past_create(struct se_past **past, const struct se_taps *taps,
                   struct se_report *report);
void se_past_destroy(struct se_past *past);

/* Bytes that se_past_create takes. */
int64_t se_past_bytes(const struct se_taps *taps);

/* Silence has gone before. */
void se_past_reset(struct se_past *past);

/* Before the first frame of row `row` is written to the block. */
void se_past_begin(struct se_past *past, struct se_block *block, int row);

/* After frame `step`, with amplitudes scaled by `gain`, is written: it is heard
 * now, and what stands in the block as target becomes the frame that is due. */
void se_past_add(struct se_past *past, struct se_block *block, int step,
                 int row, float gain);

/* After the last one. */
void se_past_end(struct se_past *past, const struct se_block *block, int row);

#endif
