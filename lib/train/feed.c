/* feed.c - sequences into blocks of features and targets. */
#include "train/feed.h"

#include "audio/sound.h"
#include "base/simd.h"
#include "data/level.h"
#include "data/tfrecord.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct se_feed {
    const struct se_sequences *set;
    const struct se_feature *feature;
    int64_t number;  /* of the sequence */
    int frame;       /* next one to play */
    int real_frames; /* of this sequence */
    float gain;      /* amplitude, so that active speech has power 1 a bin */

    /* mixtures and pairs: samples, and the transforms that play them */
    float *noisy, *clean; /* [n_frames * SE_HOP] */
    struct se_stft *noisy_stft, *clean_stft;

    /* records: the one that is played, and the file */
    struct se_tfrecord_reader *reader;
    struct se_example example;
    int example_frame;
};

/* ---- sets ---------------------------------------------------------------- */

int se_sequences_from_mixer(struct se_sequences *set,
                            const struct se_mixer *mixer, uint64_t seed,
                            int64_t count, int block_frames,
                            struct se_report *report)
{
    int n_frames = (int)(se_mix_samples(mixer) / SE_HOP);

    *set = (struct se_sequences){.mixer = mixer, .seed = seed, .count = count};
    set->n_frames = n_frames / block_frames * block_frames;
    if (set->n_frames == 0)
        return se_fail(report, SE_ERR_ARG,
                       "mixtures of %d frames are shorter than a block of %d",
                       n_frames, block_frames);
    return SE_OK;
}

static int count_record_frames(int *n_frames, const char *path,
                               struct se_report *report)
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
    int status = SE_OK;

    *set = (struct se_sequences){.records = records, .count = records->n};
    for (int i = 0; i < records->n; i++)
        if (access(records->paths[i], R_OK) != 0)
            return se_fail_errno(report, records->paths[i], "cannot open");
    status =
        count_record_frames(&set->record_frames, records->paths[0], report);
    if (status == SE_OK && set->record_frames == 0)
        status = se_fail(report, SE_ERR_FORMAT, "%s: holds no records",
                         records->paths[0]);
    set->n_frames = round_up(set->record_frames, block_frames);
    return status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Hops at SE_RATE_HZ that hold the whole file. */
static int count_sound_frames(int *n_frames, const char *path,
                              struct se_report *report)
{
    const double hops_a_second = (double)SE_RATE_HZ / SE_HOP;
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int status = se_sound_open(&reader, &format, path, NULL, report);

    if (status != SE_OK)
        return status;
    *n_frames = (int)ceil((double)se_sound_frames(reader) * hops_a_second /
                          format.rate_hz);
    se_sound_close(reader);
    return SE_OK;
}

int se_sequences_from_pairs(struct se_sequences *set,
                            const struct se_list *noisy,
                            const struct se_list *clean, int block_frames,
                            struct se_report *report)
{
    *set = (struct se_sequences){
        .noisy = noisy, .clean = clean, .count = noisy->n};
    if (noisy->n != clean->n)
        return se_fail(report, SE_ERR_ARG,
                       "%d noisy files but %d clean ones: expected pairs of "
                       "the same names",
                       noisy->n, clean->n);
    for (int i = 0; i < noisy->n; i++) {
        int n_frames, status;

        if (strcmp(base_name(noisy->paths[i]), base_name(clean->paths[i])) != 0)
            return se_fail(report, SE_ERR_ARG,
                           "%s has no clean file of the same name, found %s",
                           noisy->paths[i], clean->paths[i]);
        status = count_sound_frames(&n_frames, noisy->paths[i], report);
        if (status != SE_OK)
            return status;
        n_frames = round_up(n_frames, block_frames);
        set->n_frames = n_frames > set->n_frames ? n_frames : set->n_frames;
    }
    return SE_OK;
}

int se_sequences_have_phase(const struct se_sequences *set)
{
    return !set->records;
}

/* ---- blocks -------------------------------------------------------------- */

int se_block_create(struct se_block *block, int steps, int rows, int n_features,
                    struct se_report *report)
{
    size_t n = (size_t)steps * (size_t)rows;

    *block = (struct se_block){
        .steps = steps,
        .rows = rows,
        .n_features = n_features,
        .features = calloc(n * (size_t)n_features, sizeof(float)),
        .noisy = calloc(n * SE_BINS, sizeof(float)),
        .clean = calloc(n * SE_BINS, sizeof(float)),
        .cross = calloc(n * SE_BINS, sizeof(float)),
    };
    if (block->features && block->noisy && block->clean && block->cross)
        return SE_OK;
    se_block_free(block);
    return se_fail_memory(report, "a block of frames");
}

void se_block_free(struct se_block *block)
{
    free(block->features);
    free(block->noisy);
    free(block->clean);
    free(block->cross);
    *block = (struct se_block){0};
}

/* ---- feeds --------------------------------------------------------------- */

int se_feed_create(struct se_feed **out, const struct se_sequences *set,
                   const struct se_feature *feature, struct se_report *report)
{
    struct se_feed *feed = calloc(1, sizeof *feed);
    size_t n = (size_t)set->n_frames * SE_HOP;
    int status = SE_OK;

    *out = NULL;
    if (!feed)
        return se_fail_memory(report, "a training sequence");
    feed->set = set;
    feed->feature = feature;
    if (!set->records) {
        feed->noisy = malloc(n * sizeof(float));
        feed->clean = malloc(n * sizeof(float));
        if (!feed->noisy || !feed->clean)
            status = se_fail_memory(report, "a training sequence");
        if (status == SE_OK)
            status = se_stft_create(&feed->noisy_stft, report);
        if (status == SE_OK)
            status = se_stft_create(&feed->clean_stft, report);
    }
    if (status != SE_OK)
        se_feed_destroy(feed);
    else
        *out = feed;
    return status;
}

void se_feed_destroy(struct se_feed *feed)
{
    if (!feed)
        return;
    se_stft_destroy(feed->noisy_stft);
    se_stft_destroy(feed->clean_stft);
    se_tfrecord_close(feed->reader);
    se_example_free(&feed->example);
    free(feed->noisy);
    free(feed->clean);
    free(feed);
}

int64_t se_feed_scratch(const struct se_sequences *set)
{
    return set->mixer ? se_mix_scratch(set->mixer) : 0;
}

/* Power 1 in a bin on active speech: a frame of unit-power samples has a mean
 * power of SE_HOP in its bins (the window's sum of squares). A sequence
 * without speech, or with next to none, is scaled by its noise, so that it
 * neither divides by zero nor outweighs the others. */
static float level_gain(double clean_power, double noisy_power)
{
    double power = fmax(clean_power, 0.1 * noisy_power);

    return power > 0 ? (float)(1 / sqrt(power * SE_HOP)) : 1.0f;
}

/* Copies a whole file into `samples` [n]; the rest becomes silence. */
static int load_padded(float *samples, int64_t n, int64_t *n_loaded,
                       const char *path, struct se_report *report)
{
    float *loaded;
    int status =
        se_sound_load_mono(&loaded, n_loaded, path, SE_RATE_HZ, report);

    if (status != SE_OK)
        return status;
    *n_loaded = *n_loaded < n ? *n_loaded : n;
    memcpy(samples, loaded, (size_t)*n_loaded * sizeof *samples);
    memset(samples + *n_loaded, 0, (size_t)(n - *n_loaded) * sizeof *samples);
    free(loaded);
    return SE_OK;
}

static int start_samples(struct se_feed *feed, int64_t number, float *scratch,
                         struct se_report *report)
{
    const struct se_sequences *set = feed->set;
    int64_t n = (int64_t)set->n_frames * SE_HOP, n_noisy = n, n_clean = n;
    int status = SE_OK;

    if (set->mixer) {
        se_mix(set->mixer, feed->noisy, feed->clean, scratch, set->seed,
               (uint64_t)number);
    } else {
        status = load_padded(feed->noisy, n, &n_noisy,
                             set->noisy->paths[number], report);
        if (status == SE_OK)
            status = load_padded(feed->clean, n, &n_clean,
                                 set->clean->paths[number], report);
    }
    feed->real_frames = (int)((n_noisy + SE_HOP - 1) / SE_HOP);
    feed->gain = level_gain(se_level_active_power(feed->clean, n),
                            se_level_power(feed->noisy, n_noisy));
    se_stft_reset(feed->noisy_stft);
    se_stft_reset(feed->clean_stft);
    return status;
}

int se_feed_start(struct se_feed *feed, int64_t number, float *scratch,
                  struct se_report *report)
{
    feed->frame = 0;
    feed->number = number;
    if (!feed->set->records)
        return start_samples(feed, number, scratch, report);
    se_tfrecord_close(feed->reader);
    feed->reader = NULL;
    feed->example_frame = feed->example.n_frames = 0;
    feed->real_frames = feed->set->record_frames;
    return se_tfrecord_open(&feed->reader, feed->set->records->paths[number],
                            report);
}

int se_feed_real_frames(const struct se_feed *feed)
{
    return feed->real_frames;
}

/* One frame's place in a block. */
struct frame {
    float *features, *noisy, *clean, *cross;
};

static struct frame frame_of(struct se_block *block, int step, int row)
{
    int64_t at = (int64_t)step * block->rows + row;

    return (struct frame){
        block->features + at * block->n_features, block->noisy + at * SE_BINS,
        block->clean + at * SE_BINS, block->cross + at * SE_BINS};
}

SE_MULTIVERSION
static void targets_of_spectra(struct frame frame, se_bin *x, se_bin *s,
                               float gain)
{
    for (int k = 0; k < SE_BINS; k++) {
        float x2 = x[k][0] * x[k][0] + x[k][1] * x[k][1];
        float s2 = s[k][0] * s[k][0] + s[k][1] * s[k][1];

        frame.noisy[k] = gain * sqrtf(x2);
        frame.clean[k] = gain * sqrtf(s2);
        frame.cross[k] = gain * gain * (x[k][0] * s[k][0] + x[k][1] * s[k][1]);
    }
}

static void play_samples(struct se_feed *feed, struct frame frame)
{
    int64_t at = (int64_t)feed->frame * SE_HOP;
    se_bin x[SE_BINS], s[SE_BINS];
    float power[SE_BINS];

    se_stft_analyse(feed->noisy_stft, x, feed->noisy + at);
    se_stft_analyse(feed->clean_stft, s, feed->clean + at);
    se_power(power, x);
    se_feature_log(feed->feature, frame.features, power);
    targets_of_spectra(frame, x, s, feed->gain);
}

/* Sum over the bins of frame t. */
static double frame_sum(const float *pspec, int t)
{
    double sum = 0;

    for (int k = 0; k < SE_BINS; k++)
        sum += (double)pspec[(int64_t)t * SE_BINS + k];
    return sum;
}

/* Power of the samples that gave these spectra (see level_gain), mean over the
 * frames whose sum is above `threshold`. */
static double power_above(const float *pspec, int n_frames, double threshold)
{
    double sum = 0;
    int n = 0;

    for (int t = 0; t < n_frames; t++) {
        double frame = frame_sum(pspec, t);

        if (frame > threshold) {
            sum += frame;
            n++;
        }
    }
    return n ? sum / n / SE_BINS / SE_HOP : 0;
}

/* As a mixture's: clean speech where it is within 40 dB of its loudest frame.
 */
static float example_gain(const struct se_example *example)
{
    double loudest = 0;

    for (int t = 0; t < example->n_frames; t++)
        loudest = fmax(loudest, frame_sum(example->pspec_clean, t));
    return level_gain(
        power_above(example->pspec_clean, example->n_frames, 1e-4 * loudest),
        power_above(example->pspec_noisy, example->n_frames, -1));
}

static int check_powers(const float *pspec, int n_frames, const char *path,
                        struct se_report *report)
{
    for (int64_t i = 0; i < (int64_t)n_frames * SE_BINS; i++)
        if (pspec[i] < 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: holds %g where a power was expected", path,
                           (double)pspec[i]);
    return SE_OK;
}

static const char *record_path(const struct se_feed *feed)
{
    return feed->set->records->paths[feed->number];
}

/* Reads the next record; its level is its own. */
static int next_record(struct se_feed *feed, int *found,
                       struct se_report *report)
{
    const struct se_example *example = &feed->example;
    const char *path = record_path(feed);
    int status = se_tfrecord_read(feed->reader, &feed->example, found, report);

    feed->example_frame = 0;
    if (status != SE_OK || !*found) {
        feed->example.n_frames = 0;
        return status;
    }
    status =
        check_powers(example->pspec_noisy, example->n_frames, path, report);
    if (status == SE_OK)
        status =
            check_powers(example->pspec_clean, example->n_frames, path, report);
    feed->gain = example_gain(example);
    return status;
}

/* Sees to it that the record has a frame to play while the sequence has one,
 * and that the file ends with the sequence. */
static int check_record(struct se_feed *feed, struct se_report *report)
{
    const struct se_sequences *set = feed->set;
    int found = 1, status = SE_OK;

    if (feed->frame > set->record_frames)
        return SE_OK;
    while (status == SE_OK && found &&
           feed->example_frame == feed->example.n_frames)
        status = next_record(feed, &found, report);
    if (status == SE_OK && found != (feed->frame < set->record_frames))
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: holds %s than %d frames, expected as many as %s",
                         record_path(feed), found ? "more" : "less",
                         set->record_frames, set->records->paths[0]);
    return status;
}

static int play_record(struct se_feed *feed, struct frame frame,
                       struct se_report *report)
{
    const float silence[SE_BINS] = {0};
    const float *noisy = silence, *clean = silence;
    int status = check_record(feed, report);

    if (status != SE_OK)
        return status;
    if (feed->frame < feed->set->record_frames) {
        int64_t at = (int64_t)feed->example_frame++ * SE_BINS;

        noisy = feed->example.pspec_noisy + at;
        clean = feed->example.pspec_clean + at;
    }
    se_feature_log(feed->feature, frame.features, noisy);
    for (int k = 0; k < SE_BINS; k++) {
        frame.noisy[k] = feed->gain * sqrtf(noisy[k]);
        frame.clean[k] = feed->gain * sqrtf(clean[k]);
        frame.cross[k] = 0;
    }
    return SE_OK;
}

int se_feed_block(struct se_feed *feed, struct se_block *block, int row,
                  const float *mean, const float *inv_std,
                  struct se_report *report)
{
    for (int step = 0; step < block->steps; step++, feed->frame++) {
        struct frame frame = frame_of(block, step, row);

        if (feed->set->records) {
            int status = play_record(feed, frame, report);

            if (status != SE_OK)
                return status;
        } else {
            play_samples(feed, frame);
        }
        if (mean)
            se_feature_standardise(frame.features, frame.features, mean,
                                   inv_std, block->n_features);
    }
    /* A file that has more than the sequence shows it here. */
    return feed->set->records ? check_record(feed, report) : SE_OK;
}
