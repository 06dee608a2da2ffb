/* records.c - model folders and TFRecord files for the Python package. */
#include "records.h"

#include "base/locale.h"
#include "model/model.h"
#include "records/tfrecord.h"

#include <stdlib.h>

static _Thread_local struct se_report last;

struct nnse_python_reader {
    struct se_tfrecord_reader *reader;
    struct se_example example;
};

const char *nnse_python_error(void)
{
    return last.text;
}

int nnse_python_checkpoint(char *path, size_t size, const char *folder,
                           const char *which)
{
    locale_t host = se_locale_enter();
    int status = se_model_checkpoint(path, size, folder, which, &last);

    se_locale_leave(host);
    return status;
}

int nnse_python_open(struct nnse_python_reader **out, const char *path)
{
    struct nnse_python_reader *reader = calloc(1, sizeof *reader);
    int status;

    *out = NULL;
    if (!reader)
        return se_fail_memory(&last, path);
    status = se_tfrecord_open(&reader->reader, path, &last);
    if (status == SE_OK)
        *out = reader;
    else
        free(reader);
    return status;
}

int nnse_python_read(struct nnse_python_reader *reader,
                     struct nnse_python_record *record, int *found)
{
    const struct se_example *example = &reader->example;
    int status =
        se_tfrecord_read(reader->reader, &reader->example, found, &last);

    if (status == SE_OK && *found)
        *record = (struct nnse_python_record){
            .n_frames = example->n_frames,
            .is_pcm = example->format == SE_RECORD_PCM,
            .pspec_noisy = example->pspec_noisy,
            .pspec_clean = example->pspec_clean,
            .pcm_noisy = example->pcm_noisy,
            .pcm_clean = example->pcm_clean,
        };
    return status;
}

void nnse_python_close(struct nnse_python_reader *reader)
{
    if (!reader)
        return;
    se_tfrecord_close(reader->reader);
    se_example_free(&reader->example);
    free(reader);
}
