/* bark.h - the bands of wide-band PESQ (ITU-T P.862.2): bins of a transform of
 * 512 samples at 16 kHz, joined to steps of about half a Bark. */
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

#endif
