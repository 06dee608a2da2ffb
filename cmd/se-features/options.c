/* options.c - the options of se-features. */
#include "options.h"

#include "audio/extensions.h"
#include "common/mix_options.h"
#include "common/outputs.h"
#include "encoding/decimal.h"
#include "files/path.h"
#include "picture/mixture.h"
#include "records/shards.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 256 };

/* "2/10": the second of ten. */
static int take_shard(void *at, const char *text, struct se_report *report)
{
    struct features_options *o = at;
    char end;

    if (sscanf(text, "%d/%d%c", &o->part, &o->n_parts, &end) != 2 ||
        o->part < 1 || o->part > o->n_parts || o->n_parts > FEATURES_MAX_SHARDS)
        return se_fail(
            report, SE_ERR_ARG,
            "expected I/N with I from 1 to N, such as 1/10, found '%s'", text);
    return SE_OK;
}

/* "80:20" or "80:10:10". */
static int take_split(void *at, const char *text, struct se_report *report)
{
    struct features_options *o = at;
    const char *p = text;

    o->n_splits = 0;
    for (size_t n;; p += n + 1) {
        char part[32];
        double share;

        n = strcspn(p, ":");
        snprintf(part, sizeof part, "%.*s", (int)n, p);
        if (n >= sizeof part || !se_decimal_read(&share, part) ||
            !(share > 0) || share > 1e9 || o->n_splits == FEATURES_MAX_SPLITS ||
            (!p[n] && o->n_splits == 0))
            return se_fail(
                report, SE_ERR_ARG,
                "expected shares such as 80:20 or 80:10:10, found '%s'", text);
        o->shares[o->n_splits++] = share;
        if (!p[n])
            return SE_OK;
    }
}

static const char *const format_words[] = {"pspec", "pcm", NULL};

#define AT(member) OPTION_AT(struct features_options, member)
static const struct option_row main_rows[] = {
    {"speech", 's', OPTION_PATH, "PATH",
     "clean speech: a folder, a manifest (FILE.csv:split=train takes a part of "
     "it), or a text file with one path a line",
     AT(speech)},
    {"noise", 'n', OPTION_PATH, "PATH", "noise, the same way", AT(noise)},
    {"split_use", 0, OPTION_TEXT, "NAME", "take this split of manifests",
     AT(split_use)},
    {"datasize_noise", 0, OPTION_INTEGER, "N",
     "speech files that are mixed with each type of noise; -1: all",
     AT(datasize_noise), .min = -1, .max = INT_MAX, .also = "dataset_noise",
     .otherwise = "all, once, with noise of any type"},
    {"output", 'o', OPTION_PATH, "DIR",
     "where the TFRecords go, one a mixture; with --scan, the manifest",
     AT(output)},
    {"list", 0, OPTION_FILE, "FILE", "write their names there, for se-train",
     AT(list), .excludes = "shard download"},
    {"num", 0, OPTION_INTEGER, "N", "mixtures to make", AT(num), .min = 1,
     .max = FEATURES_MAX_SHARDS, .otherwise = "as much as there is speech"},
    {"format", 0, OPTION_WORD, "WORD",
     "power spectra as the original has them, or samples: smaller, and with "
     "phases",
     AT(format), .words = format_words, .preset = "pspec"},
    {"records_per_file", 0, OPTION_INTEGER, "N",
     "equal parts a mixture is cut into", AT(n_records), .min = 1,
     .max = 100000, .preset = "5"},
    {"gzip", 0, OPTION_SWITCH, "0|1", "compress", AT(gzip), .preset = "1"},
    {"seed", 0, OPTION_INTEGER, "N", "seed of all that is drawn", AT(seed),
     .max = INT_MAX, .preset = "1"},
    {"jobs", 'j', OPTION_INTEGER, "N", "threads", AT(threads), .min = 1,
     .max = MAX_THREADS, .otherwise = "one a processor", .also = "threads"},
    {"strict", 0, OPTION_FLAG, NULL, "stop when a file cannot be used",
     AT(strict)},
    {"force", 0, OPTION_FLAG, NULL,
     "start even if the disk seems too small for what is to be written",
     AT(is_forced)},
    {"shard", 0, OPTION_TEXT, "I/N",
     "make every N-th mixture from the I-th on; I counts from 1 to N, one for "
     "each machine",
     .take = take_shard, .excludes = "download"},
    {"merge", 0, OPTION_FLAG, NULL, "check all parts in DIR, make them one set",
     AT(merge), .needs = "output", .excludes = "speech noise shard"},
    {"scratch", 0, OPTION_FOLDER, "DIR", "for decoded sound, 32 kB a second",
     AT(scratch), .otherwise = "that of --output"},
    {"plot", 0, OPTION_FILE, "FILE",
     "draw the first mixtures, a .pdf, .png or .svg; without --output do no "
     "more",
     AT(plot)},
    {"sounds", 0, OPTION_FOLDER, "DIR",
     "write mixtures as sound to DIR/noisy and DIR/clean; without --output do "
     "no more",
     AT(sounds)},
    {"plot_count", 0, OPTION_INTEGER, "N", "mixtures in the picture",
     AT(plot_count), .min = 1, .max = SE_MAX_MIXTURES, .preset = "3"},
    {"inspect", 0, OPTION_FILE, "FILE", "print what is in a TFRecord file",
     AT(inspect), .excludes = "speech noise output merge"},
    {0},
};
static const struct option_row scan_rows[] = {
    {"scan", 0, OPTION_FOLDER, "DIR",
     "list the sound files of this folder in --output; may be given again",
     AT(scans), .n_at = offsetof(struct features_options, n_scans),
     .most = FEATURES_MAX_SCANS, .needs = "output",
     .excludes = "speech noise merge"},
    {"kind", 0, OPTION_TEXT, "KIND",
     "what these files are: speech, noise or noise:TYPE", AT(kind),
     .otherwise = "speech", .needs = "scan"},
    {"set", 0, OPTION_TEXT, "NAME", "name of the set", AT(set),
     .otherwise = "the folder's", .needs = "scan"},
    {"speaker", 0, OPTION_TEXT, "REGEX",
     "the speaker is its first group, in the path below the folder",
     AT(speaker), .otherwise = "by the layout of LibriSpeech, VCTK or THCHS-30",
     .needs = "scan"},
    {"split", 0, OPTION_TEXT, "A:B",
     "train and test, or A:C:B for train, valid and test, in these shares; no "
     "speaker is in two of them",
     .needs = "scan|download", .take = take_split},
    {0},
};
static const struct option_row general_rows[] = {
    OPTION_QUIET("no progress, no remarks"),
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {NULL, main_rows, 0},
    {"Mixing", mix_option_rows, offsetof(struct features_options, mix)},
    {"Rooms", room_option_rows, offsetof(struct features_options, mix)},
    {"Manifests of sound files", scan_rows, 0},
    {"Data sets", download_option_rows,
     offsetof(struct features_options, download)},
    {"General", general_rows, 0},
    {0},
};

static void set_defaults(void *options)
{
    struct features_options *o = options;

    se_mix_config_default(&o->mix);
    o->mix.seconds = 25;
    o->download.download = -1;
    o->shares[0] = 80;
    o->shares[1] = 20;
    o->threads = cli_processors(MAX_THREADS);
}

static const struct option_program program = {
    .name = "se-features",
    .usage = "--speech PATH --noise PATH -o DIR [OPTION]...\n"
             "--scan DIR -o FILE.csv [--split 80:20]\n"
             "--merge -o DIR\n"
             "--inspect FILE\n"
             "--download 1 [--datasets A,B] [--data_dir DIR] [OPTION]...",
    .about = "Mix clean speech with noise and write both, as power spectra or "
             "as samples, to TFRecords, which se-train and TensorFlow read.",
    .notes = "The same seed gives the same bytes, whatever the number of "
             "threads. Interrupted, the same command goes on where it was.",
    .status = "Exit status: 0 done, 1 failed or files were skipped, 2 wrong "
              "usage, 130 interrupted.",
    .example = "se-features -s clean/ -n noise/ -o tfrecords/ --list train.csv",
    .groups = groups,
    .defaults = set_defaults,
};

static void check_mixtures(const struct features_options *o)
{
    struct se_mixer mixer = {.config = o->mix};
    struct se_shards shards = {.mixer = &mixer, .n_records = o->n_records};
    struct se_report report;
    int n_frames;

    if (o->plot)
        cli_check_usage("--plot: ", se_canvas_check_name(o->plot, &report),
                        &report);
    if (!o->from_sets &&
        (!o->speech || !o->noise || (!o->output && !o->plot && !o->sounds)))
        cli_die(EXIT_USAGE, "--%s is missing (see --help)",
                !o->speech  ? "speech"
                : !o->noise ? "noise"
                            : "output");
    mix_option_check(&o->mix);
    n_frames = se_shards_frames(&shards, &report);
    cli_check_usage("--seconds, --records_per_file: ",
                    n_frames < 0 ? n_frames : SE_OK, &report);
}

const char *features_split(const struct features_options *o, int index)
{
    static const char *const names[] = {"train", "valid", "test"};

    return names[index > 0 && o->n_splits == 2 ? index + 1 : index];
}

/* Sounds, records and what tells of them are not to be written over. */
static void check_text_name(const char *option, const char *path,
                            const char *what)
{
    int is_sound = path && se_path_has_extension(path, se_sound_extensions);

    if (is_sound || (path && se_path_has_extension(path, "tfrecord json")))
        cli_die(EXIT_USAGE,
                "--%s %s: %s is not %s: expected another name, such as "
                "train.csv",
                option, path, what, is_sound ? "a sound" : "a record or JSON");
}

static void check_outputs(const struct features_options *o)
{
    outputs_check((struct output[]){{"--output", o->output, 0},
                                    {"--list", o->list, 0},
                                    {"--plot", o->plot, 0},
                                    {"--sounds", o->sounds, 0},
                                    {"--speech", o->speech, 1},
                                    {"--noise", o->noise, 1}},
                  6);
    if (o->list && o->output && strchr(o->output, '\n'))
        cli_die(EXIT_USAGE,
                "--output %s: expected a name without line ends: --list has a "
                "path a line",
                o->output);
    check_text_name("list", o->list, "a list");
    if (o->n_scans)
        check_text_name("output", o->output, "a manifest");
}

struct features_options features_options_parse(int argc, char **argv)
{
    struct features_options o = {0};
    struct option_found found = options_parse(&program, &o, argc, argv);

    /* --download 0 asks for what is there. */
    o.from_sets = o.download.download > 0 ||
                  (o.download.download == 0 && !o.speech && !o.noise &&
                   !o.inspect && !o.n_scans && !o.merge);
    if (!o.download.table)
        o.download.table = getenv("SE_DATASET_TABLE");
    if (o.from_sets && o.n_splits == 0)
        o.n_splits = 2;
    if (options_given(&found, "datasize_noise") && o.datasize_noise == 0)
        cli_die(EXIT_USAGE, "--datasize_noise: expected -1 or 1 and more, "
                            "found 0");
    o.mix.kind_in_turn = o.datasize_noise != 0;
    if (!o.inspect && !o.n_scans && !o.merge && !o.download.list &&
        !o.download.only)
        check_mixtures(&o);
    check_outputs(&o);
    return o;
}
