/* feed.c - sequences into blocks of features and targets. */
#include "train/feed.h"

#include "audio/sound.h"
#include "base/simd.h"
#include "dsp/convert.h"
#include "dsp/level.h"
#include "records/tfrecord.h"
#include "train/frame_history_private.h"

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

    struct se_frame_history *history; /* NULL: no filters, no lookahead */

    const struct se_teacher *teacher; /* NULL: none */
    struct se_stft *teacher_stft;
    int delay, teacher_delay; /* frames; one of them is 0 */
};

/* ---- feeds --------------------------------------------------------------- */

/* Samples of a sequence, or of the mixture that it is the beginning of. */
static size_t count_samples(const struct se_sequences *set)
{
    int64_t n = (int64_t)set->n_frames * SE_HOP;
    int64_t n_mixed = set->mixer ? se_mix_samples(set->mixer) : 0;

    return (size_t)(n > n_mixed ? n : n_mixed);
}

int se_feed_create(struct se_feed **out, const struct se_sequences *set,
                   const struct se_feature *feature, struct se_report *report)
{
    struct se_feed *feed = calloc(1, sizeof *feed);
    size_t n = count_samples(set);
    int status = SE_OK;

    *out = NULL;
    if (!feed)
        return se_fail_memory(report, "a training sequence");
    feed->set = set;
    feed->feature = feature;
    if (se_sequences_have_phase(set)) {
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
    se_stft_destroy(feed->teacher_stft);
    se_tfrecord_close(feed->reader);
    se_example_free(&feed->example);
    se_frame_history_destroy(feed->history);
    free(feed->noisy);
    free(feed->clean);
    free(feed);
}

int se_feed_filter(struct se_feed *feed, const struct se_taps *taps,
                   struct se_report *report)
{
    return se_frame_history_create(&feed->history, taps, report);
}

int se_feed_teach(struct se_feed *feed, const struct se_teacher *teacher,
                  const struct se_arch *pupil, struct se_report *report)
{
    const int lead = se_teacher_lead(teacher, pupil);

    feed->teacher = teacher;
    feed->delay = lead > 0 ? lead : 0;
    feed->teacher_delay = lead < 0 ? -lead : 0;
    if (se_sequences_have_phase(feed->set))
        return se_stft_create(&feed->teacher_stft, report);
    if (lead == 0)
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "%s: looks %d frames ahead, expected %d as the net that it "
                   "teaches from TFRecords of powers",
                   teacher->model.file, teacher->model.arch.len_lookahead,
                   pupil->len_lookahead);
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
        se_sound_load_as_is(&loaded, n_loaded, path, SE_RATE_HZ, report);

    if (status != SE_OK)
        return status;
    *n_loaded = *n_loaded < n ? *n_loaded : n;
    memcpy(samples, loaded, (size_t)*n_loaded * sizeof *samples);
    memset(samples + *n_loaded, 0, (size_t)(n - *n_loaded) * sizeof *samples);
    free(loaded);
    return SE_OK;
}

static const char *record_path(const struct se_feed *feed)
{
    return feed->set->records->paths[feed->number];
}

static int wrong_length(const struct se_feed *feed, int is_longer,
                        struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: holds %s than %d frames, expected as many as %s",
                   record_path(feed), is_longer ? "more" : "less",
                   feed->set->record_frames, feed->set->records->paths[0]);
}

/* Records of another kind than the first of the set cannot be played. */
static int check_format(const struct se_feed *feed, struct se_report *report)
{
    int is_pcm = feed->example.format == SE_RECORD_PCM;

    if (is_pcm == feed->set->records_are_pcm)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT, "%s: holds %s, expected %s as in %s",
                   record_path(feed), is_pcm ? "samples" : "spectra",
                   is_pcm ? "spectra" : "samples",
                   feed->set->records->paths[0]);
}

/* Appends a record's samples to those at feed->noisy and clean. */
static void append_pcm(struct se_feed *feed, int64_t at)
{
    const struct se_example *example = &feed->example;

    const int64_t n = (int64_t)example->n_frames * SE_HOP;

    se_from_int16(feed->noisy + at, example->pcm_noisy, n);
    se_from_int16(feed->clean + at, example->pcm_clean, n);
}

/* All records of a pcm file, one signal; the rest becomes silence. */
static int load_records(struct se_feed *feed, int64_t n,
                        struct se_report *report)
{
    int n_frames = 0, found = 1, wanted = feed->set->record_frames;
    int status = se_tfrecord_open(&feed->reader, record_path(feed), report);

    while (status == SE_OK && found) {
        status = se_tfrecord_read(feed->reader, &feed->example, &found, report);
        if (status != SE_OK || !found)
            break;
        status = check_format(feed, report);
        if (status == SE_OK && feed->example.n_frames > wanted - n_frames)
            status = wrong_length(feed, 1, report);
        if (status == SE_OK)
            append_pcm(feed, (int64_t)n_frames * SE_HOP);
        n_frames += feed->example.n_frames;
    }
    if (status == SE_OK && n_frames < wanted)
        status = wrong_length(feed, 0, report);
    for (int64_t i = (int64_t)wanted * SE_HOP; i < n; i++)
        feed->noisy[i] = feed->clean[i] = 0;
    se_tfrecord_close(feed->reader);
    feed->reader = NULL;
    return status;
}

static int start_samples(struct se_feed *feed, int64_t number, float *scratch,
                         struct se_report *report)
{
    const struct se_sequences *set = feed->set;
    int64_t n = (int64_t)set->n_frames * SE_HOP, n_noisy = n, n_clean = n;
    int status = SE_OK;

    if (set->mixer) {
        se_mix(set->mixer,
               &(struct se_mixture){feed->noisy, feed->clean, scratch},
               set->seed, (uint64_t)number);
    } else if (set->records) {
        n_noisy = (int64_t)set->record_frames * SE_HOP;
        status = load_records(feed, n, report);
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
    if (feed->teacher_stft)
        se_stft_reset(feed->teacher_stft);
    return status;
}

int se_feed_start(struct se_feed *feed, int64_t number, float *scratch,
                  struct se_report *report)
{
    feed->frame = 0;
    feed->number = number;
    if (feed->history)
        se_frame_history_reset(feed->history);
    if (se_sequences_have_phase(feed->set))
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
    return feed->real_frames + feed->delay;
}

/* One frame's place in a block. */
struct frame {
    float *features, *noisy, *clean, *cross;
    float *teacher_features;                 /* or NULL */
    se_bin *noisy_spectrum, *clean_spectrum; /* or NULL */
};

static struct frame frame_of(struct se_block *block, int t, int row)
{
    int64_t at = (int64_t)t * block->rows + row;

    return (struct frame){
        .features = block->features + at * block->n_features,
        .noisy = block->noisy + at * SE_BINS,
        .clean = block->clean + at * SE_BINS,
        .cross = block->cross + at * SE_BINS,
        .teacher_features =
            block->teacher_features
                ? block->teacher_features + at * block->n_teacher_features
                : NULL,
        .noisy_spectrum =
            block->noisy_spectrum ? block->noisy_spectrum + at * SE_BINS : NULL,
        .clean_spectrum =
            block->clean_spectrum ? block->clean_spectrum + at * SE_BINS : NULL,
    };
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

/* kept = gain * spectrum; `kept` may be NULL. */
SE_MULTIVERSION
static void keep_spectrum(se_bin *restrict kept, se_bin *restrict spectrum,
                          float gain)
{
    for (int k = 0; kept && k < SE_BINS; k++) {
        kept[k][0] = gain * spectrum[k][0];
        kept[k][1] = gain * spectrum[k][1];
    }
}

/* The hop of a sequence's frame; silence before the first one. */
static const float *hop_at(const float *samples, int frame)
{
    static const float silence[SE_HOP];

    return frame < 0 ? silence : samples + (int64_t)frame * SE_HOP;
}

static void play_to_teacher(struct se_feed *feed, float *features)
{
    se_bin x[SE_BINS];
    float power[SE_BINS];

    se_stft_analyse(feed->teacher_stft, x,
                    hop_at(feed->noisy, feed->frame - feed->teacher_delay));
    se_power(power, x);
    se_teacher_features(feed->teacher, features, power);
}

static void play_samples(struct se_feed *feed, struct frame frame)
{
    const int at = feed->frame - feed->delay;
    se_bin x[SE_BINS], s[SE_BINS];
    float power[SE_BINS];

    se_stft_analyse(feed->noisy_stft, x, hop_at(feed->noisy, at));
    se_stft_analyse(feed->clean_stft, s, hop_at(feed->clean, at));
    se_power(power, x);
    se_feature_log(feed->feature, frame.features, power);
    targets_of_spectra(frame, x, s, feed->gain);
    keep_spectrum(frame.noisy_spectrum, x, feed->gain);
    keep_spectrum(frame.clean_spectrum, s, feed->gain);
    if (feed->teacher)
        play_to_teacher(feed, frame.teacher_features);
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
    status = check_format(feed, report);
    if (status == SE_OK)
        status =
            check_powers(example->pspec_noisy, example->n_frames, path, report);
    if (status == SE_OK)
        status =
            check_powers(example->pspec_clean, example->n_frames, path, report);
    if (status == SE_OK)
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
        status = wrong_length(feed, found, report);
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
    if (feed->teacher)
        se_teacher_features(feed->teacher, frame.teacher_features, noisy);
    for (int k = 0; k < SE_BINS; k++) {
        frame.noisy[k] = feed->gain * sqrtf(noisy[k]);
        frame.clean[k] = feed->gain * sqrtf(clean[k]);
        frame.cross[k] = 0;
    }
    return SE_OK;
}

int se_feed_block(struct se_feed *feed, struct se_block *block, int row,
                  const struct se_model *model, struct se_report *report)
{
    int has_samples = se_sequences_have_phase(feed->set);

    if (feed->history)
        se_frame_history_begin(feed->history, block, row);
    for (int t = 0; t < block->frames; t++, feed->frame++) {
        struct frame frame = frame_of(block, t, row);

        if (!has_samples) {
            int status = play_record(feed, frame, report);

            if (status != SE_OK)
                return status;
        } else {
            play_samples(feed, frame);
        }
        if (model)
            se_feature_standardise(frame.features, frame.features, model->mean,
                                   model->inv_std, block->n_features);
        if (feed->history)
            se_frame_history_add(feed->history, block, t, row, feed->gain);
    }
    if (feed->history)
        se_frame_history_end(feed->history, block, row);
    /* A file that has more than the sequence shows it here. */
    return has_samples ? SE_OK : check_record(feed, report);
}
