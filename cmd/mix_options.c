/* mix_options.c - the options that say how speech and noise are mixed. */
#include "mix_options.h"

#include "cli.h"
#include "data/list.h"

#include <stdlib.h>
#include <string.h>

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

static float number(const char *option, const char *text, double min,
                    double max)
{
    return (float)cli_number(option, text, min, max);
}

/* "MIN:MAX", or one number for both. */
static void take_range(float *lowest, float *highest, const char *option,
                       const char *text, double min, double max)
{
    char *copy = strdup(text), *rest = copy;
    const char *first = strsep(&rest, ":");

    *lowest = number(option, first, min, max);
    *highest = rest ? number(option, rest, min, max) : *lowest;
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
        config->early_ms = number("--target", rest, 0, 1000);
    free(copy);
}

static void take_reverb(struct se_reverb_config *config, int option,
                        const char *text)
{
    switch (option) {
    case MIX_REVERB:
        config->chance = number("--reverb", text, 0, 1);
        break;
    case MIX_REVERB_NOISE:
        config->noise_chance = number("--reverb_noise", text, 0, 1);
        break;
    case MIX_RIR:
        config->measured = text;
        break;
    case MIX_RIR_SHARE:
        config->measured_share = number("--rir_share", text, 0, 1);
        break;
    case MIX_RT60:
        take_range(&config->rt60_min, &config->rt60_max, "--rt60", text, 0.05,
                   5);
        break;
    case MIX_DISTANCE:
        take_range(&config->distance_min, &config->distance_max, "--distance",
                   text, 0.1, 10);
        break;
    case MIX_ROOMS:
        config->n_responses = (int)cli_integer("--rooms", text, 1, 1000000);
        break;
    case MIX_TARGET:
        take_target(config, text);
        break;
    }
}

void mix_option_take(struct se_mix_config *config, int option, const char *text)
{
    switch (option) {
    case MIX_SNR:
        take_snrs(config, text);
        break;
    case MIX_SNR_JITTER:
        config->snr_jitter_db = number("--snr_jitter", text, 0, 30);
        break;
    case MIX_SECONDS:
        config->seconds = number("--seconds", text, 0.01, 3600);
        break;
    case MIX_GAP_MAX:
        config->gap_max_seconds = number("--gap_max", text, 0, 60);
        break;
    case MIX_PEAK_MIN:
        config->peak_min = number("--peak_min", text, 1e-4, 1);
        break;
    case MIX_PEAK_MAX:
        config->peak_max = number("--peak_max", text, 1e-4, 1);
        break;
    case MIX_BABBLE:
        config->babble_chance = number("--babble", text, 0, 1);
        break;
    case MIX_SYNTHETIC:
        config->synthetic_chance = number("--synthetic", text, 0, 1);
        break;
    case MIX_SECOND_NOISE:
        config->second_noise_chance = number("--second_noise", text, 0, 1);
        break;
    case MIX_COLOUR:
        config->colour_chance = number("--colour", text, 0, 1);
        break;
    case MIX_LOWPASS:
        config->lowpass_chance = number("--lowpass", text, 0, 1);
        break;
    default:
        take_reverb(&config->reverb, option, text);
    }
}

void mix_option_check(const struct se_mix_config *config)
{
    if (config->peak_min > config->peak_max)
        cli_die(EXIT_USAGE, "--peak_min %g is above --peak_max %g",
                (double)config->peak_min, (double)config->peak_max);
    if (config->babble_chance + config->synthetic_chance > 1.0f)
        cli_die(EXIT_USAGE,
                "--babble %g and --synthetic %g add up to more "
                "than 1",
                (double)config->babble_chance,
                (double)config->synthetic_chance);
}

static const char sounds[] =
    "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64";

void mix_rooms_open(struct se_mixer *mixer, uint64_t seed, struct se_pool *pool)
{
    struct se_reverb_config *config = &mixer->config.reverb;
    struct se_report report;
    struct se_reverb *reverb;
    struct se_list list = {0};
    int n_skipped;

    se_reverb_config_complete(config);
    if (config->chance <= 0)
        return;
    if (config->measured)
        cli_check(se_list_read(&list, config->measured, sounds, &report),
                  &report);
    cli_check(se_reverb_create(&reverb, config, config->measured ? &list : NULL,
                               seed, pool, &report),
              &report);
    n_skipped = se_reverb_skipped(reverb, &report);
    if (n_skipped > 0)
        cli_warn("%s: %d files skipped; the first: %s", config->measured,
                 n_skipped, report.text);
    cli_remark("%d room responses", se_reverb_responses(reverb));
    se_list_free(&list);
    mixer->reverb = reverb;
}

void mix_rooms_close(struct se_mixer *mixer)
{
    se_reverb_destroy(mixer->reverb);
    mixer->reverb = NULL;
}
