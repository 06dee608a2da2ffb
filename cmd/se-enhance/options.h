/* options.h - the options of se-enhance. */
#ifndef CMD_ENHANCE_OPTIONS_H
#define CMD_ENHANCE_OPTIONS_H

#include "audio/sound.h"
#include "common/net_options.h"
#include "show.h"
#include "sound.h"

/* What --channels and --engine take, NULL after the last. */
extern const char *const enhance_channel_words[];
extern const char *const enhance_engine_words[];

/* Indices into the first. */
enum { ENHANCE_LINKED, ENHANCE_EACH, ENHANCE_MIX };

struct enhance_options {
    struct net_options net;
    const char *out_dir, *residual, *vad, *test_wavefile;
    const char *results; /* folder of an output that had no name; or NULL */
    double attenuation_limit_db;
    int is_fixed; /* index into enhance_engine_words */
    int is_quantized;
    const char *calibrate;
    int channel_word; /* ENHANCE_LINKED... */
    int ignores_length;
    int is_raw;
    struct se_sound_format raw;
    struct show_options show;
    struct sound_options sound;
    int verbose;
    char **files;
    int n_files;
};

/* Reads and checks the command line; --help, --version and mistakes end the
 * program. With --recording and --test_wavefile `files` names input and output
 * even where the command line does not. */
struct enhance_options enhance_parse(int argc, char **argv);

#endif
