/* se-eval.c - scores enhanced speech against clean speech. */
#include "audio/sound.h"
#include "base/pool.h"
#include "cli.h"
#include "data/list.h"
#include "eval_print.h"
#include "metrics/metrics.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_HZ = 16000, MAX_THREADS = 256, MAX_TOLD = 5 };

static const char extensions[] =
    "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64";

struct options {
    const char *clean, *enhanced; /* two folders or two files */
    enum eval_format format;
    int threads;
};

struct job {
    struct eval_pair *pairs;
    int n;
    atomic_int n_done;
    struct cli_progress progress;
};

/* ---- options ------------------------------------------------------------ */

static const char help[] =
    "Usage: se-eval --clean DIR --enhanced DIR [options]\n"
    "       se-eval --clean FILE --enhanced FILE [options]\n"
    "Scores enhanced speech against clean speech: STOI, ESTOI, SI-SDR and\n"
    "segmental SNR, file by file and in the mean.\n"
    "\n"
    "  -c, --clean PATH      the clean speech: a sound file or a folder\n"
    "  -e, --enhanced PATH   the speech to score; in a folder, files of the\n"
    "                        same name, whatever the extension\n"
    "      --json            print a JSON object instead of a table\n"
    "      --csv             print comma-separated values instead of a table\n"
    "  -j, --threads N       files scored at the same time (default: one a\n"
    "                        processor)\n"
    "  -q, --quiet           the mean only, and no progress line\n"
    "      --help            print this and exit\n"
    "      --version         print the version and exit\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n"
    "\n"
    "Example: se-enhance -o out noisy/*.wav && se-eval -c clean -e out\n";

_Noreturn static void print_help(void)
{
    fputs(help, stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

static int default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

static struct options parse_options(int argc, char **argv)
{
    enum { HELP = 256, VERSION, JSON, CSV };
    static const struct option table[] = {
        {"clean", required_argument, NULL, 'c'},
        {"enhanced", required_argument, NULL, 'e'},
        {"json", no_argument, NULL, JSON},
        {"csv", no_argument, NULL, CSV},
        {"threads", required_argument, NULL, 'j'},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {0},
    };
    struct options o = {.threads = default_threads()};

    for (int c; (c = cli_getopt(argc, argv, "c:e:j:q", table)) != -1;) {
        switch (c) {
        case 'c':
            o.clean = optarg;
            break;
        case 'e':
            o.enhanced = optarg;
            break;
        case JSON:
        case CSV:
            if (o.format != EVAL_TABLE)
                cli_die(EXIT_USAGE, "give --json or --csv, once");
            o.format = c == JSON ? EVAL_JSON : EVAL_CSV;
            break;
        case 'j':
            o.threads = (int)cli_integer("--threads", optarg, 1, MAX_THREADS);
            break;
        case 'q':
            cli_quiet = 1;
            break;
        case HELP:
            print_help();
        case VERSION:
            cli_version();
        }
    }
    if (optind < argc)
        cli_die(EXIT_USAGE, "unexpected '%s': give --clean and --enhanced",
                argv[optind]);
    if (!o.clean || !o.enhanced)
        cli_die(EXIT_USAGE, "--%s is missing (see --help)",
                o.clean ? "enhanced" : "clean");
    return o;
}

/* ---- which files belong together ---------------------------------------- */

struct named {
    char *name;
    const char *path;
};

struct folder {
    const char *path;
    struct se_list list; /* owns the paths */
    struct named *files; /* [list.n], sorted by name */
};

/* Exits when there is no such file; "-" is standard input. */
static int is_folder(const char *path)
{
    struct stat info;

    if (strcmp(path, "-") == 0)
        return 0;
    if (stat(path, &info) != 0)
        cli_die(EXIT_FAILED, "%s: cannot open: %s", path, strerror(errno));
    return S_ISDIR(info.st_mode);
}

static void *check_memory(void *memory)
{
    if (!memory)
        cli_die(EXIT_FAILED, "out of memory for the list of files");
    return memory;
}

/* "a/b" of "folder/a/b.wav" */
static char *name_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    path += length;
    path += strspn(path, "/");
    return check_memory(strndup(path, (size_t)(strrchr(path, '.') - path)));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static struct folder open_folder(const char *path)
{
    struct folder folder = {.path = path};
    struct se_report report;

    cli_check(se_list_read(&folder.list, path, extensions, &report), &report);

    int n = folder.list.n;

    folder.files = check_memory(calloc((size_t)n, sizeof *folder.files));
    for (int i = 0; i < n; i++)
        folder.files[i] = (struct named){name_in(path, folder.list.paths[i]),
                                         folder.list.paths[i]};
    qsort(folder.files, (size_t)n, sizeof *folder.files, compare_names);
    for (int i = 1; i < n; i++) {
        if (compare_names(&folder.files[i - 1], &folder.files[i]) == 0)
            cli_die(EXIT_FAILED, "%s and %s have the same name",
                    folder.files[i - 1].path, folder.files[i].path);
    }
    return folder;
}

static void close_folder(struct folder *folder)
{
    for (int i = 0; i < folder->list.n; i++)
        free(folder->files[i].name);
    free(folder->files);
    se_list_free(&folder->list);
}

/* Exits, naming the first files, if `folder` lacks some of `other`. */
static void check_complete(const struct folder *folder,
                           const struct folder *other)
{
    char told[400] = "";
    size_t used = 0;
    int n_missing = 0;

    for (int i = 0; i < other->list.n; i++) {
        if (bsearch(&other->files[i], folder->files, (size_t)folder->list.n,
                    sizeof *folder->files, compare_names))
            continue;
        if (n_missing++ < MAX_TOLD && used < sizeof told)
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%s",
                                     used ? ", " : "", other->files[i].name);
    }
    if (n_missing)
        cli_die(EXIT_FAILED, "%s: lacks %d of the %d files in %s: %s%s",
                folder->path, n_missing, other->list.n, other->path, told,
                n_missing > MAX_TOLD ? ", ..." : "");
}

static struct eval_pair *match(const struct folder *clean,
                               const struct folder *enhanced)
{
    struct eval_pair *pairs =
        check_memory(calloc((size_t)clean->list.n, sizeof *pairs));

    check_complete(enhanced, clean);
    check_complete(clean, enhanced);
    for (int i = 0; i < clean->list.n; i++) {
        pairs[i].name = clean->files[i].name;
        pairs[i].clean = clean->files[i].path;
        pairs[i].enhanced = enhanced->files[i].path;
    }
    return pairs;
}

/* ---- scoring ------------------------------------------------------------ */

static double seconds(int64_t n_samples)
{
    return (double)n_samples / RATE_HZ;
}

/* The shorter of two signals decides, as long as the other is not longer by
 * more than a delay could explain. */
static int score(struct eval_pair *pair, const float *clean, int64_t n_clean,
                 const float *enhanced, int64_t n_enhanced)
{
    struct se_report report;
    int64_t shorter = n_clean < n_enhanced ? n_clean : n_enhanced;
    int status;

    if (llabs(n_clean - n_enhanced) > SE_MAX_DELAY)
        return se_fail(&pair->report, SE_ERR_FORMAT,
                       "%s: lasts %.3f s and %s %.3f s: expected the same "
                       "within 64 ms",
                       pair->enhanced, seconds(n_enhanced), pair->clean,
                       seconds(n_clean));
    status =
        se_scores_compute(&pair->scores, clean, enhanced, shorter, &report);
    if (status != SE_OK)
        se_fail(&pair->report, status, "%s and %s: %s", pair->clean,
                pair->enhanced, report.text);
    return status;
}

static void score_task(void *context, int index, int worker)
{
    struct job *job = context;
    struct eval_pair *pair = &job->pairs[index];
    float *clean = NULL, *enhanced = NULL;
    int64_t n_clean, n_enhanced;

    pair->status = se_sound_load_mono(&clean, &n_clean, pair->clean, RATE_HZ,
                                      &pair->report);
    if (pair->status == SE_OK)
        pair->status = se_sound_load_mono(
            &enhanced, &n_enhanced, pair->enhanced, RATE_HZ, &pair->report);
    if (pair->status == SE_OK)
        pair->status = score(pair, clean, n_clean, enhanced, n_enhanced);
    free(clean);
    free(enhanced);

    int n_done = atomic_fetch_add(&job->n_done, 1) + 1;

    if (worker == 0)
        cli_progress_update(&job->progress, n_done, pair->name);
}

/* Exits if a pair could not be scored: a mean over the others would not be
 * what was asked for. */
static void score_all(struct eval_pair *pairs, int n, int threads)
{
    struct job job = {.pairs = pairs, .n = n};
    struct se_report report;
    struct se_pool *pool;
    int first = -1, n_failed = 0;

    cli_check(se_pool_create(&pool, threads < n ? threads : n, &report),
              &report);
    cli_progress_start(&job.progress, "scoring", "files", n);
    se_pool_run(pool, n, score_task, &job);
    cli_progress_end(&job.progress);
    se_pool_destroy(pool);

    for (int i = n - 1; i >= 0; i--) {
        if (pairs[i].status != SE_OK) {
            first = i;
            n_failed++;
        }
    }
    if (n_failed > 1)
        cli_die(EXIT_FAILED, "%s (and %d more)", pairs[first].report.text,
                n_failed - 1);
    if (n_failed == 1)
        cli_die(EXIT_FAILED, "%s", pairs[first].report.text);
}

static void evaluate(const struct options *o, struct eval_pair *pairs, int n)
{
    score_all(pairs, n, o->threads);
    eval_print(o->format, pairs, n);
}

/* ---- main --------------------------------------------------------------- */

static void evaluate_folders(const struct options *o)
{
    struct folder clean = open_folder(o->clean);
    struct folder enhanced = open_folder(o->enhanced);
    struct eval_pair *pairs = match(&clean, &enhanced);

    evaluate(o, pairs, clean.list.n);
    free(pairs);
    close_folder(&clean);
    close_folder(&enhanced);
}

static void evaluate_files(const struct options *o)
{
    const char *slash = strrchr(o->enhanced, '/');
    struct eval_pair pair = {
        .name = slash ? slash + 1 : o->enhanced,
        .clean = o->clean,
        .enhanced = o->enhanced,
    };

    evaluate(o, &pair, 1);
}

int main(int argc, char **argv)
{
    cli_name = "se-eval";

    struct options o = parse_options(argc, argv);
    int in_folders = is_folder(o.clean);

    if (is_folder(o.enhanced) != in_folders)
        cli_die(EXIT_USAGE,
                "%s is a folder and %s is none: expected two "
                "folders or two files",
                in_folders ? o.clean : o.enhanced,
                in_folders ? o.enhanced : o.clean);
    if (in_folders)
        evaluate_folders(&o);
    else
        evaluate_files(&o);
    cli_close_stdout();
    return EXIT_DONE;
}
