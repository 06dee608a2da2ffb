/* test_options.c - a table of options: what it takes, refuses, and says. */
#include "check.h"
#include "common/options.h"

#include <math.h>
#include <string.h>

struct toy {
    int flag, is_on, number, word;
    unsigned words;
    uint64_t seed;
    float share, range[2], reals[4];
    double real;
    int n_reals, n_files;
    const char *text, *file;
    const char *files[3];
    int silence;
};

static int take_silence(void *at, const char *text, struct se_report *why)
{
    long value = 7;

    if (text && strcmp(text, "long") == 0)
        return se_fail_memory(why, "silence");

    int status = text ? option_integer(&value, text, 1, 9, why) : SE_OK;

    *(int *)at = (int)value;
    return status;
}

static const char *const words[] = {"fixed", "float", "double", NULL};

#define AT(member) OPTION_AT(struct toy, member)
static const struct option_row first_rows[] = {
    {"flag", 'f', OPTION_FLAG, NULL, "a flag", AT(flag)},
    {"recording", 0, OPTION_SWITCH, "0|1", "a switch", AT(is_on)},
    {"number", 'n', OPTION_INTEGER, "N", "a number", AT(number), .min = -5,
     .max = 100, .preset = "12", .unit = "s", .also = "count_of n_of"},
    {"seed", 0, OPTION_INTEGER, "N", "a large one", AT(seed),
     .max = 1ull << 40},
    {"real", 'r', OPTION_REAL, "X", "a real one", AT(real), .min = 0.5,
     .max = HUGE_VAL, .excludes = "share"},
    {"share", 0, OPTION_REAL, "P", "a small one", AT(share), .max = 1},
    {0},
};
static const struct option_row second_rows[] = {
    {"range", 0, OPTION_RANGE, "MIN:MAX", "two", AT(range), .max = 9,
     .needs = "flag recording|word=double"},
    {"reals", 0, OPTION_REALS, "DB,...", "many", AT(reals),
     .n_at = offsetof(struct toy, n_reals), .most = 4, .min = -9, .max = 9},
    {"word", 0, OPTION_WORD, "WORD", "one", AT(word), .words = words,
     .preset = "float"},
    {"words", 0, OPTION_WORDS, "WORD,...", "some", AT(words), .words = words},
    {"text", 0, OPTION_TEXT, "TEXT", "any", AT(text)},
    {"file", 'o', OPTION_FILE, "FILE", "where to", AT(file)},
    {"files", 0, OPTION_FILE, "FILE", "several", AT(files),
     .n_at = offsetof(struct toy, n_files), .most = 3},
    {"silence", 0, OPTION_TEXT, "N", "perhaps", AT(silence), .is_optional = 1,
     .take = take_silence},
    OPTION_QUIET("no words"),
    OPTION_HELP_AND_VERSION,
    {0},
};

/* The same rows twice, for one struct after the other. */
static const struct option_group groups[] = {
    {.rows = first_rows},
    {.heading = "More", .rows = second_rows},
    {0},
};
static const struct option_program program = {
    .name = "toy",
    .usage = "[OPTION]... FILE\n--list",
    .about = "Plays.",
    .notes = "It ends.",
    .example = "toy -n 5 file",
    .groups = groups,
    .has_operands = 1,
};

static struct toy toy;
static struct option_found found;
static char line[256], *argv[32];

/* Reads a command line of words with spaces between. */
static int reads(const char *text)
{
    int argc = 0;

    toy = (struct toy){0};
    snprintf(line, sizeof line, "toy %s", text);
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return options_read(&found, &program, &toy, argv, &report);
}

static void takes(const char *text)
{
    if (reads(text) != SE_OK)
        fail_test("%s: %s", text, report.text);
}

static void refuses(const char *text, const char *why)
{
    if (reads(text) == SE_OK)
        fail_test("%s: taken", text);
    if (!strstr(report.text, why))
        fail_test("%s: '%s', expected '%s'", text, report.text, why);
}

TEST(forms)
{
    takes("--number 5 --real=2 a --flag b");
    expect_equal(toy.number, 5);
    expect(toy.real == 2);
    expect_equal(toy.flag, 1);
    expect_equal(found.n_operands, 2);
    expect_text(found.operands[0], "a");
    expect_text(found.operands[1], "b");
    expect(!found.operands[2]);

    takes("-fn5 -r 3 - -- -n --x");
    expect_equal(toy.flag, 1);
    expect_equal(toy.number, 5);
    expect(toy.real == 3);
    expect_equal(found.n_operands, 3);
    expect_text(found.operands[0], "-");
    expect_text(found.operands[2], "--x");

    takes("x -fq -n 6 y -ofile");
    expect_equal(cli_quiet, 1);
    cli_quiet = 0;
    expect_equal(toy.number, 6);
    expect_text(toy.file, "file");
    expect_text(found.operands[1], "y");
}

TEST(names)
{
    takes("--num 1");
    takes("--count-of 3");
    expect_equal(toy.number, 3);
    takes("--n-of=4 --number=5");
    expect_equal(toy.number, 5);
    takes("--file x --word=double");
    expect_equal(toy.word, 2);
    expect_equal(toy.n_files, 0);
    takes("--count-of=3");
    expect_text(found.words[1], "--count_of=3");
    refuses("--fi", "option '--fi' could be --file or --files");
    refuses("--numbre 1", "unknown option '--numbre': did you mean --number?");
    refuses("--xyzzy", "unknown option '--xyzzy' (see --help)");
    refuses("-x", "unknown option '-x'");
    refuses("--number", "option '--number' needs a value");
    refuses("-fn", "option '-n' needs a value");
    refuses("--help=yes", "option '--help' takes no value");
}

TEST(values)
{
    takes("");
    expect_equal(toy.number, 12);
    expect_equal(toy.word, 1);
    takes("--seed 1099511627776");
    expect(toy.seed == 1ull << 40);
    takes("--share 0.25 --words float --words fixed,double --text=a=b "
          "--text=c");
    expect(toy.share == 0.25f);
    expect_equal(toy.words, 5);
    expect_text(toy.text, "c");
    takes("--reals -9,2.5 --reals 1,2,3,4");
    expect_equal(toy.n_reals, 4);
    expect(toy.reals[3] == 4);
    takes("--files a --files b");
    expect_equal(toy.n_files, 2);
    expect_text(toy.files[1], "b");
    takes("--silence x");
    expect_equal(toy.silence, 7);
    expect_equal(found.n_operands, 1);
    takes("--silence=3");
    expect_equal(toy.silence, 3);
    refuses("--silence=10", "--silence: expected a whole number from 1 to 9");
    refuses("--number 101", "--number: expected a whole number from -5 to 100, "
                            "found '101'");
    refuses("--number -6", "found '-6'");
    refuses("--number 1x", "found '1x'");
    refuses("--number=", "found ''");
    refuses("-r 0.4", "--real: expected a number of at least 0.5, found '0.4'");
    refuses("--share nan", "--share: expected a number from 0 to 1");
    refuses("--word flat", "--word: expected fixed, float or double, found "
                           "'flat'");
    refuses("--words fixed,", "--words: expected fixed, float or double");
    refuses("--reals 1,2,3,4,5", "--reals: expected 4 numbers at most");
    refuses("--reals 1,,2", "--reals: expected a number from -9 to 9");
    refuses("--files a --files b --files c --files d", "expected 3 of them");
}

TEST(flags)
{
    static const char *const yes[] = {"1", "true", "True", "yes"};
    static const char *const no[] = {"0", "false", "False", "no"};
    char text[64];

    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "--flag=%s --recording %s", yes[i], yes[i]);
        takes(text);
        expect_equal(toy.flag + toy.is_on, 2);
        expect(options_given(&found, "flag"));
        snprintf(text, sizeof text, "-f --flag=%s --recording=%s", no[i],
                 no[i]);
        takes(text);
        expect_equal(toy.flag + toy.is_on, 0);
        expect(!options_given(&found, "flag"));
        expect(!options_given(&found, "recording"));
    }
    refuses("--flag=2", "--flag: expected 0 or 1, found '2'");
    refuses("--recording", "option '--recording' needs a value");
}

TEST(relations)
{
    takes("--flag --recording 1 --range 2");
    expect(toy.range[0] == 2 && toy.range[1] == 2);
    takes("--flag --word double --range 2:3.5");
    expect(toy.range[0] == 2 && toy.range[1] == 3.5f);
    refuses("--range 1", "--range needs --flag");
    refuses("--flag=0 --range 1", "--range needs --flag");
    refuses("--flag --recording=0 --range 1",
            "--range needs --recording or --word double");
    refuses("-f --recording 1 --range 3:2",
            "--range: expected the smaller number first, found '3:2'");
    refuses("-r 1 --share 1", "--real and --share exclude each other");
}

/* What the machine lacks is not what was asked for. */
TEST(machines_failure)
{
    expect_error(reads("--silence=long"), SE_ERR_MEMORY,
                 "--silence: out of memory for silence");
}

TEST(action)
{
    takes("--number 5 --help --no_such");
    expect_equal(found.action, OPTION_HELP);
    takes("--version");
    expect_equal(found.action, OPTION_VERSION);
    refuses("--no_such --help", "unknown option");
}

/* What one of the functions prints. */
static const char *printed(const char *what, const char *text)
{
    static char *memory;
    size_t size;
    FILE *stream;
    int n = 0;

    free(memory);
    stream = open_memstream(&memory, &size);
    snprintf(line, sizeof line, "%s", text);
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[n++] = strcmp(word, "''") == 0 ? "" : word;
    if (strcmp(what, "complete") == 0)
        options_complete(&program, argv, n, stream);
    else if (strcmp(what, "help") == 0)
        options_help(&program, &toy, stream);
    else
        options_describe(&program, &toy, what, stream);
    fclose(stream);
    return memory;
}

TEST(texts)
{
    const char *text;

    takes("");
    text = printed("help", "");
    expect_contains(
        text, "Usage: toy [OPTION]... FILE\n       toy --list\nPlays.\n\n");
    expect_contains(text, "  -f, --flag              a flag\n");
    expect_contains(text,
                    "  -n, --number=N          a number (default: 12 s)\n");
    expect_contains(text, "\nMore\n      --range=MIN:MAX     two");
    expect_contains(text, "      --word=fixed|float|double\n"
                          "                          one (default: float)\n");
    expect_contains(text, "      --silence[=N]       perhaps\n");
    expect_contains(text, "\nIt ends.\nExit status: 0 done");
    text = printed("man", "");
    expect_contains(text,
                    ".TP\n.BR \\-n \", \" \\-\\-number \" \\fIN\\fR\"\n"
                    "A number. From \\-5 to 100 s. Default: 12 s. The same as "
                    "\\fB\\-\\-count_of\\fR or\n\\fB\\-\\-n_of\\fR.\n"
                    ".\\\" =number\n");
    expect_contains(text,
                    "Needs \\fB\\-\\-flag\\fR and \\fB\\-\\-recording\\fR or\n"
                    "\\fB\\-\\-word\\fR double.\n");
    text = printed("table", "");
    expect_contains(
        text, "number\tn\tinteger\t-\t-5\t100\t-\t-\t-\tcount_of n_of\t12 s\n");
}

TEST(completion)
{
    expect_text(printed("complete", "--fl"), "words\n--flag\ta flag\n");
    expect_text(printed("complete", "x --rea"),
                "words\n--real\ta real one\n--reals\tmany\n");
    expect_contains(printed("complete", "-"), "\n-n\ta number\n");
    expect_text(printed("complete", "--word f"), "words\nfixed\nfloat\n");
    expect_text(printed("complete", "--word = fl"), "words\nfloat\n");
    expect_text(printed("complete", "--word ="),
                "words\nfixed\nfloat\ndouble\n");
    expect_text(printed("complete", "--word=d"), "words\ndouble\n");
    expect_text(printed("complete", "--recording ''"), "words\n0\n1\n");
    expect_text(printed("complete", "-fo x"), "files\n");
    expect_text(printed("complete", "--number 1"), "words\n");
    expect_text(printed("complete", "--flag ''"), "files\n");
    expect_text(printed("complete", "--silence ''"), "files\n");
    expect_text(printed("complete", "-- --fl"), "files\n");
}
