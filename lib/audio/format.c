/* format.c - containers, codings, and the names that stand for them. */
#include "audio/format.h"

#include "audio/extensions.h"
#include "container/wav.h"
#include "files/path.h"

#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Bits of the numbers that libsndfile is given for a coding; what is not PCM
 * is derived from 16 bit inside, or from floating point (0). */
int se_format_bits(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_DPCM_8:
        return 8;
    case SF_FORMAT_ALAC_20:
        return 20;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
        return 24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
        return 32;
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
    case SF_FORMAT_VORBIS:
    case SF_FORMAT_OPUS:
    case SF_FORMAT_MPEG_LAYER_I:
    case SF_FORMAT_MPEG_LAYER_II:
    case SF_FORMAT_MPEG_LAYER_III:
        return 0;
    default:
        return 16;
    }
}

int se_format_is_floating(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;

    return coding == SF_FORMAT_FLOAT || coding == SF_FORMAT_DOUBLE;
}

int se_format_is_mpeg(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;

    return coding == SF_FORMAT_MPEG_LAYER_I ||
           coding == SF_FORMAT_MPEG_LAYER_II ||
           coding == SF_FORMAT_MPEG_LAYER_III;
}

/* The coding, of those that plain WAV headers know, nearest to `format`. */
int se_format_wav_coding(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;
    int bits = se_format_bits(format);

    if (se_format_is_floating(format) || coding == SF_FORMAT_ULAW ||
        coding == SF_FORMAT_ALAW)
        return coding;
    if (bits == 8)
        return SF_FORMAT_PCM_U8;
    if (bits == 20 || bits == 24)
        return SF_FORMAT_PCM_24;
    return bits == 32 ? SF_FORMAT_PCM_32 : SF_FORMAT_PCM_16;
}

static int extension_is(const SF_FORMAT_INFO *info, const char *extension)
{
    int type = info->format & SF_FORMAT_TYPEMASK;

    return (info->extension && strcasecmp(info->extension, extension) == 0) ||
           (type == SF_FORMAT_AIFF && (strcasecmp(extension, "aif") == 0 ||
                                       strcasecmp(extension, "aifc") == 0)) ||
           (type == SF_FORMAT_AU && strcasecmp(extension, "snd") == 0) ||
           (type == SF_FORMAT_OGG && (strcasecmp(extension, "ogg") == 0 ||
                                      strcasecmp(extension, "opus") == 0)) ||
           (type == SF_FORMAT_MPEG && strcasecmp(extension, "mp3") == 0);
}

int se_format_is_small(int format)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
        return (format & SF_FORMAT_ENDMASK) == SF_ENDIAN_BIG ||
               se_wav_block_bytes(format, 1) == 0;
    case SF_FORMAT_RF64:
    case SF_FORMAT_W64:
    case SF_FORMAT_CAF:
    case SF_FORMAT_FLAC:
    case SF_FORMAT_OGG:
    case SF_FORMAT_MPEG:
    case SF_FORMAT_RAW:
        return 0;
    default:
        return 1;
    }
}

/* Some headers have a whole number of units of time per sample, not a rate. */
static int keeps_rate(const struct se_sound_format *format)
{
    int type = format->format & SF_FORMAT_TYPEMASK, rate_hz = format->rate_hz;
    int units = type == SF_FORMAT_HTK   ? 10000000
                : type == SF_FORMAT_SDS ? 1000000000
                                        : 0;

    return rate_hz <= 0 || rate_hz > units ||
           units / (units / rate_hz) == rate_hz;
}

/* libsndfile reads MPEG audio of any layer, inside WAV, too, but writes layer
 * III alone, whatever it says. */
static int is_only_read(int format)
{
    return se_format_is_mpeg(format) &&
           format != (SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
}

int se_format_fits(const struct se_sound_format *format)
{
    SF_INFO info = {.samplerate = format->rate_hz,
                    .channels = format->channels,
                    .format = format->format};

    return sf_format_check(&info) && !is_only_read(format->format) &&
           keeps_rate(format);
}

/* The lowest rate that a format can have and that keeps all there is of sound
 * at rate_hz, or else the highest. */
int se_format_rate(int format, int rate_hz)
{
    static const int opus[] = {8000, 12000, 16000, 24000, 48000};
    static const int mpeg[] = {8000,  11025, 12000, 16000, 22050,
                               24000, 32000, 44100, 48000};
    int is_opus = (format & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS;
    const int *rates = is_opus ? opus : mpeg;
    size_t n =
        is_opus ? sizeof opus / sizeof *opus : sizeof mpeg / sizeof *mpeg;

    if (!is_opus && (format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG)
        return rate_hz;
    for (size_t i = 0; i < n; i++)
        if (rates[i] >= rate_hz)
            return rates[i];
    return rates[n - 1];
}

/* Takes the coding `first` in the container `type` where that can be, else the
 * nearest. */
static void choose_coding(struct se_sound_format *format, int type, int first)
{
    int bits = se_format_bits(format->format);
    int wide = bits > 16 || se_format_is_floating(format->format);
    const int tried[] = {first, wide ? SF_FORMAT_PCM_24 : SF_FORMAT_PCM_16,
                         SF_FORMAT_PCM_16, SF_FORMAT_VORBIS,
                         SF_FORMAT_MPEG_LAYER_III};
    struct se_sound_format trial = *format;

    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        trial.format = type | tried[i];
        if (se_format_fits(&trial)) {
            *format = trial;
            return;
        }
    }
}

/* The container that an extension stands for, the one of `format` where it has
 * that extension; 0: none that can be written. */
static int container_for(const char *extension, int format)
{
    int n_types = 0, chosen = 0;

    sf_command(NULL, SFC_GET_FORMAT_MAJOR_COUNT, &n_types, sizeof n_types);
    for (int i = 0; i < n_types; i++) {
        SF_FORMAT_INFO info = {.format = i};

        if (sf_command(NULL, SFC_GET_FORMAT_MAJOR, &info, sizeof info) != 0 ||
            !extension_is(&info, extension))
            continue;

        int type = info.format & SF_FORMAT_TYPEMASK;

        if (type == (format & SF_FORMAT_TYPEMASK))
            return type;
        if (!chosen || type == SF_FORMAT_WAV)
            chosen = type;
    }
    if (chosen == SF_FORMAT_WAV &&
        (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAVEX)
        return SF_FORMAT_WAVEX;
    return chosen;
}

void se_sound_format_for(struct se_sound_format *format, const char *path)
{
    const char *dot = strrchr(se_path_base(path), '.');
    int type = format->format & SF_FORMAT_TYPEMASK;
    int coding = format->format & SF_FORMAT_SUBMASK;
    int chosen = dot ? container_for(dot + 1, type) : type;
    int wants_opus =
        dot && strcasecmp(dot, ".opus") == 0 && coding != SF_FORMAT_OPUS;

    if (!chosen ||
        (chosen == type && !is_only_read(format->format) && !wants_opus))
        return;
    if (wants_opus)
        coding = SF_FORMAT_OPUS;
    else if (se_format_bits(coding) == 0 && !se_format_is_floating(coding))
        coding = SF_FORMAT_PCM_16; /* MPEG inside WAV is no use to anybody */
    choose_coding(format, chosen, coding);
}

/* Writes into `list` the extensions under which such sound can be written. */
static void list_extensions(char *list, size_t size,
                            const struct se_sound_format *format)
{
    char all[80], *rest = all, *ending;
    size_t used = 0;

    snprintf(all, sizeof all, "%s", se_sound_extensions);
    list[0] = '\0';
    while ((ending = strsep(&rest, " ")) && used < size) {
        struct se_sound_format trial = *format;
        char name[16];

        snprintf(name, sizeof name, "x.%s", ending);
        se_sound_format_for(&trial, name);
        if (se_format_fits(&trial) && container_for(ending, trial.format) ==
                                          (trial.format & SF_FORMAT_TYPEMASK))
            used += (size_t)snprintf(list + used, size - used, "%s.%s",
                                     used ? " " : "", ending);
    }
}

/* Whether the name is one for the format: its extension stands for a container
 * that could hold it, or is that of the file that the format comes from. */
int se_format_check_name(const struct se_sound_format *format, const char *path,
                         const char *from, struct se_report *report)
{
    const char *dot = strrchr(se_path_base(path), '.');
    const char *other = from ? strrchr(se_path_base(from), '.') : NULL;
    int type = format->format & SF_FORMAT_TYPEMASK;
    struct se_sound_format trial = *format;
    char can[120];

    if (!dot || type == SF_FORMAT_RAW ||
        (other && strcasecmp(dot, other) == 0 && se_format_fits(format)))
        return SE_OK;

    int wanted = container_for(dot + 1, type);

    se_sound_format_for(&trial, path);
    if (wanted && wanted == (trial.format & SF_FORMAT_TYPEMASK))
        return SE_OK;
    list_extensions(can, sizeof can, format);
    if (!wanted)
        return se_fail(report, SE_ERR_ARG,
                       "%s: cannot write %s: expected one of %s", path, dot,
                       can);
    return se_fail(report, SE_ERR_ARG,
                   "%s: %s cannot hold %d channels at %d Hz: expected one of "
                   "%s",
                   path, dot, format->channels, format->rate_hz, can);
}
