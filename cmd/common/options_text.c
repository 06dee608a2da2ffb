/* options_text.c - what a table of options says: --help, man page, itself. */
#include "common/options.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* ---- defaults ------------------------------------------------------------ */

static double number_at(enum option_type type, const void *place)
{
    switch (type) {
    case OPTION_IN_INT:
        return *(const int *)place;
    case OPTION_IN_UNSIGNED:
        return *(const unsigned *)place;
    case OPTION_IN_UINT64:
        return (double)*(const uint64_t *)place;
    case OPTION_IN_FLOAT:
        return (double)*(const float *)place;
    case OPTION_IN_DOUBLE:
        return *(const double *)place;
    default:
        return 0;
    }
}

/* Appends to a text, with a mark before it unless it is the first. */
static void append(char *text, size_t size, const char *mark, const char *more)
{
    size_t used = strlen(text);

    snprintf(text + used, size - used, "%s%s", used ? mark : "", more);
}

static void append_number(char *text, size_t size, const char *mark,
                          double value)
{
    char number[32];

    snprintf(number, sizeof number, "%.7g", value);
    append(text, size, mark, number);
}

static void stored_numbers(char *text, size_t size,
                           const struct option_row *row, const char *base)
{
    const void *place = base + row->at;
    const float *values = place;

    if (row->kind == OPTION_REALS) {
        int n = *(const int *)(const void *)(base + row->n_at);

        for (int i = 0; i < n; i++)
            append_number(text, size, ",", (double)values[i]);
    } else if (row->kind == OPTION_RANGE) {
        append_number(text, size, "", (double)values[0]);
        append_number(text, size, ":", (double)values[1]);
    } else {
        append_number(text, size, "", number_at(row->type, place));
    }
}

void option_default(char *text, size_t size, const struct option_row *row,
                    const void *options, const struct option_group *group)
{
    const char *base = (const char *)options + group->offset;
    const char *shown = row->otherwise ? row->otherwise : row->preset;

    text[0] = '\0';
    if (shown) {
        snprintf(text, size, "%s", shown);
    } else if (!row->is_needed && row->type != OPTION_IN_OTHER) {
        unsigned value = (unsigned)number_at(row->type, base + row->at);

        if (row->kind == OPTION_WORD)
            append(text, size, "", row->words[value]);
        for (int i = 0; row->kind == OPTION_WORDS && row->words[i]; i++) {
            if (value >> i & 1)
                append(text, size, ",", row->words[i]);
        }
        if (row->kind >= OPTION_SWITCH && row->kind <= OPTION_RANGE)
            stored_numbers(text, size, row, base);
    }
    if (text[0] && row->unit && !row->otherwise)
        append(text, size, " ", row->unit);
}

/* ---- lines --------------------------------------------------------------- */

/* Prints words with spaces between, none beyond the width; the first line goes
 * on at `column`, the others are indented. */
static void print_words(FILE *stream, const char *text, int column, int indent,
                        int width)
{
    const char *gap = "";

    while (*text) {
        int length = (int)strcspn(text, " ");

        if (*gap && column + 1 + length > width) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
            gap = "";
        }
        fprintf(stream, "%s%.*s", gap, length, text);
        column += (int)strlen(gap) + length;
        gap = " ";
        text += length + (text[length] == ' ');
    }
    fputc('\n', stream);
}

/* A text of several lines or paragraphs. */
static void print_paragraphs(FILE *stream, const char *text)
{
    while (*text) {
        char line[2048];
        size_t length = strcspn(text, "\n");

        snprintf(line, sizeof line, "%.*s", (int)length, text);
        print_words(stream, line, 0, 0, 80);
        text += length + (text[length] == '\n');
    }
}

/* ---- --help -------------------------------------------------------------- */

/* "FILE", "one|other", or "" for a flag. */
static void value_text(char text[64], const struct option_row *row)
{
    text[0] = '\0';
    for (int i = 0; row->kind == OPTION_WORD && row->words[i]; i++)
        append(text, 64, "|", row->words[i]);
    if (row->value && row->kind != OPTION_WORD)
        append(text, 64, "", row->value);
}

static void print_row(FILE *stream, const struct option_row *row,
                      const char *preset)
{
    enum { COLUMN = 26 };
    char value[64], text[1024];
    int used;

    value_text(value, row);
    if (row->letter)
        used = fprintf(stream, "  -%c, --%s", row->letter, row->name);
    else
        used = fprintf(stream, "      --%s", row->name);
    if (row->value)
        used += fprintf(stream, row->is_optional ? "[=%s]" : "=%s", value);
    if (used + 2 > COLUMN) {
        fputc('\n', stream);
        used = 0;
    }
    fprintf(stream, "%*s", COLUMN - used, "");
    snprintf(text, sizeof text, "%s%s%s%s", row->help,
             row->is_needed ? " (needed"
             : *preset      ? " (default: "
                            : "",
             row->is_needed ? "" : preset,
             row->is_needed || *preset ? ")" : "");
    print_words(stream, text, COLUMN, COLUMN, 80);
}

static void print_usage(FILE *stream, const struct option_program *program)
{
    const char *usage = program->usage, *start = "Usage:";

    while (*usage) {
        int length = (int)strcspn(usage, "\n");

        fprintf(stream, "%s %s %.*s\n", start, program->name, length, usage);
        usage += length + (usage[length] == '\n');
        start = "      ";
    }
}

void options_help(const struct option_program *program, const void *options,
                  FILE *stream)
{
    const struct option_group *group, *last = NULL;
    const struct option_row *row;
    char preset[256];

    print_usage(stream, program);
    print_paragraphs(stream, program->about);
    for (int i = 0; (row = options_row(program, i, &group)); i++) {
        if (group != last)
            fprintf(stream, "\n%s%s", group->heading ? group->heading : "",
                    group->heading ? "\n" : "");
        last = group;
        option_default(preset, sizeof preset, row, options, group);
        print_row(stream, row, preset);
    }
    if (program->appendix)
        fprintf(stream, "\n%s", program->appendix());
    fputc('\n', stream);
    if (program->notes)
        print_paragraphs(stream, program->notes);
    print_paragraphs(stream,
                     program->status
                         ? program->status
                         : "Exit status: 0 done, 1 failed, 2 wrong usage, 130 "
                           "interrupted.");
    fprintf(stream, "\nExample: %s\n", program->example);
}

/* ---- man page ------------------------------------------------------------ */

/* Prints a paragraph, names of options bold. */
static void print_roff(FILE *stream, const char *text)
{
    char line[4096];
    size_t used = 0;
    int in_name = 0;

    for (const char *c = text; *c && used < sizeof line - 16; c++) {
        int starts = c == text || c[-1] == ' ';
        const char *before = "";

        if (in_name && !isalnum((unsigned char)*c) && *c != '_' && *c != '-') {
            before = "\\fR";
            in_name = 0;
        } else if (c[0] == '-' && c[1] == '-' && isalpha((unsigned char)c[2])) {
            before = "\\fB";
            in_name = 1;
        } else if (starts && (*c == '.' || *c == '\'')) {
            before = "\\&";
        }
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%c%s",
                                 before, *c == '-' ? "\\" : "", *c,
                                 *c == '\\' ? "e" : "");
    }
    snprintf(line + used, sizeof line - used, "%s", in_name ? "\\fR" : "");
    print_words(stream, line, 0, 0, 80);
}

/* ".BR \-d ", " \-\-duration " \fISECONDS\fR"" */
static void print_tag(FILE *stream, const struct option_row *row)
{
    char value[64];

    value_text(value, row);
    fprintf(stream, ".TP\n.%s ", row->letter || row->value ? "BR" : "B");
    if (row->letter)
        fprintf(stream, "\\-%c \", \" ", row->letter);
    fprintf(stream, "\\-\\-%s", row->name);
    if (row->value && row->is_optional)
        fprintf(stream, " [ =\\fI%s\\fR ]", value);
    else if (row->value)
        fprintf(stream, " \" \\fI%s\\fR\"", value);
    fputc('\n', stream);
}

/* Adds a sentence of some words. */
static void add(char *text, size_t size, const char *start, const char *words)
{
    size_t used = strlen(text);

    if (used < size && *words)
        snprintf(text + used, size - used, " %s%s.", start, words);
}

static void add_limits(char *text, size_t size, const struct option_row *row)
{
    char limits[128];
    int has_unit = row->unit != NULL;

    if (isinf(row->max))
        snprintf(limits, sizeof limits, "At least %g", row->min);
    else
        snprintf(limits, sizeof limits, "From %.10g to %.10g", row->min,
                 row->max);
    if (row->kind >= OPTION_INTEGER && row->kind <= OPTION_RANGE) {
        append(limits, sizeof limits, has_unit ? " " : "",
               has_unit ? row->unit : "");
        add(text, size, "", limits);
    }
}

/* The help as a sentence; a value with which it begins, "plain: ...", stays as
 * it is typed. */
static void put_sentence(char *text, size_t size, const char *help)
{
    int is_value = help[strcspn(help, ": ")] == ':';

    snprintf(text, size, "%c%s.",
             is_value ? help[0] : toupper((unsigned char)help[0]), help + 1);
}

static void print_lead(FILE *stream, const struct option_row *row,
                       const char *preset)
{
    char text[2048], terms[256];

    put_sentence(text, sizeof text, row->help);
    add_limits(text, sizeof text, row);
    add(text, sizeof text, "Default: ", row->is_needed ? "" : preset);
    add(text, sizeof text, "", row->is_needed ? "Needed" : "");
    option_terms(terms, sizeof terms, row->needs ? row->needs : "", "and");
    add(text, sizeof text, "Needs ", terms);
    option_terms(terms, sizeof terms, row->excludes ? row->excludes : "", "or");
    add(text, sizeof text, "Not with ", terms);
    option_terms(terms, sizeof terms, row->also ? row->also : "", "or");
    add(text, sizeof text, "The same as ", terms);
    print_roff(stream, text);
    fprintf(stream, ".\\\" =%s\n", row->name);
}

static void describe_man(const struct option_program *program,
                         const void *options, FILE *stream)
{
    const struct option_group *group, *last = NULL;
    const struct option_row *row;
    char preset[256];

    for (int i = 0; (row = options_row(program, i, &group)); i++) {
        if (group != last && group->heading)
            fprintf(stream, ".SS %s\n.\\\" =%s\n", group->heading,
                    group->heading);
        last = group;
        option_default(preset, sizeof preset, row, options, group);
        print_tag(stream, row);
        print_lead(stream, row, preset);
    }
}

/* ---- the table itself ---------------------------------------------------- */

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static void describe_table(const struct option_program *program,
                           const void *options, FILE *stream)
{
    static const char *const kinds[] = {"flag",  "switch", "integer", "real",
                                        "reals", "range",  "word",    "words",
                                        "text",  "file",   "folder",  "path",
                                        "net",   "help",   "version"};
    const struct option_group *group;
    const struct option_row *row;
    char preset[256], words[256];

    for (int i = 0; (row = options_row(program, i, &group)); i++) {
        const char letter[2] = {row->letter, '\0'};

        option_default(preset, sizeof preset, row, options, group);
        words[0] = '\0';
        for (int j = 0; row->words && row->words[j]; j++)
            append(words, sizeof words, ",", row->words[j]);
        fprintf(stream, "%s\t%s\t%s\t%s\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%s\n",
                row->name, or_dash(letter), kinds[row->kind],
                row->is_optional ? "optional"
                : row->is_needed ? "needed"
                                 : "-",
                floor(row->min), ceil(row->max), or_dash(words),
                or_dash(row->needs), or_dash(row->excludes), or_dash(row->also),
                or_dash(preset));
    }
}

int options_describe(const struct option_program *program, const void *options,
                     const char *what, FILE *stream)
{
    if (strcmp(what, "man") == 0)
        describe_man(program, options, stream);
    else if (strcmp(what, "table") == 0)
        describe_table(program, options, stream);
    else
        return 0;
    return 1;
}
