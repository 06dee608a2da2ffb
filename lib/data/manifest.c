/* manifest.c - manifests, written and compared. */
#include "data/manifest.h"

#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MANIFEST_BYTES = 1 << 30 };

static const char FORMAT[] = "nnse features 2";

/* A float as the shortest decimal number that is the same float: 0.1, not
 * 0.10000000149. */
static double decimal(float value)
{
    char text[32];

    snprintf(text, sizeof text, "%.7g", (double)value);
    return strtod(text, NULL);
}

static cJSON *describe_corpus(const char *name, const struct se_corpus *corpus)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddNumberToObject(object, "clips", corpus->n_clips);
    cJSON_AddNumberToObject(object, "seconds", decimal((float)corpus->seconds));
    cJSON_AddNumberToObject(object, "skipped", corpus->n_skipped);
    return object;
}

static void add_mix_config(cJSON *object, const struct se_mix_config *config)
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
        {"colour_chance", config->colour_chance},
        {"lowpass_chance", config->lowpass_chance},
        {"clip_chance", config->clip_chance},
        {"no_speech_chance", config->no_speech_chance},
        {"no_noise_chance", config->no_noise_chance},
    };
    cJSON *snrs = cJSON_AddArrayToObject(object, "snr_db");

    for (int i = 0; i < config->n_snrs; i++)
        cJSON_AddItemToArray(snrs,
                             cJSON_CreateNumber(decimal(config->snr_db[i])));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cJSON_AddNumberToObject(object, numbers[i].name,
                                decimal(numbers[i].value));
}

static void add_reverb(cJSON *object, const struct se_reverb_config *config)
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
    cJSON *reverb = cJSON_AddObjectToObject(object, "reverb");

    cJSON_AddStringToObject(reverb, "target", targets[config->target]);
    cJSON_AddStringToObject(reverb, "measured",
                            config->measured ? config->measured : "");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cJSON_AddNumberToObject(reverb, numbers[i].name,
                                decimal(numbers[i].value));
}

/* All that the bytes of a shard depend on. */
static cJSON *describe(const struct se_shards *shards)
{
    const struct se_mixer *mixer = shards->mixer;
    cJSON *made = cJSON_CreateObject();

    cJSON_AddNumberToObject(made, "seed", (double)shards->seed);
    cJSON_AddItemToObject(made, "speech",
                          describe_corpus(shards->speech_name, mixer->speech));
    cJSON_AddItemToObject(made, "noise",
                          describe_corpus(shards->noise_name, mixer->noise));
    cJSON_AddNumberToObject(made, "records_per_file", shards->n_records);
    cJSON_AddStringToObject(made, "format",
                            shards->format == SE_RECORD_PCM ? "pcm" : "pspec");
    cJSON_AddBoolToObject(made, "gzip", shards->gzip);
    add_mix_config(made, &mixer->config);
    if (mixer->reverb)
        add_reverb(made, &mixer->config.reverb);
    return made;
}

void se_manifest_path(char path[SE_MANIFEST_PATH], const char *folder, int part,
                      int n_parts)
{
    if (part)
        snprintf(path, SE_MANIFEST_PATH, "%s/part-%d-of-%d.json", folder, part,
                 n_parts);
    else
        snprintf(path, SE_MANIFEST_PATH, "%s/manifest.json", folder);
}

/* ---- reading and comparing ----------------------------------------------- */

/* That `name` was made as `was` and not as `is`; NULL: not at all. */
static int differ(const char *name, const cJSON *was, const cJSON *is,
                  const char *path, struct se_report *report)
{
    char *before = was ? cJSON_PrintUnformatted(was) : NULL;
    char *now = is ? cJSON_PrintUnformatted(is) : NULL;
    int status =
        se_fail(report, SE_ERR_ARG,
                "%s: made with %s %.100s, now %.100s: take another "
                "folder or the same options",
                path, name, before ? before : "unknown", now ? now : "without");

    free(before);
    free(now);
    return status;
}

int se_manifest_compare(const cJSON *before, const cJSON *now, const char *path,
                        struct se_report *report)
{
    const cJSON *item;

    for (item = now->child; item; item = item->next) {
        const cJSON *old =
            cJSON_GetObjectItemCaseSensitive(before, item->string);

        if (!cJSON_Compare(old, item, 1))
            return differ(item->string, old, item, path, report);
    }
    for (item = before->child; item; item = item->next)
        if (!cJSON_GetObjectItemCaseSensitive(now, item->string))
            return differ(item->string, item, NULL, path, report);
    return SE_OK;
}

int se_manifest_read(cJSON **out, const cJSON **made, const char *path,
                     struct se_report *report)
{
    size_t n_bytes;
    char *text;
    int status =
        se_read_file(&text, &n_bytes, path, MAX_MANIFEST_BYTES, report);

    *out = NULL;
    if (status != SE_OK)
        return status;

    cJSON *manifest = cJSON_ParseWithLength(text, n_bytes);
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(manifest, "format");

    free(text);
    *made = cJSON_GetObjectItemCaseSensitive(manifest, "made");
    if (cJSON_IsString(format) && strcmp(format->valuestring, FORMAT) == 0 &&
        cJSON_IsObject(*made)) {
        *out = manifest;
        return SE_OK;
    }
    if (cJSON_IsString(format))
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: of format \"%.60s\", expected \"%s\": made by "
                         "another version, take another folder",
                         path, format->valuestring, FORMAT);
    else
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: not a manifest of format \"%s\"", path, FORMAT);
    cJSON_Delete(manifest);
    return status;
}

static int check_one(const struct se_shards *shards, const char *path,
                     struct se_report *report)
{
    const cJSON *made;
    cJSON *manifest;
    int status = se_manifest_read(&manifest, &made, path, report);

    if (status != SE_OK)
        return status;

    cJSON *now = describe(shards);

    status = now ? se_manifest_compare(made, now, path, report)
                 : se_fail_memory(report, path);
    cJSON_Delete(now);
    cJSON_Delete(manifest);
    return status;
}

static int add_name(struct se_manifest_names *found, int part, int n_parts)
{
    size_t size = ((size_t)found->n + 1) * sizeof *found->names;
    void *names = realloc(found->names, size);

    if (!names)
        return -1;
    found->names = names;
    found->names[found->n].part = part;
    found->names[found->n].n_parts = n_parts;
    found->n++;
    return 0;
}

int se_manifest_find_parts(struct se_manifest_names *found, const char *folder,
                           struct se_report *report)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    int status = SE_OK;

    *found = (struct se_manifest_names){0};
    if (!directory)
        return se_fail_errno(report, folder, "cannot open");
    while (status == SE_OK && (entry = readdir(directory))) {
        int part, n_parts, end = 0;

        sscanf(entry->d_name, "part-%d-of-%d.json%n", &part, &n_parts, &end);
        if (end > 0 && entry->d_name[end] == '\0' && part >= 1 &&
            part <= n_parts && add_name(found, part, n_parts) != 0)
            status = se_fail_memory(report, folder);
    }
    closedir(directory);
    if (status != SE_OK)
        se_manifest_names_free(found);
    return status;
}

void se_manifest_names_free(struct se_manifest_names *names)
{
    free(names->names);
    *names = (struct se_manifest_names){0};
}

void se_manifest_remove_parts(const char *folder)
{
    struct se_manifest_names parts;
    char path[SE_MANIFEST_PATH];

    if (se_manifest_find_parts(&parts, folder, NULL) != SE_OK)
        return;
    for (int i = 0; i < parts.n; i++) {
        se_manifest_path(path, folder, parts.names[i].part,
                         parts.names[i].n_parts);
        unlink(path);
    }
    se_manifest_names_free(&parts);
}

static int check_parts(const struct se_shards *shards, struct se_report *report)
{
    struct se_manifest_names parts;
    char path[SE_MANIFEST_PATH];
    int status = se_manifest_find_parts(&parts, shards->folder, report);

    for (int i = 0; i < parts.n && status == SE_OK; i++) {
        int n_parts = parts.names[i].n_parts;

        se_manifest_path(path, shards->folder, parts.names[i].part, n_parts);
        if (shards->n_parts && n_parts != shards->n_parts)
            status = se_fail(report, SE_ERR_ARG,
                             "%s: the folder is made in %d parts, not in %d",
                             path, n_parts, shards->n_parts);
        else
            status = check_one(shards, path, report);
    }
    se_manifest_names_free(&parts);
    return status;
}

int se_manifest_check(const struct se_shards *shards, struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    int status = SE_OK;

    se_manifest_path(path, shards->folder, 0, 0);
    if (access(path, F_OK) == 0)
        status = check_one(shards, path, report);
    return status == SE_OK ? check_parts(shards, report) : status;
}

/* ---- writing ------------------------------------------------------------- */

cJSON *se_manifest_start(cJSON *made, int n_shards, int frames_per_record,
                         int complete)
{
    cJSON *manifest = cJSON_CreateObject();

    cJSON_AddStringToObject(manifest, "format", FORMAT);
    cJSON_AddItemToObject(manifest, "made", made);
    cJSON_AddNumberToObject(manifest, "shards", n_shards);
    cJSON_AddNumberToObject(manifest, "frames_per_record", frames_per_record);
    cJSON_AddBoolToObject(manifest, "complete", complete);
    return manifest;
}

void se_manifest_add_crc(cJSON *list, uint32_t crc)
{
    char text[16];

    snprintf(text, sizeof text, "%08x", crc);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

int se_manifest_save(cJSON *manifest, const char *path,
                     struct se_report *report)
{
    char *text = cJSON_Print(manifest);
    struct se_atomic_file file;

    cJSON_Delete(manifest);
    if (!text)
        return se_fail_memory(report, path);

    int status = se_atomic_open(&file, path, report);

    if (status == SE_OK) {
        /* A failed write is kept in the stream for the commit to find. */
        fprintf(file.stream, "%s\n", text);
        status = se_atomic_commit(&file, report);
    }
    free(text);
    return status;
}

static void add_skipped(cJSON *manifest, const struct se_mixer *mixer)
{
    const struct se_corpus *corpora[] = {mixer->speech, mixer->noise};
    cJSON *list = cJSON_AddArrayToObject(manifest, "skipped");

    for (int i = 0; i < 2; i++)
        for (int j = 0; j < corpora[i]->n_skipped; j++)
            cJSON_AddItemToArray(list,
                                 cJSON_CreateString(corpora[i]->reasons[j]));
}

int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      const struct se_statistics *statistics,
                      struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    cJSON *manifest =
        se_manifest_start(describe(shards), shards->n_shards,
                          se_shards_frames(shards, NULL), crcs != NULL);

    add_skipped(manifest, shards->mixer);
    if (shards->part) {
        cJSON_AddNumberToObject(manifest, "part", shards->part);
        cJSON_AddNumberToObject(manifest, "parts", shards->n_parts);
    }
    if (crcs) {
        cJSON *list = cJSON_AddArrayToObject(manifest, "crc32c");

        for (int i = 0; i < se_shards_count(shards); i++)
            se_manifest_add_crc(list, crcs[i]);
    }
    if (shards->part && statistics)
        cJSON_AddItemToObject(manifest, "statistics",
                              se_statistics_to_json(statistics, 17));
    se_manifest_path(path, shards->folder, shards->part, shards->n_parts);
    return se_manifest_save(manifest, path, report);
}
