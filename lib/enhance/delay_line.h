/* delay_line.h - a delay line, for sound that waits until its mask is there. */
#ifndef SE_ENHANCE_DELAY_LINE_H
#define SE_ENHANCE_DELAY_LINE_H

#include "base/status.h"
#include "dsp/stft.h"

struct se_delay_line {
    int n;          /* samples of delay, SE_HOP or more */
    float *waiting; /* [n] oldest first */
};

/* A line of silence. */
int se_delay_line_create(struct se_delay_line *line, int n,
                         struct se_report *report);
void se_delay_line_free(struct se_delay_line *line);

/* Silence again. */
void se_delay_line_reset(struct se_delay_line *line);

/* Takes the newest hop and puts that of `n` samples before in its place. */
void se_delay_line_step(struct se_delay_line *line, float hop[SE_HOP]);

#endif
