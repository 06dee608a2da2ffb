/* mix_options.h - the options that say how speech and noise are mixed. */
#ifndef CMD_COMMON_MIX_OPTIONS_H
#define CMD_COMMON_MIX_OPTIONS_H

#include "mix/mix.h"

#include <getopt.h>

/* For a program's table: values from MIX_OPTION_FIRST on are these options. */
enum {
    MIX_OPTION_FIRST = 1000,
    MIX_SNR = MIX_OPTION_FIRST,
    MIX_SNR_JITTER,
    MIX_SECONDS,
    MIX_GAP_MAX,
    MIX_PEAK_MIN,
    MIX_PEAK_MAX,
    MIX_BABBLE,
    MIX_SYNTHETIC,
    MIX_SECOND_NOISE,
    MIX_SPEED,
    MIX_SPEECH_SPEED,
    MIX_NOISE_SPEED,
    MIX_COLOUR,
    MIX_LOWPASS,
    MIX_REVERB,
    MIX_REVERB_NOISE,
    MIX_RIR,
    MIX_RIR_SHARE,
    MIX_RT60,
    MIX_DISTANCE,
    MIX_ROOMS,
    MIX_TARGET,
    MIX_UTTERANCES,
    MIX_GAP_MIN,
    MIX_SPEECH_GAIN,
    MIX_NOISE_GAIN,
    MIX_SYNTHETIC_KINDS,
    MIX_NOISES,
    MIX_CLIP,
    MIX_NO_SPEECH,
    MIX_NO_NOISE,
    MIX_RECIPE,
    MIX_DRAW,
    MIX_VARY,
    MIX_TALKER
};

/* Part of --help: the options of mixtures. */
extern const char mix_help[];

/* clang-format off */
#define MIX_LONG_OPTIONS                                                       \
    {"snr", required_argument, NULL, MIX_SNR},                                 \
    {"snr_jitter", required_argument, NULL, MIX_SNR_JITTER},                   \
    {"seconds", required_argument, NULL, MIX_SECONDS},                         \
    {"gap_max", required_argument, NULL, MIX_GAP_MAX},                         \
    {"peak_min", required_argument, NULL, MIX_PEAK_MIN},                       \
    {"peak_max", required_argument, NULL, MIX_PEAK_MAX},                       \
    {"babble", required_argument, NULL, MIX_BABBLE},                           \
    {"synthetic", required_argument, NULL, MIX_SYNTHETIC},                     \
    {"second_noise", required_argument, NULL, MIX_SECOND_NOISE},               \
    {"speed", required_argument, NULL, MIX_SPEED},                             \
    {"speech_speed", required_argument, NULL, MIX_SPEECH_SPEED},               \
    {"noise_speed", required_argument, NULL, MIX_NOISE_SPEED},                 \
    {"colour", required_argument, NULL, MIX_COLOUR},                           \
    {"lowpass", required_argument, NULL, MIX_LOWPASS},                         \
    {"reverb", required_argument, NULL, MIX_REVERB},                           \
    {"reverb_noise", required_argument, NULL, MIX_REVERB_NOISE},               \
    {"rir", required_argument, NULL, MIX_RIR},                                 \
    {"rir_share", required_argument, NULL, MIX_RIR_SHARE},                     \
    {"rt60", required_argument, NULL, MIX_RT60},                               \
    {"distance", required_argument, NULL, MIX_DISTANCE},                       \
    {"rooms", required_argument, NULL, MIX_ROOMS},                             \
    {"target", required_argument, NULL, MIX_TARGET},                           \
    {"utterances", required_argument, NULL, MIX_UTTERANCES},                   \
    {"gap_min", required_argument, NULL, MIX_GAP_MIN},                         \
    {"speech_gain", required_argument, NULL, MIX_SPEECH_GAIN},                 \
    {"noise_gain", required_argument, NULL, MIX_NOISE_GAIN},                   \
    {"synthetic_kinds", required_argument, NULL, MIX_SYNTHETIC_KINDS},         \
    {"noises", required_argument, NULL, MIX_NOISES},                           \
    {"clip", required_argument, NULL, MIX_CLIP},                               \
    {"no_speech", required_argument, NULL, MIX_NO_SPEECH},                     \
    {"no_noise", required_argument, NULL, MIX_NO_NOISE},                       \
    {"recipe", required_argument, NULL, MIX_RECIPE},                           \
    {"draw", required_argument, NULL, MIX_DRAW},                               \
    {"vary", required_argument, NULL, MIX_VARY},                               \
    {"talker", required_argument, NULL, MIX_TALKER}
/* clang-format on */

/* Stores the value of one of them; a bad one ends the program. */
void mix_option_take(struct se_mix_config *config, int option,
                     const char *text);

/* Ends the program unless the values fit each other. */
void mix_option_check(const struct se_mix_config *config);

/* Tells how many room responses the mixer has, if any, and which files of them
 * were skipped. */
void mix_rooms_show(const struct se_mixer *mixer);

#endif
