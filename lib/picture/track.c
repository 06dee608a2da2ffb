/* track.c - columns that join when they become too many. */
#include "picture/track.h"

#include <stdlib.h>

int se_track_create(struct se_track *track, int n_rows, enum se_join join,
                    struct se_report *report)
{
    *track = (struct se_track){.n_rows = n_rows, .join = join, .frames = 1};
    track->values =
        calloc((size_t)SE_TRACK_COLUMNS * (size_t)n_rows, sizeof(float));
    return track->values ? SE_OK : se_fail_memory(report, "a picture");
}

void se_track_free(struct se_track *track)
{
    free(track->values);
    *track = (struct se_track){0};
}

void se_track_reset(struct se_track *track)
{
    track->n_columns = 0;
    track->frames = 1;
    track->n_in_last = 0;
}

static float *column(const struct se_track *track, int i)
{
    return track->values + (int64_t)i * track->n_rows;
}

/* y of `n_old` frames joined with x of `n_new`. */
static void join(const struct se_track *track, float *y, const float *x,
                 int64_t n_old, int64_t n_new)
{
    float share = (float)((double)n_new / (double)(n_old + n_new));

    for (int r = 0; r < track->n_rows; r++) {
        if (track->join == SE_JOIN_MEAN)
            y[r] += share * (x[r] - y[r]);
        else if (track->join == SE_JOIN_LOWEST)
            y[r] = x[r] < y[r] ? x[r] : y[r];
        else
            y[r] = x[r] > y[r] ? x[r] : y[r];
    }
}

/* All columns are full. */
static void halve(struct se_track *track)
{
    for (int i = 0; i < SE_TRACK_COLUMNS / 2; i++) {
        join(track, column(track, 2 * i), column(track, 2 * i + 1), 1, 1);
        for (int r = 0; r < track->n_rows; r++)
            column(track, i)[r] = column(track, 2 * i)[r];
    }
    track->n_columns = SE_TRACK_COLUMNS / 2;
    track->frames *= 2;
    track->n_in_last = track->frames;
}

void se_track_add(struct se_track *track, const float *rows)
{
    int is_full = track->n_columns == 0 || track->n_in_last == track->frames;

    if (is_full && track->n_columns == SE_TRACK_COLUMNS)
        halve(track);
    if (is_full) {
        float *y = column(track, track->n_columns++);

        for (int r = 0; r < track->n_rows; r++)
            y[r] = rows[r];
        track->n_in_last = 1;
        return;
    }
    join(track, column(track, track->n_columns - 1), rows, track->n_in_last, 1);
    track->n_in_last++;
}
