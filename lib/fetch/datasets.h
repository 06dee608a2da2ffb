/* datasets.h - the public data sets that training data are made of: one table,
 * a row a set.
 *
 * A row is text, the same in the built-in table (datasets_table.c), in a
 * user's file and in the note that lies beside a set that was unpacked:
 *
 *     set       toy                     begins a row; a-z 0-9 - _
 *     about     two hours of nothing    one line: what it is good for
 *     kind      noise                   speech, noise, rooms or pairs
 *     licence   CC BY 4.0
 *     citation  who, where, when        may be missing
 *     default   yes                     downloaded unless others are asked for
 *     unpacked  900000000               bytes, about
 *     hours     2.5                     of speech, about; may be missing
 *     folder    toy/wav                 is there after unpacking; up to 8
 *     voices    toy/labels.csv Human    may be missing: which of them are
 *     archive   https://host/toy.zip 600000000 md5:0123... toy-1.zip
 *
 * A table of voices is CSV with a clip's name and, as the second value, its
 * labels with commas between; those with the one named are not mixed as noise.
 * There are up to 32 archives. After the URL may stand the bytes, the digest
 * (md5: or sha256:) and the name of the file, if it is not what the URL ends
 * in. ~ before bytes or digest: not certain, another value is only reported.
 * Archives called X.z01, X.z02, ... and then X.zip are one split zip. Lines
 * that begin with # are comments. */
#ifndef SE_FETCH_DATASETS_H
#define SE_FETCH_DATASETS_H

#include "base/status.h"
#include "fetch/digest.h"

#include <stdint.h>
#include <stdio.h>

enum {
    SE_MAX_ARCHIVES = 32,
    SE_MAX_FOLDERS = 8,
    SE_MAX_URL = 512,
    SE_MAX_NAME = 128
};

enum se_dataset_kind { SE_SPEECH, SE_NOISE, SE_ROOMS, SE_PAIRS };

struct se_archive {
    char url[SE_MAX_URL];
    char name[SE_MAX_NAME];  /* of the file */
    int64_t bytes;           /* 0: not known */
    struct se_digest digest; /* kind SE_DIGEST_NONE: not known */
    int bytes_certain, digest_certain;
};

struct se_dataset {
    char name[64];
    char about[SE_MAX_URL], licence[SE_MAX_URL], citation[SE_MAX_URL];
    enum se_dataset_kind kind;
    int is_default;
    int64_t unpacked; /* bytes, about */
    double hours;     /* of speech, about; 0: not known */
    char folder[SE_MAX_FOLDERS][SE_MAX_NAME];
    char voices[SE_MAX_NAME], voice_label[64]; /* "": none are known */
    struct se_archive source[SE_MAX_ARCHIVES];
    int n_folders, n_sources;
};

struct se_datasets {
    struct se_dataset *set; /* [n] */
    int n;
};

/* The built-in table. */
int se_datasets_load(struct se_datasets *sets, struct se_report *report);

/* Adds the rows of `text`, called `name` in messages; a set of the same name
 * as one that is there takes its place. After an error some may be added. */
int se_datasets_add(struct se_datasets *sets, const char *text,
                    const char *name, struct se_report *report);
void se_datasets_free(struct se_datasets *sets);

/* The built-in table, and the rows of a file over it (path NULL: none). */
int se_datasets_read(struct se_datasets *sets, const char *path,
                     struct se_report *report);

/* Some of the sets, in the order in which they were asked for. */
struct se_dataset_choice {
    const struct se_dataset **set; /* [n] */
    int n;
};

/* Chooses those with the names "a,b", all for "all", the table's own choice for
 * NULL. SE_ERR_ARG: there is none of a name. */
int se_datasets_choose(struct se_dataset_choice *choice,
                       const struct se_datasets *sets, const char *names,
                       struct se_report *report);
void se_dataset_choice_free(struct se_dataset_choice *choice);

/* NULL if there is none of that name. */
const struct se_dataset *se_datasets_find(const struct se_datasets *sets,
                                          const char *name);

/* Bytes of all its archives, as far as they are known. */
int64_t se_dataset_packed(const struct se_dataset *set);

/* "speech", "noise", "rooms", "pairs" */
const char *se_dataset_kind_name(enum se_dataset_kind kind);

/* Writes the set as a row. */
void se_dataset_print(const struct se_dataset *set, FILE *stream);

/* The built-in rows, in datasets_table.c; NULL at the end. */
extern const char *const se_datasets_table[];

#endif
