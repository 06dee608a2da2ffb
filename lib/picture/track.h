/* track.h - rows of numbers over time in bounded memory.
 *
 * A column stands for `frames` frames. When all columns are full, neighbours
 * are joined and each stands for twice as many: an hour takes the memory of a
 * minute, and a picture is never coarser than SE_TRACK_COLUMNS / 2 columns. */
#ifndef SE_PICTURE_TRACK_H
#define SE_PICTURE_TRACK_H

#include "base/status.h"

#include <stdint.h>

enum { SE_TRACK_COLUMNS = 2048 };

/* How frames become one column. */
enum se_join { SE_JOIN_MEAN, SE_JOIN_LOWEST, SE_JOIN_HIGHEST };

struct se_track {
    int n_rows;
    enum se_join join;
    int n_columns;     /* begun */
    int64_t frames;    /* a full column stands for */
    int64_t n_in_last; /* frames in the last column, 1..frames */
    float *values;     /* [SE_TRACK_COLUMNS][n_rows] */
};

int se_track_create(struct se_track *track, int n_rows, enum se_join join,
                    struct se_report *report);
void se_track_free(struct se_track *track);

/* Back to no frames. */
void se_track_reset(struct se_track *track);

/* The next frame, rows[n_rows]. */
void se_track_add(struct se_track *track, const float *rows);

#endif
