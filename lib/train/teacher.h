/* teacher.h - a trained net that another one, the pupil, learns from.
 *
 * Distillation (G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a
 * neural network", 2015): the pupil's target is a mixture of the clean speech
 * and of what the teacher makes of the noisy one, which asks for less that a
 * small net cannot do. With share s, teacher's mask m, noisy X and clean S,
 * a loss sees in place of |S|, Re(X conj S) and S
 *     (1 - s) |S| + s m |X|,  (1 - s) Re(X conj S) + s m |X|^2,
 *     (1 - s) S + s m X.
 * Of a loss whose derivative is linear in its target, as that of squared errors
 * and of the divergence `kl` is, the gradient is that of (1 - s) times the loss
 * against the clean speech plus s times that against the teacher's; of any loss
 * there is one evaluation. */
#ifndef SE_TRAIN_TEACHER_H
#define SE_TRAIN_TEACHER_H

#include "model/model.h"
#include "train/block.h"

struct se_teacher {
    struct se_model model; /* model.file: the checkpoint */
    struct se_feature *feature;
    float silence[SE_MAX_FEATURES]; /* standardised features */
    float share;                    /* s, 0..1 */
    uint32_t checksum;              /* CRC-32C of weights and statistics */
};

/* Reads a checkpoint; of any net whose last layer gives a mask. */
int se_teacher_open(struct se_teacher *teacher, const char *path, float share,
                    struct se_report *report);
void se_teacher_close(struct se_teacher *teacher);

/* How many frames the teacher has to be ahead of a pupil for their masks to
 * belong to the same frame: the difference of their lookaheads. Negative: how
 * many behind. */
int se_teacher_lead(const struct se_teacher *teacher,
                    const struct se_arch *pupil);

/* What the teacher sees of a frame, standardised. */
void se_teacher_features(const struct se_teacher *teacher, float *features,
                         const float power[SE_BINS]);

/* Mixes the targets of a block with the teacher's, which follow from what its
 * net gives, mask[frames][rows][SE_BINS]. */
void se_teacher_blend(const struct se_teacher *teacher, struct se_block *block,
                      const float *mask);

#endif
