/* options.c - the options of se-enhance. */
#include "options.h"

#include "audio/extensions.h"
#include "common/cli.h"
#include "common/outputs.h"
#include "common/record.h"
#include "files/find.h"
#include "files/path.h"
#include "model/model.h"

#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The folder of outputs without a name. */
#define RESULTS "test_results"

enum { NAME_BYTES = PATH_MAX };

const char *const enhance_channel_words[] = {"linked", "each", "mix", NULL};
const char *const enhance_engine_words[] = {"float", "fixed", NULL};
static const char *const format_words[] = {"s16le", "s24le", "s32le", "f32le",
                                           NULL};
static const int format_codes[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                   SF_FORMAT_PCM_32, SF_FORMAT_FLOAT};

#define AT(member) OPTION_AT(struct enhance_options, member)
static const struct option_row file_rows[] = {
    {"test_wavefile", 0, OPTION_FILE, "FILE",
     "the INPUT; without an OUTPUT, that is test_results/enhanced_<name>.wav, "
     "with its pictures beside it",
     AT(test_wavefile), .excludes = "out_dir live"},
    {"out_dir", 'o', OPTION_FOLDER, "DIR",
     "write there, under the names of the inputs", AT(out_dir)},
    {"atten_lim", 'a', OPTION_REAL, "DB",
     "remove at most this much; 0: nothing", AT(attenuation_limit_db),
     .max = HUGE_VAL, .preset = "inf", .otherwise = "no limit"},
    {"residual", 0, OPTION_FILE, "FILE", "also write what was removed",
     AT(residual), .excludes = "out_dir"},
    {"vad", 0, OPTION_FILE, "FILE",
     "also write the probability of speech, a line every 10 ms: a .csv",
     AT(vad), .excludes = "out_dir live"},
    {"channels", 0, OPTION_WORD, "HOW",
     "one mask for all, which keeps the stereo image; one for each; or to mono "
     "first",
     AT(channel_word), .words = enhance_channel_words, .preset = "linked"},
    {"ignore_length", 0, OPTION_FLAG, NULL,
     "read to the end, whatever the input's header says of its length",
     AT(ignores_length), .excludes = "live"},
    {0},
};
static const struct option_row engine_rows[] = {
    {"engine", 0, OPTION_WORD, "WORD",
     "fixed: the net and all around it in integers, as a board does",
     AT(is_fixed), .words = enhance_engine_words, .preset = "float"},
    {"quantized", 0, OPTION_FLAG, NULL,
     "8-bit weights: the same as --engine fixed", AT(is_quantized)},
    {"calibrate", 0, OPTION_FILE, "FILE",
     "the sound that se-convert --calibrate was given", AT(calibrate),
     .needs = "engine=fixed|quantized"},
    {0},
};
static const struct option_row show_rows[] = {
    {"plot", 0, OPTION_FILE, "FILE",
     "draw sound, spectrograms, features and mask: a .pdf, .png or .svg",
     AT(show.plot)},
    {"report", 0, OPTION_FILE, "FILE",
     "a web page, .html, with sound before and after, pictures and levels",
     AT(show.report)},
    {"clean", 0, OPTION_PATH, "PATH",
     "with scores against this clean speech: a file, or a folder of files with "
     "the inputs' names",
     AT(show.clean), .needs = "report"},
    {0},
};
static const struct option_row raw_rows[] = {
    {"raw", 0, OPTION_FLAG, NULL, "INPUT and OUTPUT have no header", AT(is_raw),
     .needs = "rate"},
    {"rate", 0, OPTION_INTEGER, "HZ", "sample rate of the input",
     AT(raw.rate_hz), .min = 1000, .max = 768000, .unit = "Hz",
     .otherwise = "none", .needs = "raw"},
    {"raw_channels", 0, OPTION_INTEGER, "N", "channels, interleaved",
     AT(raw.channels), .min = 1, .max = 64, .preset = "1", .needs = "raw"},
    {"format", 0, OPTION_WORD, "WORD", "sample format", AT(raw.format),
     .words = format_words, .preset = "s16le", .needs = "raw"},
    {0},
};
static const struct option_row sound_rows[] = {
    {"recording", 0, OPTION_SWITCH, "0|1",
     "record first, ten seconds into INPUT, test_wavs/speech.wav if it is not "
     "named",
     AT(sound.is_recording), .preset = "0", .excludes = "live out_dir raw"},
    {"live", 0, OPTION_FLAG, NULL,
     "from the microphone to the loudspeaker, 30 ms late, 10 more for each "
     "frame that the net looks ahead, and what the devices add",
     AT(sound.is_live),
     .excludes = "recording out_dir residual raw plot report clean"},
    {"device", 'D', OPTION_TEXT, "WHICH",
     "the microphone (se-record -l lists them)", AT(sound.live.input),
     .otherwise = "the system's", .needs = "live|recording"},
    {"out_device", 'O', OPTION_TEXT, "WHICH", "the loudspeaker",
     AT(sound.live.output), .otherwise = "the system's", .needs = "live"},
    {"duration", 'd', OPTION_REAL, "SECONDS", "how long; 0: until Ctrl-C",
     AT(sound.seconds), .max = 1e6, .unit = "s", .otherwise = "10 s, live: 0",
     .needs = "live|recording"},
    {"tee", 0, OPTION_FILE, "FILE", "also write what the loudspeaker gets",
     AT(sound.live.tee), .needs = "live"},
    {0},
};
static const struct option_row general_rows[] = {
    OPTION_QUIET("no progress line, no warnings of clipping"),
    {"verbose", 'v', OPTION_FLAG, NULL,
     "say which net is used, its delay and how fast it is", AT(verbose)},
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {NULL, file_rows, 0},
    {"Net", net_option_rows, offsetof(struct enhance_options, net)},
    {"Engine", engine_rows, 0},
    {"Pictures", show_rows, 0},
    {"Bare samples", raw_rows, 0},
    {"Microphone and loudspeaker", sound_rows, 0},
    {"General", general_rows, 0},
    {0},
};
static const char by_place[] =
    "files need no option, se-enhance NOISY.wav CLEAN.wav";

static const struct option_hint hints[] = {
    {"noisy", by_place},
    {"input", by_place},
    {"output", by_place},
    {"attenuation", "did you mean --atten_lim?"},
    {"limit", "did you mean --atten_lim?"},
    {0}};

static const struct option_program program = {
    .name = "se-enhance",
    .usage = "[OPTION]... INPUT OUTPUT\n"
             "[OPTION]... -o DIR INPUT...\n"
             "[OPTION]... --recording 1 [[INPUT] OUTPUT]\n"
             "[OPTION]... --test_wavefile INPUT [OUTPUT]\n"
             "[OPTION]... --live",
    .about = "Take the noise out of speech. The output has the input's length, "
             "rate, channels, sample format and tags. INPUT or OUTPUT '-' is a "
             "pipe.",
    .example = "se-enhance noisy.wav clean.wav",
    .groups = groups,
    .has_operands = 1,
    .hints = hints,
};

/* Where the original puts what has no name: RESULTS/enhanced_<name>.wav, with
 * the pictures beside it. */
static char *name_output(struct enhance_options *o, const char *input)
{
    static char sound[NAME_BYTES], plot[NAME_BYTES];
    const char *base = se_path_base(input), *dot = strrchr(base, '.');
    const int n = dot && dot > base ? (int)(dot - base) : (int)strlen(base);

    if (n == 0 || n > NAME_MAX || strcmp(input, "-") == 0)
        cli_die(EXIT_USAGE, "expected an OUTPUT: '%s' has no name", input);
    snprintf(sound, sizeof sound, RESULTS "/enhanced_%.*s.wav", n, base);
    snprintf(plot, sizeof plot, RESULTS "/enhanced_%.*s.pdf", n, base);
    o->results = RESULTS;
    if (!o->show.plot && !o->is_raw)
        o->show.plot = plot;
    return sound;
}

/* A clip that is not here may be one of those that are shipped. */
static char *find_input(const char *name)
{
    static char found[NAME_BYTES];

    return se_find(found, sizeof found, name, "test_wavs", NULL) == SE_OK
               ? found
               : (char *)name;
}

/* Input and output, where operands do not name both. */
static void name_files(struct enhance_options *o)
{
    static char *files[2];
    const char *input = o->n_files == 2    ? o->files[0]
                        : o->test_wavefile ? o->test_wavefile
                                           : record_default.output;

    if (o->n_files == 2 && o->test_wavefile)
        cli_die(EXIT_USAGE,
                "--test_wavefile %s is the INPUT: expected OUTPUT "
                "alone, found 2 names",
                o->test_wavefile);
    files[1] =
        o->n_files > 0 ? o->files[o->n_files - 1] : name_output(o, input);
    files[0] = o->n_files == 2 || o->sound.is_recording ? (char *)input
                                                        : find_input(input);
    o->files = files;
    o->n_files = 2;
}

/* That input and output differ is for the library to see to. */
static void check_outputs(const struct enhance_options *o)
{
    const char *tee = o->sound.is_live ? o->sound.live.tee : NULL;
    struct output files[] = {{"--plot", o->show.plot, 0},
                             {"--report", o->show.report, 0},
                             {"--residual", o->residual, 0},
                             {"--tee", tee, 0},
                             {"--calibrate", o->calibrate, 1},
                             {"--model", o->net.model, 1},
                             {"--clean", o->show.clean, 1},
                             {"--vad", o->vad, 0},
                             {NULL, NULL, 1}};
    enum { N = sizeof files / sizeof *files };
    char output[NAME_BYTES];

    outputs_check(files, N);
    for (int i = 0; i < o->n_files; i++) {
        files[N - 1].word = o->out_dir || i == 0 ? "INPUT" : "OUTPUT";
        files[N - 1].path = o->files[i];
        outputs_check(files, N);
        snprintf(output, sizeof output, "%s/%s", o->out_dir ? o->out_dir : "",
                 se_path_base(o->files[i]));
        files[N - 1].path = o->out_dir ? output : NULL;
        outputs_check(files, N);
    }
}

/* Other programs' -o is a file. */
static void check_folder(const struct enhance_options *o)
{
    struct stat info;

    if (se_path_has_extension(o->out_dir, se_sound_extensions) &&
        stat(o->out_dir, &info) != 0)
        cli_die(EXIT_USAGE,
                "-o %s: expected a folder, this is the name of a sound file: "
                "INPUT OUTPUT writes one",
                o->out_dir);
}

static void check_usage(const struct enhance_options *o)
{
    const struct sound_options *sound = &o->sound;

    if (o->out_dir && o->n_files == 0)
        cli_die(EXIT_USAGE, "expected input files (see --help)");
    if (o->out_dir)
        check_folder(o);
    if (sound->is_live && o->n_files > 0)
        cli_die(EXIT_USAGE, "--live takes no files but that of --tee");
    if (!o->out_dir && !sound->is_live && o->n_files != 2)
        cli_die(EXIT_USAGE,
                "expected INPUT and OUTPUT, or -o DIR and inputs; found %d "
                "names (see --help)",
                o->n_files);
    show_check(&o->show, o->files, o->n_files, o->out_dir ? o->n_files : 1);
    check_outputs(o);
    for (int i = 0; o->out_dir && i < o->n_files; i++) {
        if (strcmp(o->files[i], "-") == 0)
            cli_die(EXIT_USAGE, "-o DIR: standard input has no name to write "
                                "it under");
    }
}

struct enhance_options enhance_parse(int argc, char **argv)
{
    struct enhance_options o = {0};
    struct option_found found = options_parse(&program, &o, argc, argv);

    o.is_fixed |= o.is_quantized;
    o.files = found.operands;
    o.n_files = found.n_operands;
    o.raw.format =
        SF_FORMAT_RAW | SF_ENDIAN_LITTLE | format_codes[o.raw.format];
    if (o.sound.seconds == 0 && options_given(&found, "duration"))
        o.sound.seconds = HUGE_VAL;
    if (o.n_files <= 2 && (o.sound.is_recording || o.test_wavefile))
        name_files(&o);
    check_usage(&o);
    return o;
}
