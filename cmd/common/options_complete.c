/* options_complete.c - what the shells offer, by a table of options. */
#include "common/options.h"

#include "files/find.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>

/* Whether `word` begins with `start`. */
static int starts_with(const char *word, const char *start)
{
    return strncmp(word, start, strlen(start)) == 0;
}

/* The row of "--name", or of the last letter of "-abc"; NULL: none. */
static const struct option_row *row_of(const struct option_program *program,
                                       const char *word)
{
    const struct option_row *row = NULL;
    int index;

    if (starts_with(word, "--"))
        return options_find(program, word + 2, strcspn(word + 2, "="), &index,
                            NULL);
    if (word[0] == '-' && word[1]) {
        char letter = word[strlen(word) - 1];

        for (int i = 0; (row = options_row(program, i, NULL)); i++) {
            if (row->letter == letter)
                return row;
        }
    }
    return NULL;
}

/* The row whose value the last word is, and where that begins: "--name=va",
 * "-n va", or "--name", "=", "va", as bash has it. NULL: no value. */
static const struct option_row *
row_of_value(const struct option_program *program, char **words, int n,
             const char **value)
{
    const struct option_row *row;
    const char *last = words[n - 1], *equals = strchr(last, '=');

    *value = last;
    if (n >= 2 && strcmp(last, "=") == 0) {
        *value = last + 1;
        return row_of(program, words[n - 2]);
    }
    if (n >= 3 && strcmp(words[n - 2], "=") == 0)
        return row_of(program, words[n - 3]);
    if (starts_with(last, "--") && equals) {
        *value = equals + 1;
        return row_of(program, last);
    }
    row = n >= 2 ? row_of(program, words[n - 2]) : NULL;
    return row && row->value && !row->is_optional ? row : NULL;
}

/* What stands for a value, and may have a meaning behind it. */
static void offer(FILE *stream, const char *word, const char *start,
                  const char *meaning)
{
    if (starts_with(word, start))
        fprintf(stream, "%s%s%s\n", word, *meaning ? "\t" : "", meaning);
}

static void offer_options(const struct option_program *program,
                          const char *word, FILE *stream)
{
    const struct option_row *row;
    char start[64], name[64];

    snprintf(start, sizeof start, "%s", word);
    for (char *c = start; *c; c++) {
        if (*c == '-' && c >= start + 2)
            *c = '_';
    }
    for (int i = 0; (row = options_row(program, i, NULL)); i++) {
        snprintf(name, sizeof name, "--%s", row->name);
        offer(stream, name, start, row->help);
        snprintf(name, sizeof name, "-%c", row->letter);
        if (row->letter)
            offer(stream, name, start, row->help);
    }
}

/* The nets that --nn_arch finds by name. */
static void offer_nets(const char *start, FILE *stream)
{
    for (int i = 0; se_root(i); i++) {
        char path[PATH_MAX];
        struct dirent *entry;
        DIR *folder;

        snprintf(path, sizeof path, "%s/nn_arch", se_root(i));
        folder = opendir(path);
        while (folder && (entry = readdir(folder))) {
            if (starts_with(entry->d_name, "def_"))
                offer(stream, entry->d_name, start, "");
        }
        if (folder)
            closedir(folder);
    }
}

static void offer_values(const struct option_row *row, const char *start,
                         FILE *stream)
{
    int is_file = row->kind == OPTION_FILE || row->kind == OPTION_PATH ||
                  row->kind == OPTION_NET;

    fprintf(stream, "%s\n",
            is_file                      ? "files"
            : row->kind == OPTION_FOLDER ? "folders"
                                         : "words");
    for (int i = 0; row->words && row->words[i]; i++)
        offer(stream, row->words[i], start, "");
    if (row->kind == OPTION_SWITCH) {
        offer(stream, "0", start, "");
        offer(stream, "1", start, "");
    }
    if (row->kind == OPTION_NET)
        offer_nets(start, stream);
}

static int has_word(char **words, int n, const char *word)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0)
            return 1;
    }
    return 0;
}

void options_complete(const struct option_program *program, char **words, int n,
                      FILE *stream)
{
    const struct option_row *row = NULL;
    int are_operands = n < 1 || has_word(words, n - 1, "--");
    const char *value = "";

    if (!are_operands)
        row = row_of_value(program, words, n, &value);
    if (row) {
        offer_values(row, value, stream);
    } else if (!are_operands && words[n - 1][0] == '-') {
        fputs("words\n", stream);
        offer_options(program, words[n - 1], stream);
    } else {
        fputs(program->has_operands ? "files\n" : "words\n", stream);
    }
}
