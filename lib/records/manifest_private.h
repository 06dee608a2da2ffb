/* manifest_private.h - manifest.json and the manifests of parts: what the
 * shards of a folder were made of. */
#ifndef SE_RECORDS_MANIFEST_PRIVATE_H
#define SE_RECORDS_MANIFEST_PRIVATE_H

#include "encoding/json.h"
#include "records/plan.h"
#include "records/statistics.h"

enum { SE_MANIFEST_PATH = 4300 };

/* Name of the manifest of a part, of the whole if part is 0. */
void se_manifest_path(char path[SE_MANIFEST_PATH], const char *folder, int part,
                      int n_parts);

/* SE_OK if the folder has no manifest or ones that fit: same seed, corpora and
 * options, same number of parts; the number of shards may differ. Otherwise
 * the report names the first difference. */
int se_manifest_check(const struct se_shards *shards, struct se_report *report);

/* Writes that of the part or of the whole; crcs[se_shards_count] of the files,
 * or NULL while shards are missing. */
int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      const struct se_statistics *statistics,
                      struct se_report *report);

/* The parts' manifests in a folder. */
struct se_manifest_names {
    int n;
    int n_parts; /* of the first */
    struct {
        int part, n_parts;
    } * names;
};

int se_manifest_find_parts(struct se_manifest_names *found, const char *folder,
                           struct se_report *report);
void se_manifest_names_free(struct se_manifest_names *names);

/* Reads a manifest and checks its format; *made is inside it. */
int se_manifest_read(cJSON **manifest, const cJSON **made, const char *path,
                     struct se_report *report);

/* SE_OK if both were made of the same; else the report says the first
 * difference. */
int se_manifest_compare(const cJSON *before, const cJSON *now, const char *path,
                        struct se_report *report);

/* The members of a manifest, in the order in which they stand there: the
 * format, "made" (the caller's), the size, what was skipped (the caller's), the
 * checksums of files. */
void se_manifest_add_format(struct se_json *json);
void se_manifest_add_size(struct se_json *json, int n_shards,
                          int frames_per_record, int is_complete);
void se_manifest_add_crcs(struct se_json *json, const uint32_t *crcs, int n);

/* Removes the manifests of parts. */
int se_manifest_remove_parts(const char *folder, struct se_report *report);

#endif
