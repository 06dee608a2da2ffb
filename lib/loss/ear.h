/* ear.h - what of two spectra the ear notices, a frame at a time: the loudness
 * of bands, and the two disturbances of PESQ. */
#ifndef SE_LOSS_EAR_H
#define SE_LOSS_EAR_H

#include "base/bark.h"
#include "loss/loss.h"

/* The bands of P.862.2 but for the first, which never counts. */
enum { SE_LOSS_BANDS = SE_BARK_BANDS - 1 };

/* How bins become bands, and bands loudness. */
struct se_loss_ear {
    int n, edge[SE_LOSS_BANDS + 1];   /* bins of band b: edge[b], ... */
    int band[SE_LOSS_MAX_BINS];       /* of a bin; 0 for those of none */
    se_real weight[SE_LOSS_MAX_BINS]; /* of their powers; 0 for those */
    se_real speech[SE_LOSS_MAX_BINS]; /* of their powers in the level */
    se_real width[SE_LOSS_BANDS], threshold[SE_LOSS_BANDS],
        exponent[SE_LOSS_BANDS];
    se_real factor[SE_LOSS_BANDS]; /* loudness = factor * (x^exponent - 1) */
    double width_sum;
};

/* The ear for bins from 0 to 8 kHz; where they are fewer than bands, some bands
 * stay empty. It is the thread's own, until this asks for another number of
 * bins. */
const struct se_loss_ear *se_loss_ear_get(int bins);

/* Powers of bands from those of bins. */
void se_loss_ear_bands(se_real *bands, const se_real *power,
                       const struct se_loss_ear *ear);

/* The sum of those that are audible. */
double se_loss_ear_audible(const se_real *bands, const struct se_loss_ear *ear);

/* A frame of clean and masked bands, at PESQ's level. */
struct se_loss_bark {
    se_real clean[SE_LOSS_BANDS], masked[SE_LOSS_BANDS]; /* powers */
    se_real gained[SE_LOSS_BANDS]; /* masked, times the gain */
    se_real clean_loudness[SE_LOSS_BANDS], masked_loudness[SE_LOSS_BANDS];
    se_real apart[SE_LOSS_BANDS]; /* the difference that is noticed */
    se_real ratio[SE_LOSS_BANDS]; /* (gained / clean)^1.2 */
    se_real by_clean[SE_LOSS_BANDS], by_masked[SE_LOSS_BANDS]; /* slopes */
    int live;                           /* there is speech */
    double clean_sum, masked_sum;       /* of the audible bands */
    double free_gain, gain;             /* gain: within its limits */
    double loud;                        /* louder frames count less */
    double symmetric, asymmetric;       /* disturbances times loud */
    double by_symmetric, by_asymmetric; /* slopes, by these */
};

/* Compares clean and masked bands, the latter at the frame's gain: sets all
 * from `gained` to `ratio`, and the disturbances. */
void se_loss_ear_disturb(struct se_loss_bark *frame,
                         const struct se_loss_ear *ear);

/* From the slopes by the disturbances to those by the clean bands and by the
 * gained ones, the latter in by_masked. */
void se_loss_ear_backward(struct se_loss_bark *frame,
                          const struct se_loss_ear *ear);

#endif
