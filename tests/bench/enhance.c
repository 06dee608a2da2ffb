/* enhance.c - what enhance.sh needs: a checkpoint with random weights of the
 * net ARCH, and SECONDS of noise, 16 kHz, 16 bit. The time of a net does not
 * depend on what it has learnt. */
#include "audio/sound.h"
#include "base/rng.h"
#include "files/file.h"
#include "model/model.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_model(const char *path, const char *arch_path,
                       struct se_report *report)
{
    struct se_arch arch;
    struct se_model model;
    struct se_rng rng;
    char *text;
    size_t size;
    int status = se_read_file(&text, &size, arch_path, 1 << 20, report);

    if (status != SE_OK)
        return status;
    status = se_arch_parse(&arch, text, arch_path, report);
    free(text);
    if (status == SE_OK)
        status = se_model_create(&model, &arch, SE_FEAT_MEL, report);
    if (status != SE_OK)
        return status;
    se_rng_seed(&rng, 1, 0);
    for (int64_t i = 0; i < model.n_parameters; i++)
        model.parameters[i] = (float)(0.2 * se_rng_normal(&rng));
    status = se_model_write(path, &model, "tests/bench/enhance", report);
    se_model_free(&model);
    return status;
}

static int write_noise(const char *path, int seconds, struct se_report *report)
{
    struct se_sound_format format = {SE_RATE_HZ, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    struct se_rng rng;
    float second[SE_RATE_HZ];
    int status = se_sound_create(&writer, path, &format, NULL, report);

    se_rng_seed(&rng, 2, 0);
    for (int i = 0; i < seconds && status == SE_OK; i++) {
        for (int k = 0; k < SE_RATE_HZ; k++)
            second[k] = (float)(0.05 * se_rng_normal(&rng));
        status = se_sound_write(writer, second, SE_RATE_HZ, report);
    }
    if (status == SE_OK)
        return se_sound_commit(writer, report);
    se_sound_discard(writer);
    return status;
}

int main(int argc, char **argv)
{
    struct se_report report;
    int status = SE_ERR_ARG;

    snprintf(report.text, sizeof report.text,
             "usage: enhance model ARCH FILE | noise SECONDS FILE");
    if (argc == 4 && strcmp(argv[1], "model") == 0)
        status = write_model(argv[3], argv[2], &report);
    else if (argc == 4 && strcmp(argv[1], "noise") == 0)
        status = write_noise(argv[3], atoi(argv[2]), &report);
    if (status != SE_OK)
        fprintf(stderr, "%s\n", report.text);
    return status == SE_OK ? 0 : 1;
}
