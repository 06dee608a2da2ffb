/* teacher.c - a trained net that another one learns from. */
#include "train/teacher.h"

#include "base/simd.h"
#include "encoding/crc32c.h"

static int check(const struct se_model *model, struct se_report *report)
{
    const struct se_arch *arch = &model->arch;

    if (arch->len_filter == 1)
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "%s: gives %d values a frame for filters of %d frames, "
                   "expected a teacher that gives a mask of %d bins",
                   model->file, se_arch_outputs(arch), arch->len_filter,
                   SE_BINS);
}

static void drop_nothing(struct se_arch *arch)
{
    arch->input_dropout_rate = 0;
    for (int i = 0; i < arch->n_layers; i++)
        arch->layer[i].dropout_rate = 0;
}

static uint32_t checksum_of(const struct se_model *model)
{
    const size_t n_in = (size_t)model->arch.n_in;
    uint32_t crc = se_crc32c(0, model->parameters,
                             (size_t)model->n_parameters * sizeof(float));

    crc = se_crc32c(crc, model->mean, n_in * sizeof *model->mean);
    return se_crc32c(crc, model->inv_std, n_in * sizeof *model->inv_std);
}

int se_teacher_open(struct se_teacher *teacher, const char *path, float share,
                    struct se_report *report)
{
    const float silence[SE_BINS] = {0};
    struct se_model *model = &teacher->model;

    *teacher = (struct se_teacher){.share = share};

    int status = se_model_read(model, path, report);

    if (status != SE_OK)
        return status;
    status = check(model, report);
    drop_nothing(&model->arch);
    if (status == SE_OK)
        status = se_feature_create(&teacher->feature, model->feat_type,
                                   model->arch.n_in, report);
    if (status != SE_OK) {
        se_teacher_close(teacher);
        return status;
    }
    teacher->checksum = checksum_of(model);
    se_teacher_features(teacher, teacher->silence, silence);
    return SE_OK;
}

void se_teacher_close(struct se_teacher *teacher)
{
    se_model_free(&teacher->model);
    se_feature_destroy(teacher->feature);
    *teacher = (struct se_teacher){0};
}

int se_teacher_lead(const struct se_teacher *teacher,
                    const struct se_arch *pupil)
{
    return teacher->model.arch.len_lookahead - pupil->len_lookahead;
}

void se_teacher_features(const struct se_teacher *teacher, float *features,
                         const float power[SE_BINS])
{
    se_model_features(&teacher->model, teacher->feature, features, power);
}

/* As the mask counts in use. */
static inline float limit(float mask)
{
    return mask < 0 ? 0 : mask > 1 ? 1 : mask;
}

SE_MULTIVERSION
static void blend_amplitudes(const struct se_block *block, const float *mask,
                             float share, int64_t n)
{
    float *restrict clean = block->clean, *restrict cross = block->cross;
    const float *noisy = block->noisy;

    for (int64_t i = 0; i < n; i++) {
        float taught = share * limit(mask[i]) * noisy[i];

        clean[i] = (1 - share) * clean[i] + taught;
        cross[i] = (1 - share) * cross[i] + taught * noisy[i];
    }
}

SE_MULTIVERSION
static void blend_spectra(se_bin *restrict clean, se_bin *noisy,
                          const float *mask, float share, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float taught = share * limit(mask[i]);

        clean[i][0] = (1 - share) * clean[i][0] + taught * noisy[i][0];
        clean[i][1] = (1 - share) * clean[i][1] + taught * noisy[i][1];
    }
}

void se_teacher_blend(const struct se_teacher *teacher, struct se_block *block,
                      const float *mask)
{
    const int64_t n = (int64_t)block->frames * block->rows * SE_BINS;

    blend_amplitudes(block, mask, teacher->share, n);
    if (block->clean_spectrum)
        blend_spectra(block->clean_spectrum, block->noisy_spectrum, mask,
                      teacher->share, n);
}
