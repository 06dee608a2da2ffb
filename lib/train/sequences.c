/* sequences.c - sets of training sequences: mixtures, records, pairs. */
#include "audio/sound.h"
#include "records/tfrecord.h"
#include "train/feed.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

int se_sequences_from_mixer(struct se_sequences *set,
                            const struct se_mixtures *mixtures,
                            int block_frames, struct se_report *report)
{
    int n_frames = (int)(se_mix_samples(mixtures->mixer) / SE_HOP);

    *set = (struct se_sequences){.mixer = mixtures->mixer,
                                 .seed = mixtures->seed,
                                 .count = mixtures->count};
    set->n_frames = n_frames / block_frames * block_frames;
    if (set->n_frames == 0)
        return se_fail(report, SE_ERR_ARG,
                       "mixtures of %d frames are shorter than a block of %d",
                       n_frames, block_frames);
    return SE_OK;
}

/* Frames of all records, and what the last one holds. */
static int look_into_records(int *n_frames, enum se_record_format *format,
                             const char *path, struct se_report *report)
{
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    int found = 1, status = se_tfrecord_open(&reader, path, report);

    *n_frames = 0;
    if (status != SE_OK)
        return status;
    while (status == SE_OK && found) {
        status = se_tfrecord_read(reader, &example, &found, report);
        if (status == SE_OK && found)
            *n_frames += example.n_frames;
    }
    *format = example.format;
    se_example_free(&example);
    se_tfrecord_close(reader);
    return status;
}

static int round_up(int n_frames, int block_frames)
{
    return (n_frames + block_frames - 1) / block_frames * block_frames;
}

int se_sequences_from_records(struct se_sequences *set,
                              const struct se_list *records, int block_frames,
                              struct se_report *report)
{
    enum se_record_format format = SE_RECORD_PSPEC;
    int status = SE_OK;

    *set = (struct se_sequences){.records = records, .count = records->n};
    for (int i = 0; i < records->n; i++)
        if (access(records->paths[i], R_OK) != 0)
            return se_fail(report, SE_ERR_IO, "%s: %s: cannot open: %s",
                           records->name, records->paths[i], strerror(errno));
    status = look_into_records(&set->record_frames, &format, records->paths[0],
                               report);
    set->records_are_pcm = format == SE_RECORD_PCM;
    if (status == SE_OK && set->record_frames == 0)
        status = se_fail(report, SE_ERR_FORMAT, "%s: holds no records",
                         records->paths[0]);
    set->n_frames = round_up(set->record_frames, block_frames);
    return status;
}

/* Hops at SE_RATE_HZ that hold the whole file. */
static int count_sound_frames(int *n_frames, const char *path,
                              struct se_report *report)
{
    const double hops_a_second = (double)SE_RATE_HZ / SE_HOP;
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int64_t n_samples = 0;
    int status = se_sound_open(&reader, &format, path, NULL, report);

    if (status == SE_OK)
        status = se_sound_measure(&n_samples, reader, report);
    if (status == SE_OK)
        *n_frames =
            (int)ceil((double)n_samples * hops_a_second / format.rate_hz);
    se_sound_close(reader);
    return status;
}

int se_sequences_from_pairs(struct se_sequences *set,
                            const struct se_list *noisy,
                            const struct se_list *clean, int block_frames,
                            struct se_report *report)
{
    *set = (struct se_sequences){
        .noisy = noisy, .clean = clean, .count = noisy->n};
    for (int i = 0; i < noisy->n; i++) {
        int n_frames;
        int status = count_sound_frames(&n_frames, noisy->paths[i], report);

        if (status != SE_OK)
            return status;
        n_frames = round_up(n_frames, block_frames);
        set->n_frames = n_frames > set->n_frames ? n_frames : set->n_frames;
    }
    return SE_OK;
}

int se_sequences_have_phase(const struct se_sequences *set)
{
    return !set->records || set->records_are_pcm;
}
