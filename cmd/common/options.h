/* options.h - the options of a program as one table, from which come reading
 * the command line, --help, the OPTIONS of the man page and completion.
 *
 *     static const struct option_row rows[] = {
 *         {"output", 'o', OPTION_FILE, "FILE", "the picture",
 *          AT(output), .is_needed = 1},
 *         OPTION_QUIET("no progress line"), OPTION_HELP_AND_VERSION, {0}};
 *     static const struct option_group groups[] = {{.rows = rows}, {0}};
 *     static const struct option_program program = {
 *         .name = "se-plot", .usage = "[OPTION]... -o FILE", ...};
 *
 *     struct option_found found = options_parse(&program, &o, argc, argv);
 *
 * On the command line a value follows its option as the next word or after
 * "="; dash and underscore are the same in long options, which may be cut short
 * where that is clear; letters may stand together; what follows "--" is an
 * operand, as is a "-" alone. Of an option that is given again the last counts.
 * No file is opened. */
#ifndef CMD_COMMON_OPTIONS_H
#define CMD_COMMON_OPTIONS_H

#include "base/status.h"
#include "common/cli.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What an option's value is. */
enum option_kind {
    OPTION_FLAG,    /* none, or one of 0 1 false true no yes after "=" */
    OPTION_SWITCH,  /* one of these words */
    OPTION_INTEGER, /* from min to max */
    OPTION_REAL,    /* from min to max */
    OPTION_REALS,   /* some of them, with commas between */
    OPTION_RANGE,   /* MIN:MAX, or one number for both */
    OPTION_WORD,    /* one of `words`: its index */
    OPTION_WORDS,   /* some of them, with commas between: bits of indices */
    OPTION_TEXT,    /* anything; `words` are what completion offers */
    OPTION_FILE,    /* the name of one, of these four never empty */
    OPTION_FOLDER,  /* the name of one */
    OPTION_PATH,    /* either */
    OPTION_NET,     /* a file in nn_arch/ */
    OPTION_HELP,    /* print the help, the version, and end */
    OPTION_VERSION
};

/* The C type that it is stored as. */
enum option_type {
    OPTION_IN_OTHER, /* take() knows */
    OPTION_IN_INT,
    OPTION_IN_UNSIGNED, /* and enums */
    OPTION_IN_UINT64,
    OPTION_IN_FLOAT,
    OPTION_IN_DOUBLE,
    OPTION_IN_TEXT,
    OPTION_IN_FLOATS, /* float[most] */
    OPTION_IN_TEXTS   /* const char *[most] */
};

struct option_row {
    const char *name; /* with underscores */
    char letter;      /* 0: none */
    enum option_kind kind;
    const char *value; /* what --help calls it, "FILE"; NULL: a flag */
    const char *help;  /* a sentence, without capital and full stop */

    size_t at; /* where it is stored: OPTION_AT() */
    enum option_type type;
    int *to;     /* instead: a global one */
    size_t n_at; /* offset of an int, how many were given, */
    int most;    /* and how many there may be: of texts, the option is given
                    again for each; of numbers, they have commas between */
    double min, max;
    const char *const *words; /* NULL after the last */
    const char *preset;       /* taken if it is not given */
    const char *otherwise;    /* the default in words, where the value that is
                                 stored says nothing */
    const char *unit;         /* of numbers, behind the default */

    /* Names of other options with a space between, of which each must be given,
     * "a|b" for either, "engine=fixed" for one of their words; or none. */
    const char *needs, *excludes;
    const char *also; /* other names of the same option */
    int is_needed;    /* it must be given */
    int is_optional;  /* its value may be missing, and else follows "=" */

    /* Stores it instead, or fails with a text that "--name: " goes before;
     * text == NULL: without a value. */
    int (*take)(void *at, const char *text, struct se_report *report);
};

/* `at` and `type` of a row. */
#define OPTION_AT(of, member)                                                  \
    .at = offsetof(of, member), .type = _Generic(((of *)0)->member,            \
        int: OPTION_IN_INT,                                                    \
        unsigned: OPTION_IN_UNSIGNED,                                          \
        uint64_t: OPTION_IN_UINT64,                                            \
        float: OPTION_IN_FLOAT,                                                \
        double: OPTION_IN_DOUBLE,                                              \
        const char *: OPTION_IN_TEXT,                                          \
        float *: OPTION_IN_FLOATS,                                             \
        const char **: OPTION_IN_TEXTS,                                        \
        default: OPTION_IN_OTHER)

/* -q, as the program describes it; --help and --version. */
/* clang-format off */
#define OPTION_QUIET(text)                                                     \
    {.name = "quiet", .letter = 'q', .help = text, .type = OPTION_IN_INT,      \
     .to = &cli_quiet}
#define OPTION_HELP_AND_VERSION                                                \
    {.name = "help", .letter = 'h', .kind = OPTION_HELP,                       \
     .help = "print this and exit"},                                           \
    {.name = "version", .kind = OPTION_VERSION,                                \
     .help = "print the version and exit"}
/* clang-format on */

/* Rows with a heading, in one struct at `offset` of the program's. Programs
 * that have the same options include the same rows. */
struct option_group {
    const char *heading; /* NULL: none */
    const struct option_row *rows;
    size_t offset;
};

/* What may be taken for an option, and the one that is meant. */
struct option_hint {
    const char *word, *instead;
};

struct option_program {
    const char *name;
    const char *usage;  /* behind the name; a line for each way */
    const char *about;  /* a paragraph */
    const char *notes;  /* what else to know; NULL: nothing */
    const char *status; /* the exit status; NULL: as of all programs */
    const char *example;
    const struct option_group *groups;
    int has_operands;
    void (*defaults)(void *options); /* before presets; NULL: nothing */
    const char *(*appendix)(void);   /* lines after the options; or NULL */
    const struct option_hint *hints; /* up to one without a word; or NULL */
};

enum { OPTIONS_MAX = 128 }; /* rows of a program */

struct option_found {
    const struct option_program *program;
    void *options;
    char **words;    /* the command line: program, options, operands, NULL */
    char **operands; /* NULL after the last */
    int n_operands;
    enum option_kind action; /* OPTION_HELP or OPTION_VERSION was met; or 0 */
    unsigned char given[OPTIONS_MAX]; /* a flag set to 0 is not */
};

/* Sets cli_name, if it has not been, and all of *options: to defaults, presets,
 * and what the command line says. --help and --version end the program, and so
 * does what is wrong, in one line with status 2. argv is put in order: options,
 * then operands, with long options spelled as in the table. */
struct option_found options_parse(const struct option_program *program,
                                  void *options, int argc, char **argv);

/* The same without an end: SE_ERR_ARG and what is wrong, or found->action. NULL
 * is after the last of the words. */
int options_read(struct option_found *found,
                 const struct option_program *program, void *options,
                 char **words, struct se_report *report);

/* Sets all of *options to defaults and presets. */
int options_set_presets(const struct option_program *program, void *options,
                        struct se_report *report);

/* Whether the option of this name was given. */
int options_given(const struct option_found *found, const char *name);

/* The options of a command line, one after the other: start with {0}; at the
 * end row is NULL, and argv[next] the first operand. Moves options in front of
 * operands, and spells long ones as the table does. argv ends with NULL. */
struct option_use {
    const struct option_row *row;
    int index;        /* of the row in the whole table */
    const char *text; /* its value; or NULL */
    char **words;     /* all of it, in argv; of letters that stand together */
    int n_words;      /* with the last, 0 with the others */
    int next;         /* the word in argv that follows */
    const char *rest; /* letters that follow; or NULL */
};
int options_next(const struct option_program *program, char **argv,
                 struct option_use *use, struct se_report *report);

/* ---- values ---------------------------------------------------------- */

/* Numbers of a text, or "expected a number from 0 to 1, found 'x'". */
int option_integer(long *value, const char *text, double min, double max,
                   struct se_report *report);
int option_real(double *value, const char *text, double min, double max,
                struct se_report *report);

/* Sets the bits of some of the words, with commas between. */
int option_words(unsigned *bits, const char *text, const char *const *words,
                 struct se_report *report);

/* The index of one of the words. */
int option_word(int *index, const char *text, const char *const *words,
                struct se_report *report);

/* 1 of "1", "true" and "yes", 0 of "0", "false" and "no". */
int option_truth(int *value, const char *text, struct se_report *report);

/* Stores a row's value in `base`, the struct of its group; fails with "--name:
 * " before the reason. */
int option_take(const struct option_row *row, void *base, const char *text,
                struct se_report *report);

/* ---- what else is made of a table ---------------------------------------- */

/* Row number `index`, and its group unless that is NULL; NULL after the last.
 */
const struct option_row *options_row(const struct option_program *program,
                                     int index,
                                     const struct option_group **group);

/* The row of a name or a beginning of one, "-" and "_" the same; fails with the
 * nearest name, or two that it could be. */
const struct option_row *options_find(const struct option_program *program,
                                      const char *name, size_t length,
                                      int *index, struct se_report *report);

/* "a b|c=d", of `needs` or `excludes`, in words: "--a and --b or --c d" if the
 * joint is "and". */
void option_terms(char *text, size_t size, const char *terms,
                  const char *joint);

/* Its default as --help shows it; empty: none. `options` have their defaults
 * and presets. */
void option_default(char *text, size_t size, const struct option_row *row,
                    const void *options, const struct option_group *group);

/* --help. */
void options_help(const struct option_program *program, const void *options,
                  FILE *stream);

/* "man": the OPTIONS of the man page, with a comment `.\" =name` where more may
 * follow; "table": a line for each row, for tests: name, letter, kind, optional
 * or needed, limits as whole numbers outside which nothing is taken, words,
 * needs, excludes, other names and default, with tabs between and "-" for
 * nothing. Returns 0 for another word. */
int options_describe(const struct option_program *program, const void *options,
                     const char *what, FILE *stream);

/* What can stand as the last of the words: a line "files", "folders" or
 * "words", and a line for each word that can, with a tab and its meaning. */
void options_complete(const struct option_program *program, char **words,
                      int n_words, FILE *stream);

#endif
