/* mel.c - triangular mel filters. */
#include "dsp/mel.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_BANDS = 73 };

struct se_mel {
    int n_bands;
    int first[MAX_BANDS];       /* first bin of a band */
    int start[MAX_BANDS + 1];   /* where its weights start; the last: end */
    float weights[2 * SE_BINS]; /* a bin is in two bands at most */
};

/* Bin of the edge `number` of 0..n_bands + 1. The factor 513 = 2 * 257 - 1,
 * where 512 were expected, is the original's. */
static int edge_bin(int number, int n_bands)
{
    double top = 2595.0 * log10(1.0 + SE_RATE_HZ / 2 / 700.0);
    double mel = top * number / (n_bands + 1);
    double hz = 700.0 * (pow(10.0, mel / 2595.0) - 1.0);

    return (int)floor((SE_FFT + 1) * hz / SE_RATE_HZ);
}

/* Weight of bin k in the triangle left..centre..right. */
static double triangle(int k, int left, int centre, int right)
{
    if (k < centre)
        return (double)(k - left) / (centre - left);
    return (double)(right - k) / (right - centre);
}

static void fill_bands(struct se_mel *mel)
{
    int n = 0;

    for (int band = 0; band < mel->n_bands; band++) {
        int left = edge_bin(band, mel->n_bands);
        int centre = edge_bin(band + 1, mel->n_bands);
        int right = edge_bin(band + 2, mel->n_bands);

        /* The bin at the left edge has weight 0, unless it is the centre. */
        mel->first[band] = left < centre ? left + 1 : left;
        mel->start[band] = n;
        for (int k = mel->first[band]; k < right; k++)
            mel->weights[n++] = (float)triangle(k, left, centre, right);
    }
    mel->start[mel->n_bands] = n;
}

int se_mel_create(struct se_mel **out, int n_bands, struct se_report *report)
{
    struct se_mel *mel;

    *out = NULL;
    if (n_bands < 1 || n_bands > MAX_BANDS)
        return se_fail(report, SE_ERR_ARG, "%d mel bands: expected 1..%d",
                       n_bands, MAX_BANDS);
    mel = calloc(1, sizeof *mel);
    if (!mel)
        return se_fail_memory(report, "mel filters");
    mel->n_bands = n_bands;
    fill_bands(mel);
    *out = mel;
    return SE_OK;
}

void se_mel_destroy(struct se_mel *mel)
{
    free(mel);
}

int se_mel_band(const struct se_mel *mel, int band, int *first,
                const float **weights)
{
    *first = mel->first[band];
    *weights = mel->weights + mel->start[band];
    return mel->start[band + 1] - mel->start[band];
}

void se_mel_apply(const struct se_mel *mel, float *restrict bands,
                  const float power[SE_BINS])
{
    for (int band = 0; band < mel->n_bands; band++) {
        const float *p = power + mel->first[band] - mel->start[band];
        float sum = 0.0f;

        for (int i = mel->start[band]; i < mel->start[band + 1]; i++)
            sum += mel->weights[i] * p[i];
        bands[band] = sum;
    }
}
