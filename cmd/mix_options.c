/* mix_options.c - the options that say how speech and noise are mixed. */
#include "mix_options.h"

#include "cli.h"

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
