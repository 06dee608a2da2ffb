/* plan.c - numbers and names of shards. */
#include "records/plan.h"

#include "dsp/stft.h"

#include <stdio.h>

int se_shards_frames(const struct se_shards *shards, struct se_report *report)
{
    int64_t n_frames = se_mix_samples(shards->mixer) / SE_HOP;

    if (n_frames < shards->n_records || n_frames % shards->n_records != 0)
        return se_fail(report, SE_ERR_ARG,
                       "a mixture of %lld frames of 10 ms cannot be cut into "
                       "%d equal records",
                       (long long)n_frames, shards->n_records);
    return (int)(n_frames / shards->n_records);
}

int se_shards_count(const struct se_shards *shards)
{
    if (!shards->part)
        return shards->n_shards;
    return (shards->n_shards - shards->part + shards->n_parts) /
           shards->n_parts;
}

int se_shards_number(const struct se_shards *shards, int index)
{
    return shards->part ? shards->part - 1 + index * shards->n_parts : index;
}

void se_shards_path(char path[SE_SHARDS_PATH], const char *folder, int number)
{
    snprintf(path, SE_SHARDS_PATH, "%s/mix%06d.tfrecord", folder, number);
}

double se_shards_bytes_a_second(enum se_record_format format, int gzip)
{
    static const double packed = 0.75; /* spectra 0.85, samples 0.8 */
    size_t n = se_example_size(
        format, 100, format == SE_RECORD_PSPEC ? 100 * SE_BINS : 100 * SE_HOP);

    return (double)n * (gzip ? packed : 1.0);
}
