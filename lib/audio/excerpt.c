/* excerpt.c - FLAC in memory, and levels. */
#include "audio/excerpt.h"

#include "dsp/convert.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 8192,   /* samples */
    HALF_DBS = 240, /* levels of segments are counted from -120 to 0 dB */
};

/* A file in memory. */
struct memory {
    char *bytes;
    sf_count_t n, capacity, at;
    int is_lacking; /* there was no memory for more */
};

/* One file on its way through. */
struct pass {
    const char *path;
    const struct se_sound_format *raw; /* NULL: the file has a header */
    double max_seconds;                /* of the excerpt */
    struct se_sound_reader *reader;
    int channels_in, channels_out;
    struct memory memory;
    SNDFILE *flac;
    int64_t n_left; /* samples that still belong to the excerpt */

    int64_t n_samples, n_full_scale;
    double peak, sum;   /* of squares */
    double segment_sum; /* likewise, of the segment of 10 ms that is on */
    int64_t segment_at, segment_n; /* its samples: so far, and in all */
    int64_t count[HALF_DBS + 1];
    float block[BLOCK];
};

/* ---- a file in memory ---------------------------------------------------- */

static sf_count_t memory_length(void *user)
{
    return ((struct memory *)user)->n;
}

static sf_count_t memory_tell(void *user)
{
    return ((struct memory *)user)->at;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *user)
{
    struct memory *memory = user;
    sf_count_t from = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? memory->at
                                           : memory->n;

    if (from + offset < 0 || from + offset > memory->n)
        return -1;
    memory->at = from + offset;
    return memory->at;
}

static sf_count_t memory_read(void *to, sf_count_t n, void *user)
{
    struct memory *memory = user;

    if (n > memory->n - memory->at)
        n = memory->n - memory->at;
    memcpy(to, memory->bytes + memory->at, (size_t)n);
    memory->at += n;
    return n;
}

static sf_count_t memory_write(const void *from, sf_count_t n, void *user)
{
    struct memory *memory = user;

    if (memory->at + n > memory->capacity) {
        sf_count_t capacity = 2 * (memory->at + n);
        char *bytes = realloc(memory->bytes, (size_t)capacity);

        memory->is_lacking |= !bytes;
        if (!bytes)
            return 0;
        memory->bytes = bytes;
        memory->capacity = capacity;
    }
    memcpy(memory->bytes + memory->at, from, (size_t)n);
    memory->at += n;
    if (memory->at > memory->n)
        memory->n = memory->at;
    return n;
}

static int open_flac(struct pass *pass, int rate_hz, struct se_report *report)
{
    static SF_VIRTUAL_IO io = {memory_length, memory_seek, memory_read,
                               memory_write, memory_tell};
    SF_INFO info = {.samplerate = rate_hz,
                    .channels = pass->channels_out,
                    .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};

    pass->flac = sf_open_virtual(&io, SFM_WRITE, &info, &pass->memory);
    if (!pass->flac)
        return se_fail(report, SE_ERR_FORMAT, "%s: cannot be made FLAC: %s",
                       pass->path, sf_strerror(NULL));
    sf_command(pass->flac, SFC_SET_CLIPPING, NULL, SF_TRUE);
    return SE_OK;
}

/* ---- levels -------------------------------------------------------------- */

static void end_segment(struct pass *pass)
{
    double db =
        10.0 * log10(pass->segment_sum / (double)pass->segment_n + 1e-30);
    double place = 2.0 * (db + HALF_DBS / 2.0);

    pass->count[(int)fmin(fmax(place, 0.0), HALF_DBS)]++;
    pass->segment_sum = 0.0;
    pass->segment_at = 0;
}

static void measure(struct pass *pass, int64_t n_samples)
{
    for (int64_t i = 0; i < n_samples; i++) {
        double x = (double)pass->block[i];

        pass->peak = fmax(pass->peak, fabs(x));
        pass->n_full_scale += x >= 32767.0 / 32768.0 || x <= -1.0;
        pass->sum += x * x;
        pass->segment_sum += x * x;
        if (++pass->segment_at == pass->segment_n)
            end_segment(pass);
    }
}

/* The level that `share` of all segments do not reach. */
static double percentile(const struct pass *pass, double share)
{
    double total = 0.0, sum = 0.0;
    int i = 0;

    for (int k = 0; k <= HALF_DBS; k++)
        total += (double)pass->count[k];
    for (; i < HALF_DBS; i++) {
        sum += (double)pass->count[i];
        if (sum > share * total)
            break;
    }
    return i == 0 ? -HUGE_VAL : i / 2.0 - HALF_DBS / 2.0;
}

static struct se_levels levels_of(struct pass *pass, int rate_hz)
{
    double n_values = (double)pass->n_samples * pass->channels_in;

    /* A sound of less than a segment is one, too. */
    if (pass->n_samples > 0 && pass->n_samples * 100 < rate_hz) {
        pass->segment_n = pass->segment_at;
        end_segment(pass);
    }
    return (struct se_levels){
        .seconds = (double)pass->n_samples / rate_hz,
        .peak_db = 20.0 * log10(pass->peak),
        .rms_db = 10.0 * log10(pass->sum / fmax(n_values, 1.0)),
        .quiet_db = percentile(pass, 0.10),
        .loud_db = percentile(pass, 0.95),
        .n_full_scale = pass->n_full_scale,
    };
}

/* ---- the pass ------------------------------------------------------------ */

static int keep(struct pass *pass, int64_t n, struct se_report *report)
{
    if (n > pass->n_left)
        n = pass->n_left;
    pass->n_left -= n;
    if (pass->channels_out != pass->channels_in)
        se_pick_channel(pass->block, pass->block, n, -1, pass->channels_in);
    if (n > 0 && sf_writef_float(pass->flac, pass->block, n) != n)
        return se_fail_memory(report, pass->path);
    return SE_OK;
}

static int run(struct pass *pass, struct se_report *report)
{
    int64_t n = 1;

    while (n > 0) {
        int status = se_sound_read(pass->reader, pass->block,
                                   BLOCK / pass->channels_in, &n, report);

        if (status != SE_OK)
            return status;
        pass->n_samples += n;
        measure(pass, n * pass->channels_in);
        status = keep(pass, n, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

static int read_all(struct se_excerpt *excerpt, struct pass *pass,
                    struct se_report *report)
{
    struct se_sound_format *format = &excerpt->format;
    int status =
        se_sound_open(&pass->reader, format, pass->path, pass->raw, report);

    if (status != SE_OK)
        return status;
    pass->channels_in = format->channels;
    pass->channels_out = format->channels > 2 ? 1 : format->channels;
    pass->n_left = (int64_t)(pass->max_seconds * format->rate_hz);
    pass->segment_n = (int64_t)(format->rate_hz / 100) * format->channels;
    status = open_flac(pass, format->rate_hz, report);
    if (status == SE_OK)
        status = run(pass, report);

    int failed = pass->flac && sf_close(pass->flac) != 0;

    if (status == SE_OK && (failed || pass->memory.is_lacking))
        status = se_fail_memory(report, pass->path);
    if (status != SE_OK)
        return status;
    excerpt->levels = levels_of(pass, format->rate_hz);
    excerpt->seconds = fmin(pass->max_seconds, excerpt->levels.seconds);
    excerpt->flac = pass->memory.bytes;
    excerpt->n_bytes = (size_t)pass->memory.n;
    pass->memory.bytes = NULL;
    return SE_OK;
}

int se_excerpt_read(struct se_excerpt *excerpt, const char *path,
                    const struct se_sound_format *raw, double max_seconds,
                    struct se_report *report)
{
    struct pass *pass = calloc(1, sizeof *pass);

    *excerpt = (struct se_excerpt){0};
    if (!pass)
        return se_fail_memory(report, path);

    pass->path = path;
    pass->raw = raw;
    pass->max_seconds = max_seconds;

    int status = read_all(excerpt, pass, report);

    se_sound_close(pass->reader);
    free(pass->memory.bytes);
    free(pass);
    return status;
}

void se_excerpt_free(struct se_excerpt *excerpt)
{
    free(excerpt->flac);
    *excerpt = (struct se_excerpt){0};
}
