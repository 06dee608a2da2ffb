/* remember.c - command lines that training states keep. */
#include "remember.h"

#include "base/utf8.h"
#include "files/memory.h"
#include "model/model.h"
#include "nn/arch.h"
#include "train/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A command line in the making. */
struct line {
    char **words; /* [n], then NULL */
    int n;
};

static void append(struct line *line, char **words, int n)
{
    line->words =
        realloc(line->words, (size_t)(line->n + n + 1) * sizeof *line->words);
    if (!line->words)
        cli_die(EXIT_FAILED, "out of memory");
    for (int i = 0; i < n; i++)
        line->words[line->n++] = words[i];
    line->words[line->n] = NULL;
}

/* Whether an option makes this run the one that goes on. */
static int is_latest(const struct option_use *use)
{
    return strcmp(use->row->name, "epoch_loaded") == 0 &&
           strcmp(use->text, "latest") == 0;
}

static int next(const struct option_program *program, char **words,
                struct option_use *use)
{
    struct se_report report;

    cli_check(options_next(program, words, use, &report), &report);
    return use->row != NULL;
}

/* ---- words of the state -------------------------------------------------- */

char *train_words_join(const struct option_program *program, char **words)
{
    struct option_use use = {0};
    struct se_report report;
    struct se_memory text;
    int fits = 1;

    cli_check(se_memory_open(&text, "the options", &report), &report);
    while (next(program, words, &use)) {
        for (int i = 0; i < use.n_words && !is_latest(&use); i++) {
            fits &= !strchr(use.words[i], '\n');
            fprintf(text.stream, "%s\n", use.words[i]);
        }
    }
    cli_check(se_memory_close(&text, "the options", &report), &report);
    if (fits && se_utf8_mend(text.bytes) == 0)
        return text.bytes;
    free(text.bytes);
    return NULL;
}

/* A line a word, behind `first`. */
static struct line split(char *first, char *text)
{
    struct line line = {0};
    char *word;

    append(&line, &first, 1);
    while ((word = strsep(&text, "\n")))
        if (text) /* there was an end of line */
            append(&line, &word, 1);
    return line;
}

/* What rank 0 finds beside the net that the options name. */
static char *read_words(const struct train_options *o)
{
    char path[1024], name[256], folder[1400];
    struct se_report report;
    char *text;

    if (se_arch_find(path, sizeof path, o->nn_arch, &report) != SE_OK ||
        se_model_name(name, sizeof name, path, &report) != SE_OK)
        return NULL;
    snprintf(folder, sizeof folder, "%s/%s/state.safetensors", o->models_dir,
             name);
    if (access(folder, R_OK) != 0)
        return NULL;
    *strrchr(folder, '/') = '\0';
    cli_check(se_state_words(&text, folder, &report), &report);
    return text;
}

static char *share_words(char *text, struct se_ranks *ranks)
{
    size_t size = text ? strlen(text) + 1 : 0;

    se_ranks_share(ranks, &size, sizeof size);
    if (!text && size > 0)
        text = calloc(size, 1);
    if (!text && size > 0)
        cli_die(EXIT_FAILED, "out of memory");
    if (size > 0)
        se_ranks_share(ranks, text, size);
    return text;
}

/* ---- both together ------------------------------------------------------- */

/* How an option was given last; row NULL: it was not. */
static struct option_use find(const struct option_program *program,
                              char **words, const struct option_row *row)
{
    struct option_use use = {0}, found = {0};

    while (next(program, words, &use))
        if (use.row == row && !is_latest(&use))
            found = use;
    return found;
}

static int is_same(const struct option_use *a, const struct option_use *b)
{
    return a->row == b->row &&
           (a->text && b->text ? strcmp(a->text, b->text) == 0
                               : a->text == b->text);
}

static const char *show(const struct option_use *use)
{
    return !use->row ? "the default" : use->text ? use->text : "given";
}

static void note_change(struct train_options *o, const struct option_use *now,
                        const struct option_use *before)
{
    const size_t used = strlen(o->changes);
    const char *preset = now->row->preset;
    const int is_preset = preset && strcmp(now->text, preset) == 0;

    if (now->row->to) /* how much is said */
        return;
    if (before->row || (now->row->kind != OPTION_FLAG && !is_preset))
        snprintf(o->changes + used, sizeof o->changes - used,
                 "%s--%s %s, was %s", used ? "; " : "", now->row->name,
                 show(now), show(before));
}

/* What the state has and is not given otherwise, then what it does not have.
 * Of an option that is there several times the last counts. */
static struct line merge(struct train_options *o,
                         const struct option_program *program, char **before,
                         char **given)
{
    struct line line = {0};
    struct option_use use = {0}, was, now;

    append(&line, given, 1);
    while (next(program, before, &use)) {
        was = find(program, before, use.row);
        now = find(program, given, use.row);
        if (!now.row || is_same(&was, &now))
            append(&line, use.words, use.n_words);
    }
    use = (struct option_use){0};
    while (next(program, given, &use)) {
        was = find(program, before, use.row);
        now = find(program, given, use.row);
        if (is_latest(&use) || is_same(&was, &now))
            continue;
        append(&line, use.words, use.n_words);
        if (use.text == now.text)
            note_change(o, &now, &was);
    }
    return line;
}

static void read_again(struct train_options *o,
                       const struct option_program *program,
                       const struct line *line)
{
    static char latest[] = "--epoch_loaded=latest";
    struct line whole = {0};
    struct option_found found;
    struct se_report report;

    append(&whole, line->words, line->n);
    append(&whole, (char *[]){latest}, 1);
    cli_check_usage("", options_read(&found, program, o, whole.words, &report),
                    &report);
    free(whole.words);
}

void train_remember(struct train_options *o,
                    const struct option_program *program,
                    struct se_ranks *ranks)
{
    const int leads = se_ranks_index(ranks) == 0;
    char *text = share_words(leads ? read_words(o) : NULL, ranks);
    struct train_options again = {0};

    if (!text)
        return;

    struct line before = split(o->words[0], text);
    struct line line = merge(&again, program, before.words, o->words);

    read_again(&again, program, &line);
    *o = again;
    o->words = o->merged = line.words;
    o->recalled = text;
    free(before.words);
}
