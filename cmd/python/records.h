/* records.h - what the Python package calls besides nnse.h: model folders and
 * TFRecord files. cffi reads this file, too. */
#ifndef NNSE_PYTHON_RECORDS_H
#define NNSE_PYTHON_RECORDS_H

#include "nnse.h"

/* As nnse_error, of these functions. */
NNSE_API const char *nnse_python_error(void);

/* Path of a checkpoint in a model folder; `which`: "best", "latest" or the
 * number of an epoch (models/README.md). */
NNSE_API int nnse_python_checkpoint(char *path, size_t size, const char *folder,
                                    const char *which);

struct nnse_python_reader;

/* One record, good until the next one is read: n_frames * 257 powers, or, if
 * is_pcm, n_frames * 160 samples. */
struct nnse_python_record {
    int n_frames;
    int is_pcm;
    const float *pspec_noisy, *pspec_clean;
    const int16_t *pcm_noisy, *pcm_clean;
};

NNSE_API int nnse_python_open(struct nnse_python_reader **reader,
                              const char *path);

/* *found == 0 at the end of the file. */
NNSE_API int nnse_python_read(struct nnse_python_reader *reader,
                              struct nnse_python_record *record, int *found);
NNSE_API void nnse_python_close(struct nnse_python_reader *reader);

#endif
