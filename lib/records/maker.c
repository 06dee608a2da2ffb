/* maker.c - one mixture to records to a TFRecord file. */
#include "records/maker_private.h"

#include "dsp/convert.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "encoding/crc32c.h"
#include "records/tfrecord.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct se_maker {
    const struct se_shards *shards;
    int n_frames; /* of a record */
    struct se_stft *noisy_stft, *clean_stft;
    struct se_statistician *statistician;
    float *noisy, *clean, *scratch;
    struct se_example record;
    struct se_example found; /* in a file that is there */
};

/* ---- creation ------------------------------------------------------------ */

static void *new_values(int64_t n, size_t size)
{
    return malloc((size_t)n * size);
}

static int make_record(struct se_example *record, enum se_record_format format,
                       int n_frames, struct se_report *report)
{
    int64_t n_bins = (int64_t)n_frames * SE_BINS;
    int64_t n_samples = (int64_t)n_frames * SE_HOP;

    record->format = format;
    record->n_frames = n_frames;
    if (format == SE_RECORD_PCM) {
        record->pcm_noisy = new_values(n_samples, sizeof(int16_t));
        record->pcm_clean = new_values(n_samples, sizeof(int16_t));
    } else {
        record->pspec_noisy = new_values(n_bins, sizeof(float));
        record->pspec_clean = new_values(n_bins, sizeof(float));
    }
    if ((record->pcm_noisy && record->pcm_clean) ||
        (record->pspec_noisy && record->pspec_clean))
        return SE_OK;
    return se_fail_memory(report, "a record");
}

static int prepare(struct se_maker *maker, struct se_report *report)
{
    const struct se_mixer *mixer = maker->shards->mixer;
    int64_t n = se_mix_samples(mixer);
    int status = maker->n_frames = se_shards_frames(maker->shards, report);

    if (status < 0)
        return status;
    status = se_stft_create(&maker->noisy_stft, report);
    if (status == SE_OK)
        status = se_stft_create(&maker->clean_stft, report);
    if (status == SE_OK)
        status = se_statistician_create(&maker->statistician, report);
    if (status == SE_OK)
        status = make_record(&maker->record, maker->shards->format,
                             maker->n_frames, report);
    if (status != SE_OK)
        return status;
    maker->noisy = new_values(n, sizeof(float));
    maker->clean = new_values(n, sizeof(float));
    maker->scratch = new_values(se_mix_scratch(mixer), sizeof(float));
    if (!maker->noisy || !maker->clean || !maker->scratch)
        return se_fail_memory(report, "a mixture");
    return SE_OK;
}

int se_maker_create(struct se_maker **out, const struct se_shards *shards,
                    struct se_report *report)
{
    struct se_maker *maker = calloc(1, sizeof *maker);

    *out = NULL;
    if (!maker)
        return se_fail_memory(report, "a mixture");
    maker->shards = shards;

    int status = prepare(maker, report);

    if (status != SE_OK)
        se_maker_destroy(maker);
    else
        *out = maker;
    return status;
}

void se_maker_destroy(struct se_maker *maker)
{
    if (!maker)
        return;
    se_stft_destroy(maker->noisy_stft);
    se_stft_destroy(maker->clean_stft);
    se_statistician_destroy(maker->statistician);
    free(maker->noisy);
    free(maker->clean);
    free(maker->scratch);
    se_example_free(&maker->record);
    se_example_free(&maker->found);
    free(maker);
}

/* ---- making -------------------------------------------------------------- */

static void fill_pspec(struct se_maker *maker, int64_t first_frame)
{
    se_bin spectrum[SE_BINS];

    for (int t = 0; t < maker->n_frames; t++) {
        int64_t at = (first_frame + t) * SE_HOP, bin = (int64_t)t * SE_BINS;

        se_stft_analyse(maker->noisy_stft, spectrum, maker->noisy + at);
        se_power(maker->record.pspec_noisy + bin, spectrum);
        se_stft_analyse(maker->clean_stft, spectrum, maker->clean + at);
        se_power(maker->record.pspec_clean + bin, spectrum);
    }
}

static void fill_pcm(struct se_maker *maker, int64_t first_frame)
{
    int64_t at = first_frame * SE_HOP;
    int64_t n = (int64_t)maker->n_frames * SE_HOP;

    se_to_int16(maker->record.pcm_noisy, maker->noisy + at, n);
    se_to_int16(maker->record.pcm_clean, maker->clean + at, n);
}

/* The noisy peak is below full scale, the clean one may be beyond (a clipped
 * mixture): both come down together, for 16 bits would clip it. */
static void fit_pcm(struct se_maker *maker)
{
    int64_t n = se_mix_samples(maker->shards->mixer);
    float peak =
        fmaxf(se_level_peak(maker->noisy, n), se_level_peak(maker->clean, n));
    float gain = 0.999f / peak;

    if (!(peak > 0.999f))
        return;
    for (int64_t i = 0; i < n; i++) {
        maker->noisy[i] *= gain;
        maker->clean[i] *= gain;
    }
}

static void mix(struct se_maker *maker, int number)
{
    const struct se_shards *shards = maker->shards;

    se_mix(shards->mixer,
           &(struct se_mixture){maker->noisy, maker->clean, maker->scratch},
           shards->seed, (uint64_t)number);
    se_stft_reset(maker->noisy_stft);
    se_stft_reset(maker->clean_stft);
    if (shards->format == SE_RECORD_PCM)
        fit_pcm(maker);
}

int se_maker_make(struct se_maker *maker, uint32_t *crc,
                  struct se_statistics *statistics, int number,
                  struct se_report *report)
{
    const struct se_shards *shards = maker->shards;
    struct se_tfrecord_writer *writer;
    char path[SE_SHARDS_PATH];

    se_shards_path(path, shards->folder, number);

    int status = se_tfrecord_create(&writer, path, shards->gzip, report);

    if (status != SE_OK)
        return status;
    se_tfrecord_sum(writer, crc);
    mix(maker, number);
    se_statistician_start(maker->statistician);
    for (int i = 0; i < shards->n_records && status == SE_OK; i++) {
        int64_t first = (int64_t)i * maker->n_frames;

        if (shards->format == SE_RECORD_PCM)
            fill_pcm(maker, first);
        else
            fill_pspec(maker, first);
        se_statistician_add(maker->statistician, statistics, &maker->record);
        status = se_tfrecord_write(writer, &maker->record, report);
    }
    if (status == SE_OK)
        return se_tfrecord_commit(writer, report);
    se_tfrecord_discard(writer);
    return status;
}

/* ---- checking ------------------------------------------------------------ */

static int read_records(struct se_maker *maker,
                        struct se_statistics *statistics,
                        struct se_tfrecord_reader *reader, const char *path,
                        struct se_report *report)
{
    const struct se_shards *shards = maker->shards;
    int found = 1, n = 0;

    for (;; n++) {
        int status = se_tfrecord_read(reader, &maker->found, &found, report);

        if (status != SE_OK)
            return status;
        if (!found)
            break;
        if (maker->found.n_frames != maker->n_frames ||
            maker->found.format != shards->format)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: record %d is not of %d frames", path, n,
                           maker->n_frames);
        se_statistician_add(maker->statistician, statistics, &maker->found);
    }
    if (n != shards->n_records)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: holds %d records, expected %d", path, n,
                       shards->n_records);
    return SE_OK;
}

int se_maker_check(struct se_maker *maker, uint32_t *crc,
                   struct se_statistics *statistics, int number,
                   struct se_report *report)
{
    struct se_tfrecord_reader *reader;
    char path[SE_SHARDS_PATH];

    se_shards_path(path, maker->shards->folder, number);

    int status = se_tfrecord_open(&reader, path, report);

    if (status != SE_OK)
        return status;
    se_statistician_start(maker->statistician);
    status = read_records(maker, statistics, reader, path, report);
    se_tfrecord_close(reader);
    return status == SE_OK ? se_crc32c_file(crc, path, report) : status;
}
