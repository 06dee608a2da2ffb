/* fuzz_manifest.c - libFuzzer: any bytes are an error or a manifest of shards,
 * and are an error or statistics, whose numbers are finite. */
#include "fuzz.h"

#include "records/manifest_private.h"

#include <math.h>

static void read_manifest(const char *path)
{
    struct se_report report = {""};
    const cJSON *made;
    cJSON *manifest;
    int status = se_manifest_read(&manifest, &made, path, &report);

    fuzz_check(status, &report);
    if (status == SE_OK) {
        struct se_report difference = {""};

        if (se_manifest_compare(made, made, path, &difference) != SE_OK)
            abort();
    }
    cJSON_Delete(manifest);
}

static void read_statistics(const char *path)
{
    static const int n_features[] = {72, 257};
    static const enum se_feat_type types[] = {SE_FEAT_MEL, SE_FEAT_PSPEC};

    for (int kind = 0; kind < 2; kind++) {
        struct se_model model = {.feat_type = types[kind],
                                 .arch.n_in = n_features[kind]};
        struct se_report report = {""};
        int status = se_statistics_read(&model, path, &report);

        fuzz_check(status, &report);
        for (int i = 0; status == SE_OK && i < n_features[kind]; i++) {
            if (!isfinite(model.mean[i]) || !isfinite(model.inv_std[i]))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    int file = fuzz_file(path, "manifest.json", bytes, n);

    read_manifest(path);
    read_statistics(path);
    close(file);
    return 0;
}
