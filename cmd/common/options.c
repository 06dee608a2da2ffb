/* options.c - reads a command line by the table of its options. */
#include "common/options.h"

#include "base/edits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---------------------------------------------------------------- */

const struct option_row *options_row(const struct option_program *program,
                                     int index,
                                     const struct option_group **group)
{
    const struct option_group *g = program->groups;

    for (; g->rows; g++) {
        for (const struct option_row *row = g->rows; row->name; row++) {
            if (index-- > 0)
                continue;
            if (group)
                *group = g;
            return row;
        }
    }
    return NULL;
}

/* The next of some words with one of `marks` between; NULL after the last. */
static const char *next_word(const char **text, size_t *length,
                             const char *marks)
{
    const char *word = *text;

    if (!word || !*word)
        return NULL;
    *length = strcspn(word, marks);
    *text = word + *length + (word[*length] != '\0');
    return word;
}

/* Whether the `length` characters of `word` begin `name`. */
static int begins(const char *name, const char *word, size_t length)
{
    size_t i = 0;

    while (i < length && name[i] && se_as_dash(name[i]) == se_as_dash(word[i]))
        i++;
    return i == length;
}

/* The name of the row that the word is, or else begins; NULL if none. */
static const char *named(const struct option_row *row, const char *word,
                         size_t length, int *is_whole)
{
    const char *found = NULL, *name = row->name, *also = row->also;
    size_t n = strlen(name);

    *is_whole = 0;
    for (; name && !*is_whole; name = next_word(&also, &n, " ")) {
        if (length > n || !begins(name, word, length))
            continue;
        *is_whole = length == n;
        if (!found || *is_whole)
            found = name;
    }
    return found;
}

/* What the program says of that word; NULL: nothing. */
static const char *hint_of(const struct option_program *program,
                           const char *word, size_t length)
{
    const struct option_hint *hint = program->hints;

    for (; hint && hint->word; hint++)
        if (strlen(hint->word) == length && begins(hint->word, word, length))
            return hint->instead;
    return NULL;
}

static void fail_unknown(const struct option_program *program, const char *word,
                         size_t length, struct se_report *report)
{
    const char *hint = hint_of(program, word, length);
    const struct option_row *row, *nearest = NULL;
    size_t least = length / 3 + 1; /* as many letters may be wrong, less one */

    for (int i = 0; !hint && (row = options_row(program, i, NULL)); i++) {
        size_t d = se_edits(word, length, row->name);

        if (d < least) {
            least = d;
            nearest = row;
        }
    }
    if (hint)
        se_fail(report, SE_ERR_ARG, "unknown option '--%.*s': %s (see --help)",
                (int)length, word, hint);
    else if (nearest)
        se_fail(report, SE_ERR_ARG,
                "unknown option '--%.*s': did you mean --%s? (see --help)",
                (int)length, word, nearest->name);
    else
        se_fail(report, SE_ERR_ARG, "unknown option '--%.*s' (see --help)",
                (int)length, word);
}

const struct option_row *options_find(const struct option_program *program,
                                      const char *name, size_t length,
                                      int *index, struct se_report *report)
{
    const struct option_row *row, *first = NULL, *second = NULL;

    for (int i = 0; (row = options_row(program, i, NULL)); i++) {
        int is_whole;

        if (!named(row, name, length, &is_whole))
            continue;
        *index = i; /* counts unless there is a second */
        if (is_whole)
            return row;
        if (!first)
            first = row;
        else if (!second)
            second = row;
    }
    if (second)
        se_fail(report, SE_ERR_ARG, "option '--%.*s' could be --%s or --%s",
                (int)length, name, first->name, second->name);
    else if (!first)
        fail_unknown(program, name, length, report);
    return second ? NULL : first;
}

/* ---- the command line ---------------------------------------------------- */

static int has_value(const struct option_row *row)
{
    return row->value != NULL && !row->is_optional;
}

/* "--name", "--name=value" or "--name value", at argv[at]. */
static int next_long(const struct option_program *program, char **argv, int at,
                     struct option_use *use, struct se_report *report)
{
    char *name = argv[at] + 2;
    size_t length = strcspn(name, "=");
    const struct option_row *row =
        options_find(program, name, length, &use->index, report);
    int is_whole;

    if (!row)
        return SE_ERR_ARG;
    memcpy(name, named(row, name, length, &is_whole), length);
    use->row = row;
    use->n_words = 1;
    if (name[length] == '=') {
        use->text = name + length + 1;
        if (row->kind == OPTION_HELP || row->kind == OPTION_VERSION)
            return se_fail(report, SE_ERR_ARG, "option '--%s' takes no value",
                           row->name);
    } else if (has_value(row)) {
        use->text = argv[at + 1];
        use->n_words = 2;
        if (!use->text)
            return se_fail(report, SE_ERR_ARG, "option '--%s' needs a value",
                           row->name);
    }
    return SE_OK;
}

/* "-n", "-nvalue", "-n value", or one of "-abc", at argv[at]. */
static int next_letter(const struct option_program *program, char **argv,
                       int at, struct option_use *use, struct se_report *report)
{
    const char *letter = use->rest ? use->rest : argv[at] + 1;
    const struct option_row *row;
    int i = 0;

    while ((row = options_row(program, i, NULL)) && row->letter != *letter)
        i++;
    if (!row)
        return se_fail(report, SE_ERR_ARG, "unknown option '-%c' (see --help)",
                       *letter);
    use->row = row;
    use->index = i;
    use->rest = NULL;
    use->n_words = 1;
    if (has_value(row) && letter[1]) {
        use->text = letter + 1;
    } else if (has_value(row)) {
        use->text = argv[at + 1];
        use->n_words = 2;
        if (!use->text)
            return se_fail(report, SE_ERR_ARG, "option '-%c' needs a value",
                           *letter);
    } else if (letter[1]) {
        use->rest = letter + 1;
        use->n_words = 0;
    }
    return SE_OK;
}

/* Moves n words, two at most, from argv[at] to argv[to] in front of it. */
static void move_up(char **argv, int to, int at, int n)
{
    char *moved[2];

    memcpy(moved, argv + at, (size_t)n * sizeof *argv);
    memmove(argv + to + n, argv + to, (size_t)(at - to) * sizeof *argv);
    memcpy(argv + to, moved, (size_t)n * sizeof *argv);
}

int options_next(const struct option_program *program, char **argv,
                 struct option_use *use, struct se_report *report)
{
    const int first = use->next ? use->next : argv[0] != NULL;
    int at = first, status;

    *use = (struct option_use){.next = first, .rest = use->rest};
    while (argv[at] && (argv[at][0] != '-' || argv[at][1] == '\0'))
        at++;
    if (!argv[at])
        return SE_OK;
    if (strcmp(argv[at], "--") == 0) {
        move_up(argv, first, at, 1);
        use->next++;
        return SE_OK;
    }
    if (argv[at][1] == '-')
        status = next_long(program, argv, at, use, report);
    else
        status = next_letter(program, argv, at, use, report);
    if (status == SE_OK)
        move_up(argv, first, at, use->n_words);
    use->words = argv + first;
    use->next += use->n_words;
    return status;
}

/* ---- what options ask of each other -------------------------------------- */

/* One of the words is the row's value. */
static int has_word(const struct option_row *row, const void *place,
                    const char *word, size_t length)
{
    for (int i = 0; row->words[i]; i++) {
        if (strlen(row->words[i]) != length ||
            strncmp(row->words[i], word, length) != 0)
            continue;
        if (row->kind == OPTION_WORDS)
            return (int)(*(const unsigned *)place >> i & 1);
        return *(const int *)place == i;
    }
    return 0;
}

/* The struct that a row stores into. */
static char *base_of(const struct option_found *found, int index)
{
    const struct option_group *group = found->program->groups;

    options_row(found->program, index, &group);
    return (char *)found->options + group->offset;
}

/* Whether "name" was given, or "name=word" is so. */
static int is_so(const struct option_found *found, const char *term,
                 size_t length)
{
    size_t n = strcspn(term, "=");
    int index;

    if (n > length)
        n = length;

    const struct option_row *row =
        options_find(found->program, term, n, &index, NULL);

    if (!row || n == length)
        return row && found->given[index];
    return has_word(row, base_of(found, index) + row->at, term + n + 1,
                    length - n - 1);
}

void option_terms(char *text, size_t size, const char *terms, const char *joint)
{
    size_t used = 0;
    const char *before = "--";
    char joined[16];

    snprintf(joined, sizeof joined, " %s --", joint);
    text[0] = '\0';
    while (*terms && used + 64 < size) {
        size_t n = strcspn(terms, "| =");

        used += (size_t)snprintf(text + used, size - used, "%s%.*s", before,
                                 (int)n, terms);
        terms += n;
        before = *terms == '|' ? " or --" : *terms == '=' ? " " : joined;
        terms += *terms != '\0';
    }
}

/* Whether one of "a|b=c" is so. */
static int any_so(const struct option_found *found, const char *terms,
                  size_t length)
{
    const char *end = terms + length;
    size_t n;

    for (; terms < end; terms += n + 1) {
        n = strcspn(terms, "| ");
        if (is_so(found, terms, n))
            return 1;
    }
    return 0;
}

/* Whether one of the terms is so, or with `so` 0 is not: the first, in words.
 */
static int find_term(char text[256], const struct option_found *found,
                     const char *terms, int so)
{
    const char *term;
    char one[128];
    size_t n;

    while ((term = next_word(&terms, &n, " "))) {
        if (any_so(found, term, n) != so)
            continue;
        snprintf(one, sizeof one, "%.*s", (int)n, term);
        option_terms(text, 256, one, "");
        return 1;
    }
    return 0;
}

static int check_given(const struct option_found *found,
                       const struct option_row *row, struct se_report *report)
{
    char text[256];

    if (find_term(text, found, row->needs, 0))
        return se_fail(report, SE_ERR_ARG, "--%s needs %s", row->name, text);
    if (find_term(text, found, row->excludes, 1))
        return se_fail(report, SE_ERR_ARG, "--%s and %s exclude each other",
                       row->name, text);
    return SE_OK;
}

/* They are names of files in all programs. */
static int check_operands(const struct option_found *found,
                          struct se_report *report)
{
    if (found->n_operands > 0 && !found->program->has_operands)
        return se_fail(report, SE_ERR_ARG, "unexpected '%s' (see --help)",
                       found->operands[0]);
    for (int i = 0; i < found->n_operands; i++) {
        if (!found->operands[i][0])
            return se_fail(report, SE_ERR_ARG,
                           "name %d of %d: expected the name of a file, found "
                           "an empty one",
                           i + 1, found->n_operands);
    }
    return SE_OK;
}

static int check(const struct option_found *found, struct se_report *report)
{
    const struct option_row *row;
    int status = SE_OK;

    for (int i = 0; (row = options_row(found->program, i, NULL)); i++) {
        if (row->is_needed && !found->given[i])
            return se_fail(report, SE_ERR_ARG, "--%s is missing (see --help)",
                           row->name);
    }
    for (int i = 0;
         status == SE_OK && (row = options_row(found->program, i, NULL)); i++) {
        if (found->given[i])
            status = check_given(found, row, report);
    }
    return status == SE_OK ? check_operands(found, report) : status;
}

/* ---- all of it ----------------------------------------------------------- */

int options_set_presets(const struct option_program *program, void *options,
                        struct se_report *report)
{
    const struct option_group *group;
    const struct option_row *row;
    int status = SE_OK;

    if (program->defaults)
        program->defaults(options);
    for (int i = 0; status == SE_OK && (row = options_row(program, i, &group));
         i++) {
        assert(i < OPTIONS_MAX);
        if (row->preset)
            status = option_take(row, (char *)options + group->offset,
                                 row->preset, report);
    }
    return status;
}

static int take_use(struct option_found *found, const struct option_use *use,
                    struct se_report *report)
{
    const struct option_row *row = use->row;
    int status;

    if (row->kind == OPTION_HELP || row->kind == OPTION_VERSION) {
        found->action = row->kind;
        return SE_OK;
    }
    status = option_take(row, base_of(found, use->index), use->text, report);
    found->given[use->index] = 1;
    if (status == SE_OK &&
        (row->kind == OPTION_FLAG || row->kind == OPTION_SWITCH)) {
        int is_set = 1;

        if (use->text)
            option_truth(&is_set, use->text, NULL);
        found->given[use->index] = is_set != 0;
    }
    return status;
}

int options_read(struct option_found *found,
                 const struct option_program *program, void *options,
                 char **words, struct se_report *report)
{
    struct option_use use = {0};
    int status = options_set_presets(program, options, report);

    *found = (struct option_found){
        .program = program, .options = options, .words = words};
    while (status == SE_OK && !found->action) {
        status = options_next(program, words, &use, report);
        if (status != SE_OK || !use.row)
            break;
        status = take_use(found, &use, report);
    }
    found->operands = words + use.next;
    while (found->operands[found->n_operands])
        found->n_operands++;
    return status == SE_OK && !found->action ? check(found, report) : status;
}

int options_given(const struct option_found *found, const char *name)
{
    int index;

    return options_find(found->program, name, strlen(name), &index, NULL) &&
           found->given[index];
}
