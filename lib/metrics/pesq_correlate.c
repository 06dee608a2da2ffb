/* pesq_correlate.c - cross-correlation of many pieces by one FFT. */
#include "metrics/pesq_private.h"

#include <stdlib.h>
#include <string.h>

int se_pesq_correlator_create(struct se_pesq_correlator *correlator, int n,
                              struct se_report *report)
{
    int size = 2;

    while (size < n)
        size *= 2;

    int status = se_fft_create(&correlator->fft, size, report);

    if (status != SE_OK)
        return status;
    correlator->held =
        malloc((size_t)(size / 2 + 1) * sizeof *correlator->held);
    if (!correlator->held) {
        se_pesq_correlator_destroy(correlator);
        return se_fail_memory(report, "PESQ");
    }
    return SE_OK;
}

void se_pesq_correlator_destroy(struct se_pesq_correlator *correlator)
{
    se_fft_destroy(correlator->fft);
    free(correlator->held);
    memset(correlator, 0, sizeof *correlator);
}

void se_pesq_correlator_hold(struct se_pesq_correlator *correlator)
{
    struct se_fft *fft = correlator->fft;

    se_fft_forward(fft);
    memcpy(correlator->held, fft->spectrum,
           (size_t)(fft->n / 2 + 1) * sizeof *correlator->held);
}

void se_pesq_correlator_run(struct se_pesq_correlator *correlator)
{
    struct se_fft *fft = correlator->fft;

    se_fft_forward(fft);
    for (int k = 0; k <= fft->n / 2; k++) {
        const float *a = correlator->held[k];
        float re = fft->spectrum[k][0], im = fft->spectrum[k][1];

        fft->spectrum[k][0] = a[0] * re + a[1] * im;
        fft->spectrum[k][1] = a[0] * im - a[1] * re;
    }
    se_fft_inverse(fft);
}
