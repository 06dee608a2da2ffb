/* bark.h - the auditory model of wide-band PESQ (ITU-T P.862.2) at 16 kHz: its
 * input filter, and its bands, bins of a transform of 512 samples joined in
 * steps of about half a Bark. */
#ifndef SE_BASE_BARK_H
#define SE_BASE_BARK_H

enum { SE_BARK_BANDS = 49, SE_BARK_BINS = 256 /* up to 8 kHz, not itself */ };

extern const struct se_bark_band {
    int first, bins;
    double width;      /* Bark */
    double correction; /* of the power */
    double threshold;  /* power that is just audible */
    double exponent;   /* of loudness (Zwicker's law) */
} se_bark_bands[SE_BARK_BANDS];

/* H(z) = (b[0] + b[1] z^-1 + b[2] z^-2) / (1 + a[0] z^-1 + a[1] z^-2) */
struct se_pesq_section {
    double b[3], a[2];
};

/* Before both signals: a high-pass near 100 Hz with 9 dB of gain. */
extern const struct se_pesq_section se_pesq_wide_section;

#endif
