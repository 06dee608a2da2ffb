/* loss.c - the value and the derivative of a loss. */
#include "loss/loss_private.h"

#include <string.h>

static double eval_bins(const struct se_loss_evaluation *on)
{
    const struct se_loss_target *target = on->target;
    const se_real scale = on->scale / (se_real)target->bins;
    se_real e[SE_LOSS_MAX_BINS];
    double value = 0;

    for (int t = 0; t < target->frames; t++)
        for (int row = 0; row < target->rows; row++) {
            struct se_loss_frame frame = se_loss_frame_at(on, t, row);

            if (t >= se_loss_length(target, row))
                continue;
            on->term->kind->bins(e, frame.d, &frame, on->term->parameter,
                                 scale);
            value += se_loss_sum(e, target->bins) / target->bins;
        }
    return value;
}

/* Frames in a span of the term. */
static int span_length(const struct se_loss_evaluation *on)
{
    const se_real span = on->term->parameter[SE_LOSS_SPAN];
    const int frames = on->target->frames, most = on->term->kind->max_frames;
    int length = span >= 1 && span < (se_real)frames ? (int)span : frames;

    return most > 0 && length > most ? most : length;
}

/* The last span of a row may be shorter. */
static double eval_spans(const struct se_loss_evaluation *on)
{
    const int length = span_length(on);
    double value = 0;

    for (int row = 0; row < on->target->rows; row++) {
        int frames = se_loss_length(on->target, row);

        for (int start = 0; start < frames; start += length) {
            int end = frames - start < length ? frames : start + length;

            value += on->term->kind->span(on, row, start, end);
        }
    }
    return value;
}

double se_loss_eval(const struct se_loss *loss, se_real *d_mask,
                    const se_real *mask, const struct se_loss_target *target,
                    se_real scale)
{
    size_t n = (size_t)target->frames * target->rows * target->bins;
    double value = 0;

    memset(d_mask, 0, n * sizeof *d_mask);
    for (int i = 0; i < loss->n_terms; i++) {
        const struct se_loss_term *term = &loss->term[i];
        const struct se_loss_evaluation on = {
            .term = term,
            .target = target,
            .d = d_mask,
            .g = mask,
            .scale = scale * term->weight,
        };

        value += (double)term->weight *
                 (term->kind->bins ? eval_bins(&on) : eval_spans(&on));
    }
    return value;
}
