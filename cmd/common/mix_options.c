/* mix_options.c - the options that say how speech and noise are mixed. */
#include "common/mix_options.h"

#include "common/cli.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char mix_help[] =
    "\nMixing\n"
    "  --recipe NAME         default; plain: speech and one recorded noise;\n"
    "                        original: as nnse; options behind it change it\n"
    "  --seconds S           length of a mixture (se-features 25, se-train "
    "10)\n"
    "  --snr DB,DB,...       active speech over noise, one is drawn\n"
    "                        (-6,-3,0,3,6,9,12,15,30)\n"
    "  --snr_jitter DB       and moved by up to this (1.5)\n"
    "  --utterances N        so many whole ones; 0: until it is full (0)\n"
    "  --gap_min, --gap_max S    pauses between utterances (0, 1.5)\n"
    "  --speech_gain DB      an utterance is louder or softer by up to (3)\n"
    "  --noise_gain DB       noise swells and fades by up to (0)\n"
    "  --peak_min, --peak_max X  range of the peak, 1 is full scale\n"
    "                        (0.01, 0.95)\n"
    "  --noises N            recorded ones at a time, at most (2)\n"
    "  --draw HOW            each clip is as likely: clip; each kind of "
    "noise:\n"
    "                        kind; each speaker, one a mixture: speaker;\n"
    "                        kind,speaker: both (clip)\n"
    "  --synthetic_kinds K,K  of coloured, hum, fan, place, borrowed, "
    "vehicle,\n"
    "                        wind, impacts, motor, all (coloured,hum,fan)\n"
    "  --speech_speed, --noise_speed X  what --speed does at most (1.15, "
    "1.5)\n"
    "  Chances, 0 is off:\n"
    "  --babble P            noise is 3 to 8 other voices (0.15)\n"
    "  --synthetic P         noise is made (0.1)\n"
    "  --second_noise P      one more noise on top (0.15)\n"
    "  --talker P            one more voice, 6 dB or more below the speech "
    "(0)\n"
    "  --vary P              recorded noise is cut, layered, reversed, "
    "filtered (0)\n"
    "  --speed P             speech, noise faster or slower, with the pitch "
    "(0)\n"
    "  --colour P            random filters on speech and on noise (0.4)\n"
    "  --lowpass P           both without highs, from 3 to 7.5 kHz (0.1)\n"
    "  --clip P              peaks cut off 1 to 12 dB below the highest (0)\n"
    "  --no_speech, --no_noise P  one of them alone (0, 0)\n"
    "  --reverb P            in a room (0; 0.2 with --rir or --rt60)\n"
    "  --reverb_noise P      the noise too, where the speech is (0.5)\n"
    "  Rooms:\n"
    "  --rt60 MIN:MAX        simulated, decay in seconds (0.2:1)\n"
    "  --distance MIN:MAX    from talker to microphone, metres (0.5:3)\n"
    "  --rooms N             to simulate, and measured ones at most (500)\n"
    "  --rir PATH            measured responses: a folder or a list\n"
    "  --rir_share P         of these, if there are both (0.5)\n"
    "  --target WHAT         early[:MS], decay[:MS], dry, reverberant "
    "(early:50)\n";

static void take_snrs(struct se_mix_config *config, const char *text)
{
    char *copy = strdup(text), *rest = copy, *item;

    config->n_snrs = 0;
    while ((item = strsep(&rest, ","))) {
        if (config->n_snrs == SE_MAX_SNRS)
            cli_die(EXIT_USAGE, "--snr: more than %d levels", SE_MAX_SNRS);
        config->snr_db[config->n_snrs++] =
            (float)cli_number("--snr", item, -60, 100);
    }
    free(copy);
}

/* Options that are one number. */
static const struct number {
    int option;
    const char *name;
    size_t offset; /* of a float in struct se_mix_config */
    double min, max;
} numbers[] = {
#define NUMBER(option, name, member, min, max)                                 \
    {                                                                          \
        option, name, offsetof(struct se_mix_config, member), min, max         \
    }
    NUMBER(MIX_SNR_JITTER, "--snr_jitter", snr_jitter_db, 0, 30),
    NUMBER(MIX_SECONDS, "--seconds", seconds, 0.01, 3600),
    NUMBER(MIX_GAP_MIN, "--gap_min", gap_min_seconds, 0, 60),
    NUMBER(MIX_GAP_MAX, "--gap_max", gap_max_seconds, 0, 60),
    NUMBER(MIX_SPEECH_GAIN, "--speech_gain", speech_gain_db, 0, 40),
    NUMBER(MIX_NOISE_GAIN, "--noise_gain", noise_gain_db, 0, 40),
    NUMBER(MIX_PEAK_MIN, "--peak_min", peak_min, 1e-4, 1),
    NUMBER(MIX_PEAK_MAX, "--peak_max", peak_max, 1e-4, 1),
    NUMBER(MIX_BABBLE, "--babble", babble_chance, 0, 1),
    NUMBER(MIX_SYNTHETIC, "--synthetic", synthetic_chance, 0, 1),
    NUMBER(MIX_SECOND_NOISE, "--second_noise", second_noise_chance, 0, 1),
    NUMBER(MIX_TALKER, "--talker", talker_chance, 0, 1),
    NUMBER(MIX_VARY, "--vary", vary_chance, 0, 1),
    NUMBER(MIX_SPEED, "--speed", speed_chance, 0, 1),
    NUMBER(MIX_SPEECH_SPEED, "--speech_speed", speech_speed, 1, 2),
    NUMBER(MIX_NOISE_SPEED, "--noise_speed", noise_speed, 1, 2),
    NUMBER(MIX_COLOUR, "--colour", colour_chance, 0, 1),
    NUMBER(MIX_LOWPASS, "--lowpass", lowpass_chance, 0, 1),
    NUMBER(MIX_CLIP, "--clip", clip_chance, 0, 1),
    NUMBER(MIX_NO_SPEECH, "--no_speech", no_speech_chance, 0, 1),
    NUMBER(MIX_NO_NOISE, "--no_noise", no_noise_chance, 0, 1),
    NUMBER(MIX_REVERB, "--reverb", reverb.chance, 0, 1),
    NUMBER(MIX_REVERB_NOISE, "--reverb_noise", reverb.noise_chance, 0, 1),
    NUMBER(MIX_RIR_SHARE, "--rir_share", reverb.measured_share, 0, 1),
#undef NUMBER
};

static int take_number(struct se_mix_config *config, int option,
                       const char *text)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct number *n = &numbers[i];

        if (n->option == option) {
            *(float *)(void *)((char *)config + n->offset) =
                (float)cli_number(n->name, text, n->min, n->max);
            return 1;
        }
    }
    return 0;
}

/* "MIN:MAX", or one number for both. */
static void take_range(float *lowest, float *highest, const char *option,
                       const char *text, double min, double max)
{
    char *copy = strdup(text), *rest = copy;
    const char *first = strsep(&rest, ":");

    *lowest = (float)cli_number(option, first, min, max);
    *highest = rest ? (float)cli_number(option, rest, min, max) : *lowest;
    if (*lowest > *highest)
        cli_die(EXIT_USAGE, "%s %s: expected the smaller number first", option,
                text);
    free(copy);
}

/* "early:50" and the like. */
static void take_target(struct se_reverb_config *config, const char *text)
{
    static const char *const words[] = {"early", "decay", "dry", "reverberant",
                                        NULL};
    static const float early_ms[] = {50, 5, 0, 0}; /* unless told otherwise */
    char *copy = strdup(text), *rest = copy;
    int target = cli_word("--target", strsep(&rest, ":"), words);

    config->target = (enum se_target)target;
    config->early_ms = early_ms[target];
    if (rest && target > SE_TARGET_DECAY)
        cli_die(EXIT_USAGE, "--target %s: takes no time", text);
    if (rest)
        config->early_ms = (float)cli_number("--target", rest, 0, 1000);
    free(copy);
}

/* "coloured,hum,fan" and the like. */
static void take_kinds(struct se_mix_config *config, const char *text)
{
    static const char *const words[] = {
        "coloured", "hum",     "fan",   "place", "borrowed", "vehicle",
        "wind",     "impacts", "motor", "all",   NULL};
    char *copy = strdup(text), *rest = copy, *item;

    config->synthetic_kinds = 0;
    while ((item = strsep(&rest, ","))) {
        int kind = cli_word("--synthetic_kinds", item, words);

        config->synthetic_kinds |=
            kind < SE_SYNTH_KINDS ? 1u << kind : SE_SYNTH_ALL;
    }
    free(copy);
}

/* "kind,speaker" or some of it. */
static void take_draw(struct se_mix_config *config, const char *text)
{
    static const char *const words[] = {"clip", "kind", "speaker", NULL};
    char *copy = strdup(text), *rest = copy, *item;
    int asked[3] = {0};

    while ((item = strsep(&rest, ",")))
        asked[cli_word("--draw", item, words)] = 1;
    config->by_kind = asked[1];
    config->by_speaker = asked[2];
    free(copy);
}

/* A recipe replaces what it tells of, not where responses come from. */
static void take_recipe(struct se_mix_config *config, const char *text)
{
    static const char *const words[] = {"default", "plain", "original", NULL};
    static void (*const set[])(struct se_mix_config *) = {
        se_mix_config_default, se_mix_config_plain, se_mix_config_original};
    struct se_mix_config before = *config;
    int recipe = cli_word("--recipe", text, words);

    set[recipe](config);
    if (recipe != 2)
        config->seconds = before.seconds;
    config->reverb.chance = before.reverb.chance;
    config->reverb.measured = before.reverb.measured;
    config->reverb.rt60_min = before.reverb.rt60_min;
    config->reverb.rt60_max = before.reverb.rt60_max;
}

void mix_option_take(struct se_mix_config *config, int option, const char *text)
{
    struct se_reverb_config *reverb = &config->reverb;

    if (take_number(config, option, text))
        return;
    switch (option) {
    case MIX_SNR:
        take_snrs(config, text);
        break;
    case MIX_UTTERANCES:
        config->utterances = (int)cli_integer("--utterances", text, 0, 1000);
        break;
    case MIX_NOISES:
        config->max_noises = (int)cli_integer("--noises", text, 1, 100);
        break;
    case MIX_SYNTHETIC_KINDS:
        take_kinds(config, text);
        break;
    case MIX_DRAW:
        take_draw(config, text);
        break;
    case MIX_RECIPE:
        take_recipe(config, text);
        break;
    case MIX_RIR:
        reverb->measured = text;
        break;
    case MIX_RT60:
        take_range(&reverb->rt60_min, &reverb->rt60_max, "--rt60", text, 0.05,
                   5);
        break;
    case MIX_DISTANCE:
        take_range(&reverb->distance_min, &reverb->distance_max, "--distance",
                   text, 0.1, 10);
        break;
    case MIX_ROOMS:
        reverb->n_responses = (int)cli_integer("--rooms", text, 1, 1000000);
        break;
    case MIX_TARGET:
        take_target(reverb, text);
        break;
    }
}

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
    if (n_skipped > 0)
        cli_warn("%s: %d files skipped; the first: %s",
                 mixer->config.reverb.measured, n_skipped, first.text);
    cli_remark("%d room responses", se_reverb_responses(mixer->reverb));
}
