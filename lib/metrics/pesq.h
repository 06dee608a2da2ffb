/* pesq.h - perceptual evaluation of speech quality.
 *
 * ITU-T P.862 (02/2001) with the mapping of P.862.1 (11/2003), narrow-band, and
 * P.862.2 (11/2007), wide-band, without Corrigendum 2 of P.862 (03/2018), which
 * raises wide-band scores by about half a point: what papers on enhancement
 * call PESQ and PESQ-WB. An implementation of our own from the numbers that
 * the Recommendations publish; figures that are to be compared with others'
 * should come from the ITU's program.
 *
 * How it works: A. W. Rix, J. G. Beerends, M. P. Hollier, A. P. Hekstra,
 * "Perceptual evaluation of speech quality (PESQ)", ICASSP 2001. */
#ifndef SE_METRICS_PESQ_H
#define SE_METRICS_PESQ_H

#include "base/status.h"

#include <stdint.h>

enum se_pesq_band {
    SE_PESQ_NARROW, /* as heard through a telephone handset: 0.999 to 4.549 */
    SE_PESQ_WIDE,   /* as heard through headphones, 50 to 7000 Hz: 0.999 to
                       4.644 */
};

enum se_pesq_method {
    SE_PESQ_FULL,    /* the delay of each utterance is searched for */
    SE_PESQ_ALIGNED, /* a short cut that is not in the Recommendation: the
                        signals are taken as aligned. Several times as fast;
                        on enhanced speech within .002 of the above in the
                        mean and .08 at most. It differs by more where noise
                        as loud as the speech misleads the search */
};

/* The two signals, mono, 16 kHz, at least 4000 samples, of any level. They may
 * differ in length, and with SE_PESQ_FULL in delay. */
struct se_pesq_pair {
    const float *clean, *processed;
    int64_t n_clean, n_processed;
};

/* The mean opinion score that listeners would give `processed`. Errors: under
 * 0.25 s, or no speech of 0.2 s was found (SE_ERR_ARG); a signal has no power
 * or holds a sample that is not a number (SE_ERR_NUMERIC). */
int se_pesq(double *score, const struct se_pesq_pair *pair,
            enum se_pesq_band band, enum se_pesq_method method,
            struct se_report *report);

#endif
