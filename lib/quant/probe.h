/* probe.h - a float net layer by layer: what each one gives on real sound. */
#ifndef SE_QUANT_PROBE_H
#define SE_QUANT_PROBE_H

#include "model/model.h"

struct se_probe;

/* The model must outlive the probe. */
int se_probe_create(struct se_probe **probe, const struct se_model *model,
                    struct se_report *report);
void se_probe_destroy(struct se_probe *probe);

/* Takes the next 160 samples at 16 kHz, full scale -1..1. */
void se_probe_frame(struct se_probe *probe, const float hop[SE_HOP]);

/* Newest output of a layer (with strides it may be of an earlier frame), before
 * scalar_output; layer -1: the standardised features. */
const float *se_probe_output(const struct se_probe *probe, int layer);

/* First and second moments of the features (node 0) and of each layer's output
 * (node 1 + layer), over a sound. */
struct se_moments {
    int n_nodes;
    float *mean[1 + SE_MAX_LAYERS];
    float *square[1 + SE_MAX_LAYERS];
};

/* `samples`: mono, 16 kHz, at least one hop of them. */
int se_moments_measure(struct se_moments *moments, const struct se_model *model,
                       const float *samples, int64_t n_samples,
                       struct se_report *report);
void se_moments_free(struct se_moments *moments);

#endif
