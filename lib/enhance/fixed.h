/* fixed.h - inside lib/enhance: the integer runtime in place of the float net.
 *
 * Sound is rounded to 16 bits, as a board's microphone gives it; what the
 * runtime takes away from that is taken from the sound. So sound of 16 bits
 * comes out as on the board, bit for bit, and finer sound keeps what it has
 * below 16 bits. */
#ifndef SE_ENHANCE_FIXED_H
#define SE_ENHANCE_FIXED_H

#include "enhance/enhancer.h"

struct se_fixed;

/* config->fixed must outlive it. */
int se_fixed_create(struct se_fixed **fixed,
                    const struct se_enhancer_config *config,
                    struct se_report *report);
void se_fixed_destroy(struct se_fixed *fixed);
void se_fixed_reset(struct se_fixed *fixed);

/* As se_enhancer_limit, se_enhancer_step and se_enhancer_mask. */
void se_fixed_limit(struct se_fixed *fixed, float attenuation_limit_db);
void se_fixed_step(struct se_fixed *fixed, float *out, const float *in);
const float *se_fixed_mask(const struct se_fixed *fixed, int channel);

/* x[n_features] of the last step: of the mean of linked channels, or of the
 * first channel. */
void se_fixed_features(const struct se_fixed *fixed, float *x);

#endif
