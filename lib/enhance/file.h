/* file.h - a whole sound enhanced: a file or a pipe in, a file or a pipe out.
 */
#ifndef SE_ENHANCE_FILE_H
#define SE_ENHANCE_FILE_H

#include "audio/sound.h"
#include "enhance/enhancer.h"

struct se_enhance_job {
    const char *input;    /* "-": standard input */
    const char *output;   /* "-": standard output; another file than input */
    const char *residual; /* what was taken away, in the same form; or NULL */
    const struct se_sound_format *raw; /* the input has no header; or NULL */
    int ignores_length;                /* see se_sound_open_unbounded */
    int mix; /* to one channel, their mean, before all else */
    struct se_enhancer_config enhancer; /* but `channels`, which are those of
                                           the input, or one with `mix` */

    /* Called after each block of 8192 samples at most; total is -1 if it is
     * not known. Other than 0 stops: SE_ERR_STOPPED, no output. May be
     * NULL. */
    int (*progress)(void *context, double seconds, double total);
    void *context;
};

struct se_enhance_result {
    int64_t n_samples;
    int64_t n_clipped; /* samples of output and residual */
    double seconds;
};

/* Inverted channels and an offset that is removed are remarked upon
 * (base/remark.h). The output has the input's length, rate, channels, coding
 * and tags, and the container that its name's extension says (none: the
 * input's). A pipe of unknown length is worked on in blocks of 10 ms. */
int se_enhance_file(struct se_enhance_result *result,
                    const struct se_model *model,
                    const struct se_enhance_job *job, struct se_report *report);

#endif
