/* mix_options.c - the options that say how speech and noise are mixed. */
#include "common/mix_options.h"

#include "common/skipped.h"

#include <string.h>

/* As enum se_synth_kind. */
static const char *const kind_words[] = {
    "coloured", "hum",     "fan",   "place", "borrowed", "vehicle",
    "wind",     "impacts", "motor", "all",   NULL};
static const char *const draw_words[] = {"clip", "kind", "speaker", NULL};
static const char *const recipe_words[] = {"default", "plain", "original",
                                           NULL};
static const char *const target_words[] = {"early", "decay", "dry",
                                           "reverberant", NULL};

/* "early:50" and the like. */
static int take_target(void *at, const char *text, struct se_report *report)
{
    static const float early_ms[] = {50, 5, 0, 0}; /* if none is given */
    struct se_reverb_config *config = &((struct se_mix_config *)at)->reverb;
    size_t length = strcspn(text, ":");
    char word[32];
    double value;
    int target, status;

    snprintf(word, sizeof word, "%.*s", (int)length, text);
    status = option_word(&target, word, target_words, report);
    if (status != SE_OK)
        return status;
    value = (double)early_ms[target];
    if (text[length] && target > SE_TARGET_DECAY)
        return se_fail(report, SE_ERR_ARG, "%s takes no time, found '%s'", word,
                       text);
    if (text[length])
        status = option_real(&value, text + length + 1, 0, 1000, report);
    config->target = (enum se_target)target;
    config->early_ms = (float)value;
    return status;
}

static int take_kinds(void *at, const char *text, struct se_report *report)
{
    struct se_mix_config *config = at;
    unsigned asked = 0;
    int status = option_words(&asked, text, kind_words, report);

    config->synthetic_kinds =
        asked >> SE_SYNTH_KINDS & 1 ? SE_SYNTH_ALL : asked;
    return status;
}

static int take_draw(void *at, const char *text, struct se_report *report)
{
    struct se_mix_config *config = at;
    unsigned asked = 0;
    int status = option_words(&asked, text, draw_words, report);

    config->by_kind = asked >> 1 & 1;
    config->by_speaker = asked >> 2 & 1;
    return status;
}

/* A recipe replaces what it speaks of, not where responses come from. */
static int take_recipe(void *at, const char *text, struct se_report *report)
{
    static void (*const set[])(struct se_mix_config *) = {
        se_mix_config_default, se_mix_config_plain, se_mix_config_original};
    struct se_mix_config *config = at, before = *config;
    int recipe, status = option_word(&recipe, text, recipe_words, report);

    if (status != SE_OK)
        return status;
    set[recipe](config);
    if (recipe != 2)
        config->seconds = before.seconds;
    config->reverb.chance = before.reverb.chance;
    config->reverb.measured = before.reverb.measured;
    config->reverb.rt60_min = before.reverb.rt60_min;
    config->reverb.rt60_max = before.reverb.rt60_max;
    return SE_OK;
}

#define AT(member) OPTION_AT(struct se_mix_config, member)
const struct option_row mix_option_rows[] = {
    {"recipe", 0, OPTION_WORD, "NAME",
     "plain: speech and one recorded noise; original: as nnse; options after "
     "it override it",
     .words = recipe_words, .otherwise = "default", .take = take_recipe},
    {"snr", 0, OPTION_REALS, "DB,DB,...",
     "power of active speech over noise, drawn from these", AT(snr_db),
     .n_at = offsetof(struct se_mix_config, n_snrs), .most = SE_MAX_SNRS,
     .min = -60, .max = 100, .unit = "dB"},
    {"snr_jitter", 0, OPTION_REAL, "DB",
     "random deviation from it, at most, either way", AT(snr_jitter_db),
     .max = 30, .unit = "dB"},
    {"seconds", 0, OPTION_REAL, "S", "length of a mixture", AT(seconds),
     .min = 0.01, .max = 3600, .unit = "s"},
    {"utterances", 0, OPTION_INTEGER, "N",
     "whole utterances in a mixture; 0: as many as fill it", AT(utterances),
     .max = 1000},
    {"gap_min", 0, OPTION_REAL, "S", "shortest pause between utterances",
     AT(gap_min_seconds), .max = 60, .unit = "s"},
    {"gap_max", 0, OPTION_REAL, "S", "longest pause between utterances",
     AT(gap_max_seconds), .max = 60, .unit = "s"},
    {"speech_gain", 0, OPTION_REAL, "DB",
     "an utterance is louder or softer than others by up to this",
     AT(speech_gain_db), .max = 40, .unit = "dB"},
    {"noise_gain", 0, OPTION_REAL, "DB",
     "the noise swells and fades by up to this", AT(noise_gain_db), .max = 40,
     .unit = "dB"},
    {"peak_min", 0, OPTION_REAL, "X",
     "lowest peak of the noisy signal, 1 is full scale", AT(peak_min),
     .min = 1e-4, .max = 1},
    {"peak_max", 0, OPTION_REAL, "X", "highest peak of the noisy signal",
     AT(peak_max), .min = 1e-4, .max = 1},
    {"noise_residual", 0, OPTION_REAL, "X",
     "share of the noise that the target keeps", AT(noise_residual), .max = 1},
    {"babble", 0, OPTION_REAL, "P", "chance that the noise is 3 to 8 voices",
     AT(babble_chance), .max = 1},
    {"babble_residual", 0, OPTION_REAL, "X",
     "share of babble louder than the speech that the target keeps",
     AT(babble_residual), .max = 1},
    {"talker", 0, OPTION_REAL, "P",
     "chance of one more voice, 6 dB or more below the speech",
     AT(talker_chance), .max = 1},
    {"bursts", 0, OPTION_REAL, "P",
     "chance of short loud sounds, at most 10 dB above the speech",
     AT(burst_chance), .max = 1},
    {"synthetic", 0, OPTION_REAL, "P", "chance that the noise is synthetic",
     AT(synthetic_chance), .max = 1},
    {"synthetic_kinds", 0, OPTION_WORDS, "KIND,...",
     "kinds of synthetic noise: coloured, hum, fan, place, borrowed, vehicle, "
     "wind, impacts, motor, or all",
     .words = kind_words, .otherwise = "coloured,hum,fan", .take = take_kinds},
    {"second_noise", 0, OPTION_REAL, "P", "chance of one more noise on top",
     AT(second_noise_chance), .max = 1},
    {"noises", 0, OPTION_INTEGER, "N", "recorded noises at a time, at most",
     AT(max_noises), .min = 1, .max = 100},
    {"draw", 0, OPTION_WORDS, "WHAT,...",
     "what is drawn with equal chances: clip, kind (of noise), speaker (one a "
     "mixture)",
     .words = draw_words, .otherwise = "clip", .take = take_draw},
    {"vary", 0, OPTION_REAL, "P",
     "chance that recorded noise is cut, layered, reversed, filtered",
     AT(vary_chance), .max = 1},
    {"speed", 0, OPTION_REAL, "P",
     "chance that speech or noise plays faster or slower, with its pitch",
     AT(speed_chance), .max = 1},
    {"speech_speed", 0, OPTION_REAL, "X", "what --speed does to speech at most",
     AT(speech_speed), .min = 1, .max = 2},
    {"noise_speed", 0, OPTION_REAL, "X", "what --speed does to noise at most",
     AT(noise_speed), .min = 1, .max = 2},
    {"colour", 0, OPTION_REAL, "P",
     "chance of a random filter, for speech and for noise", AT(colour_chance),
     .max = 1},
    {"lowpass", 0, OPTION_REAL, "P",
     "chance that both end at a frequency from 3 to 7.5 kHz",
     AT(lowpass_chance), .max = 1},
    {"microphone", 0, OPTION_REAL, "P",
     "chance of one smooth frequency response for speech, noise and target",
     AT(microphone_chance), .max = 1},
    {"device", 0, OPTION_REAL, "P",
     "chance of automatic gain or a telephone's band, in the target, too; of "
     "saturation or coarse quantisation",
     AT(device_chance), .max = 1},
    {"clip", 0, OPTION_REAL, "P",
     "chance of clipping, 1 to 12 dB below the highest peak", AT(clip_chance),
     .max = 1},
    {"no_speech", 0, OPTION_REAL, "P", "chance of noise alone",
     AT(no_speech_chance), .max = 1},
    {"no_noise", 0, OPTION_REAL, "P",
     "chance of speech alone, where there is speech", AT(no_noise_chance),
     .max = 1},
    {0},
};

const struct option_row room_option_rows[] = {
    {"reverb", 0, OPTION_REAL, "P", "chance that a mixture is in a room",
     AT(reverb.chance), .max = 1, .otherwise = "0, with --rir or --rt60 0.2"},
    {"rt60", 0, OPTION_RANGE, "MIN:MAX", "decay of simulated rooms, in seconds",
     AT(reverb.rt60_min), .min = 0.05, .max = 5, .otherwise = "0.2:1"},
    {"distance", 0, OPTION_RANGE, "MIN:MAX",
     "from the talker to the microphone, in metres", AT(reverb.distance_min),
     .min = 0.1, .max = 10},
    {"rooms", 0, OPTION_INTEGER, "N",
     "rooms to simulate, and measured ones to take at most",
     AT(reverb.n_responses), .min = 1, .max = 1000000},
    {"rir", 0, OPTION_PATH, "PATH",
     "measured room responses, a folder or a list", AT(reverb.measured)},
    {"rir_share", 0, OPTION_REAL, "P",
     "share of measured ones if there are both kinds",
     AT(reverb.measured_share), .max = 1},
    {"reverb_noise", 0, OPTION_REAL, "P",
     "chance that the noise is in the room too", AT(reverb.noise_chance),
     .max = 1},
    {"target", 0, OPTION_TEXT, "WHAT",
     "the clean signal of a mixture in a room: early[:MS], decay[:MS], dry or "
     "reverberant",
     .words = target_words, .otherwise = "early:50", .take = take_target},
    {0},
};

void mix_option_check(const struct se_mix_config *config)
{
    if (config->peak_min > config->peak_max)
        cli_die(EXIT_USAGE, "--peak_min %g is above --peak_max %g",
                (double)config->peak_min, (double)config->peak_max);
    if (config->gap_min_seconds > config->gap_max_seconds)
        cli_die(EXIT_USAGE, "--gap_min %g is above --gap_max %g",
                (double)config->gap_min_seconds,
                (double)config->gap_max_seconds);
    if (config->babble_chance + config->synthetic_chance > 1.0f)
        cli_die(EXIT_USAGE,
                "--babble %g and --synthetic %g add up to more "
                "than 1",
                (double)config->babble_chance,
                (double)config->synthetic_chance);
}

void mix_rooms_show(const struct se_mixer *mixer)
{
    struct se_report first;
    int n_skipped;

    if (!mixer->reverb)
        return;
    n_skipped = se_reverb_skipped(mixer->reverb, &first);

    int n = se_reverb_responses(mixer->reverb);
    const char *reason = first.text;

    skipped_report(&(struct skipped){mixer->config.reverb.measured, &reason, 1,
                                     n_skipped, n + n_skipped});
    cli_remark("%d room responses", n);
}
