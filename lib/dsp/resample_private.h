/* resample_private.h - what a converter of sample rates has to do, once for
 * soxr and once for speexdsp. Functions are those of resample.h. */
#ifndef SE_DSP_RESAMPLE_PRIVATE_H
#define SE_DSP_RESAMPLE_PRIVATE_H

#include "dsp/resample.h"

struct se_converter {
    /* NULL where it fails; *reason is then a static text. */
    void *(*create)(const struct se_conversion *conversion,
                    const char **reason);
    void (*destroy)(void *state);
    void (*reset)(void *state);
    int (*ahead)(const void *state);
    /* NULL, or what went wrong. */
    const char *(*process)(void *state, struct se_resampled *done,
                           const struct se_resample_io *io);
};

#endif
