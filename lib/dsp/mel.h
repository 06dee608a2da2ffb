/* mel.h - triangular mel filters: power spectrum in, band energies out. */
#ifndef SE_DSP_MEL_H
#define SE_DSP_MEL_H

#include "base/status.h"
#include "dsp/stft.h"

/* n_bands + 2 edges equally spaced on mel(f) = 2595 log10(1 + f / 700) from 0
 * to 8 kHz, put on bins floor(513 f / 16000) as the original does; triangle of
 * band i rises from edge i to edge i+1 and falls to edge i+2, peak weight 1
 * (the original's table says 32767/32768). */
struct se_mel;

enum { SE_MAX_MEL_BANDS = 73 }; /* beyond, a band would hold no bin */

/* n_bands 1..SE_MAX_MEL_BANDS, else SE_ERR_ARG. */
int se_mel_create(struct se_mel **mel, int n_bands, struct se_report *report);
void se_mel_destroy(struct se_mel *mel);

/* Weights of band `band`, all above 0: *first is its first bin, returns how
 * many bins. Bin 256 is in no band; with 72 bands, band 0 is bin 0 alone. */
int se_mel_band(const struct se_mel *mel, int band, int *first,
                const float **weights);

/* bands[n_bands] from power[SE_BINS]; may not overlap. A power that is not
 * finite spoils the bands near it, too. */
void se_mel_apply(const struct se_mel *mel, float *bands,
                  const float power[SE_BINS]);

#endif
