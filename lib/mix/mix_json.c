/* mix_json.c - how mixtures are made, as JSON. */
#include "mix/mix_json.h"

/* What was added later is left out while it is off, as it was before. */
static void add_extras(struct se_json *json, cJSON *object,
                       const struct se_mix_config *config)
{
    const struct {
        const char *name;
        float value;
    } extras[] = {
        {"by_speaker", (float)config->by_speaker},
        {"by_kind", (float)config->by_kind},
        {"kind_in_turn", (float)config->kind_in_turn},
        {"vary_chance", config->vary_chance},
        {"talker_chance", config->talker_chance},
        {"burst_chance", config->burst_chance},
        {"noise_residual", config->noise_residual},
        {"babble_residual", config->babble_residual},
        {"microphone_chance", config->microphone_chance},
        {"device_chance", config->device_chance},
    };

    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
        if (extras[i].value != 0)
            se_json_add_number(json, object, extras[i].name,
                               se_json_decimal(extras[i].value));
}

static void add_mix_config(struct se_json *json, cJSON *object,
                           const struct se_mix_config *config)
{
    const struct {
        const char *name;
        float value;
    } numbers[] = {
        {"snr_jitter_db", config->snr_jitter_db},
        {"seconds", config->seconds},
        {"utterances", (float)config->utterances},
        {"gap_min_seconds", config->gap_min_seconds},
        {"gap_max_seconds", config->gap_max_seconds},
        {"speech_gain_db", config->speech_gain_db},
        {"noise_gain_db", config->noise_gain_db},
        {"peak_min", config->peak_min},
        {"peak_max", config->peak_max},
        {"babble_chance", config->babble_chance},
        {"synthetic_chance", config->synthetic_chance},
        {"synthetic_kinds", (float)config->synthetic_kinds},
        {"second_noise_chance", config->second_noise_chance},
        {"max_noises", (float)config->max_noises},
        {"speed_chance", config->speed_chance},
        {"speech_speed", config->speech_speed},
        {"noise_speed", config->noise_speed},
        {"colour_chance", config->colour_chance},
        {"lowpass_chance", config->lowpass_chance},
        {"clip_chance", config->clip_chance},
        {"no_speech_chance", config->no_speech_chance},
        {"no_noise_chance", config->no_noise_chance},
    };
    cJSON *snrs = se_json_add_array(json, object, "snr_db");

    for (int i = 0; i < config->n_snrs; i++)
        se_json_add_number(json, snrs, NULL,
                           se_json_decimal(config->snr_db[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        se_json_add_number(json, object, numbers[i].name,
                           se_json_decimal(numbers[i].value));
    add_extras(json, object, config);
}

static void add_reverb(struct se_json *json, cJSON *object,
                       const struct se_reverb_config *config)
{
    const char *const targets[] = {"early", "decay", "dry", "reverberant"};
    const struct {
        const char *name;
        float value;
    } numbers[] = {
        {"chance", config->chance},
        {"noise_chance", config->noise_chance},
        {"early_ms", config->early_ms},
        {"measured_share", config->measured_share},
        {"rt60_min", config->rt60_min},
        {"rt60_max", config->rt60_max},
        {"distance_min", config->distance_min},
        {"distance_max", config->distance_max},
        {"responses", (float)config->n_responses},
    };
    cJSON *reverb = se_json_add_object(json, object, "reverb");

    se_json_add_text(json, reverb, "target", targets[config->target]);
    se_json_add_text(json, reverb, "measured",
                     config->measured ? config->measured : "");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        se_json_add_number(json, reverb, numbers[i].name,
                           se_json_decimal(numbers[i].value));
}

void se_mix_json_add(struct se_json *json, cJSON *object,
                     const struct se_mix_config *config)
{
    add_mix_config(json, object, config);
    if (config->reverb.chance > 0)
        add_reverb(json, object, &config->reverb);
}
