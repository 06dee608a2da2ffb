/* delay_line.c - the last samples, moved on by a hop at a time. */
#include "enhance/delay_line.h"

#include <stdlib.h>
#include <string.h>

int se_delay_line_create(struct se_delay_line *line, int n,
                         struct se_report *report)
{
    line->n = n;
    line->waiting = calloc((size_t)n, sizeof *line->waiting);
    return line->waiting ? SE_OK : se_fail_memory(report, "the enhancer");
}

void se_delay_line_free(struct se_delay_line *line)
{
    free(line->waiting);
}

void se_delay_line_reset(struct se_delay_line *line)
{
    memset(line->waiting, 0, (size_t)line->n * sizeof *line->waiting);
}

void se_delay_line_step(struct se_delay_line *line, float hop[SE_HOP])
{
    const size_t hop_bytes = SE_HOP * sizeof *hop;
    int n_kept = line->n - SE_HOP;
    float newest[SE_HOP];

    memcpy(newest, hop, hop_bytes);
    memcpy(hop, line->waiting, hop_bytes);
    memmove(line->waiting, line->waiting + SE_HOP,
            (size_t)n_kept * sizeof *line->waiting);
    memcpy(line->waiting + n_kept, newest, hop_bytes);
}
