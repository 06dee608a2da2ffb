/* frames.h - a queue of frames: appended at the end, dropped at the front. */
#ifndef SE_AUDIO_FRAMES_H
#define SE_AUDIO_FRAMES_H

#include "audio/resample.h"
#include "base/status.h"

#include <stdint.h>

/* Zeroed but for `width` it is empty; se_frames_free makes it so again. */
struct se_frames {
    int width;     /* samples a frame */
    float *block;  /* [capacity][width], grown as needed */
    int64_t first; /* the frame at the front */
    int64_t n;     /* frames in the queue */
    int64_t capacity;
};

void se_frames_free(struct se_frames *frames);

/* So that a queue of up to n frames does not allocate any more. */
int se_frames_reserve(struct se_frames *frames, int64_t n,
                      struct se_report *report);

/* The frame at the front; valid until the next append. */
float *se_frames_front(const struct se_frames *frames);

/* Forgets n frames at the front. */
void se_frames_drop(struct se_frames *frames, int64_t n);

/* Appends in[n][width]; in == NULL: zeros. */
int se_frames_append(struct se_frames *frames, const float *in, int64_t n,
                     struct se_report *report);

/* Appends what the resampler makes of in[n][width]; in == NULL: the rest that
 * it holds. */
int se_frames_resample(struct se_frames *frames, struct se_resampler *resampler,
                       const float *in, int64_t n, struct se_report *report);

#endif
