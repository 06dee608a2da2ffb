/* features.c - mel bands and statistics in integers. */
#include "quant/features_private.h"

#include "dsp/mel.h"

#include <math.h>
#include <stdlib.h>

enum { RISING, FALLING };

struct tables {
    uint16_t *edge;
    uint16_t (*weight)[2];
    int32_t *mean, *inv_std;
};

static int32_t to_int32(double x)
{
    x = floor(x + 0.5);
    return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* A weight times the power response of the DC filter there, at most 1.036. */
static uint16_t weigh(double weight, int bin)
{
    return (uint16_t)to_int32(32768.0 * weight * se_feature_dc_response(bin));
}

/* Each bin is a band of its own, all of them falling sides. */
static void fill_bins(struct tables *tables)
{
    tables->edge[0] = 0;
    for (int k = 0; k <= SE_BINS; k++)
        tables->edge[k + 1] = (uint16_t)k;
    for (int k = 0; k < SE_BINS; k++)
        tables->weight[k][FALLING] = weigh(1.0, k);
}

/* A band's centre is its one bin of weight 1: the next band's left edge. Its
 * weights end before its right edge. The first left edge is bin 0. */
static void fill_bands(struct tables *tables, const struct se_mel *mel,
                       int n_bands)
{
    tables->edge[0] = 0;
    for (int b = 0; b < n_bands; b++) {
        const float *weights;
        int first, centre = 0;
        int n = se_mel_band(mel, b, &first, &weights);

        while (weights[centre] < 1.0f)
            centre++;
        tables->edge[b + 1] = (uint16_t)(first + centre);
        tables->edge[b + 2] = (uint16_t)(first + n);
        for (int i = 0; i < n; i++)
            tables->weight[first + i][i < centre ? RISING : FALLING] =
                weigh((double)weights[i], first + i);
    }
}

int se_quant_features(struct nnsp_net *net, const struct se_model *model,
                      struct se_report *report)
{
    int n = model->arch.n_in, status = SE_OK;
    struct tables tables = {
        calloc((size_t)n + 2, sizeof(uint16_t)),
        calloc(SE_BINS, sizeof(uint16_t[2])),
        calloc((size_t)n, sizeof(int32_t)),
        calloc((size_t)n, sizeof(int32_t)),
    };
    struct se_mel *mel = NULL;

    net->n_features = (uint16_t)n;
    net->edge = tables.edge;
    net->weight = (const uint16_t(*)[2])tables.weight;
    net->mean = tables.mean;
    net->inv_std = tables.inv_std;
    if (!tables.edge || !tables.weight || !tables.mean || !tables.inv_std)
        return se_fail_memory(report, "feature tables");
    if (model->feat_type == SE_FEAT_MEL)
        status = se_mel_create(&mel, n, report);
    if (status != SE_OK)
        return status;
    if (mel)
        fill_bands(&tables, mel, n);
    else
        fill_bins(&tables);
    se_mel_destroy(mel);
    for (int i = 0; i < n; i++) {
        tables.mean[i] = to_int32(ldexp((double)model->mean[i], 17));
        tables.inv_std[i] = to_int32(ldexp((double)model->inv_std[i], 23));
    }
    return SE_OK;
}

void se_quant_features_free(struct nnsp_net *net)
{
    free((void *)net->edge);
    free((void *)net->weight);
    free((void *)net->mean);
    free((void *)net->inv_std);
}
