/* options.c - the options of se-enhance. */
#include "options.h"

#include "common/cli.h"
#include "common/record.h"
#include "model/model.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const enhance_channel_words[] = {"linked", "each", "mix", NULL};
const char *const enhance_engine_words[] = {"float", "fixed", NULL};
static const char *const format_words[] = {"s16le", "s24le", "s32le", "f32le",
                                           NULL};
static const int format_codes[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                   SF_FORMAT_PCM_32, SF_FORMAT_FLOAT};

_Noreturn static void print_help(void)
{
    fputs(
        "Usage: se-enhance [OPTION]... INPUT OUTPUT\n"
        "       se-enhance [OPTION]... -o FOLDER INPUT...\n"
        "       se-enhance [OPTION]... --recording 1 [[INPUT] OUTPUT]\n"
        "       se-enhance [OPTION]... --live\n"
        "Take the noise out of speech. The output has the input's length, "
        "rate,\n"
        "channels, sample format and tags. INPUT or OUTPUT '-' is a pipe.\n"
        "\n"
        "  -o, --out_dir=FOLDER    write there, under the names of the inputs\n"
        "  -a, --atten_lim=DB      take away at most this much; 0: nothing\n"
        "                          (default: no limit)\n"
        "      --residual=FILE     also write what was taken away\n"
        "      --plot=FILE         draw sound, spectrograms, features and "
        "mask: "
        "a\n"
        "                          .pdf, .png or .svg\n"
        "      --report=FILE       a web page, .html, with sound before and "
        "after,\n"
        "                          pictures and levels\n"
        "      --clean=PATH        and with scores against this clean speech, "
        "a "
        "file\n"
        "                          or a folder with the inputs' names\n"
        "      --channels=HOW      linked: one mask for all, so that the "
        "stereo\n"
        "                          image stays; each: one for each; mix: to "
        "mono\n"
        "                          first (default: linked)\n"
        "      --nn_arch=FILE      the net (default: "
        "def_se_nn_arch72_mel.txt)\n"
        "      --epoch_loaded=WHICH  best, latest or a number (default: best)\n"
        "      --model=FILE        this checkpoint, instead of the last two\n"
        "      --engine=WORD       float, or fixed: in integers, as a board "
        "does\n"
        "                          (default: float)\n"
        "      --calibrate=FILE    with fixed: as of se-convert\n"
        "      --raw               INPUT and OUTPUT have no header:\n"
        "      --rate=HZ             sample rate (needed)\n"
        "      --raw_channels=N      channels (default: 1)\n"
        "      --format=WORD         s16le, s24le, s32le or f32le (default: "
        "s16le)\n"
        "      --recording=1       record first: ten seconds into INPUT "
        "(default:\n"
        "                          test_wavs/speech.wav)\n"
        "      --live              from the microphone to the loudspeaker\n"
        "  -D, --device=WHICH        the microphone (se-record -l lists "
        "them)\n"
        "  -O, --out_device=WHICH    the loudspeaker\n"
        "  -d, --duration=SECONDS    so long; 0: until Ctrl-C (default: 10, "
        "live: 0)\n"
        "      --tee=FILE            live: write there, too, what is heard\n"
        "  -q, --quiet             no progress line, no warnings of clipping\n"
        "  -v, --verbose           say what is done with which net\n"
        "  -h, --help              this text\n"
        "      --version           the version\n"
        "\n"
        "Exit status: 0 done, 1 a file failed, 2 wrong usage, 130 "
        "interrupted.\n"
        "\n"
        "Example: se-enhance noisy.wav clean.wav\n",
        stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

enum {
    OPT_RESIDUAL = 256,
    OPT_CHANNELS,
    OPT_NN_ARCH,
    OPT_EPOCH,
    OPT_MODEL,
    OPT_ENGINE,
    OPT_CALIBRATE,
    OPT_RAW,
    OPT_RATE,
    OPT_RAW_CHANNELS,
    OPT_FORMAT,
    OPT_PLOT,
    OPT_REPORT,
    OPT_CLEAN,
    OPT_RECORDING,
    OPT_LIVE,
    OPT_TEE,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"out_dir", required_argument, NULL, 'o'},
    {"atten_lim", required_argument, NULL, 'a'},
    {"residual", required_argument, NULL, OPT_RESIDUAL},
    {"channels", required_argument, NULL, OPT_CHANNELS},
    {"nn_arch", required_argument, NULL, OPT_NN_ARCH},
    {"epoch_loaded", required_argument, NULL, OPT_EPOCH},
    {"model", required_argument, NULL, OPT_MODEL},
    {"engine", required_argument, NULL, OPT_ENGINE},
    {"calibrate", required_argument, NULL, OPT_CALIBRATE},
    {"raw", no_argument, NULL, OPT_RAW},
    {"rate", required_argument, NULL, OPT_RATE},
    {"raw_channels", required_argument, NULL, OPT_RAW_CHANNELS},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"plot", required_argument, NULL, OPT_PLOT},
    {"report", required_argument, NULL, OPT_REPORT},
    {"clean", required_argument, NULL, OPT_CLEAN},
    {"recording", required_argument, NULL, OPT_RECORDING},
    {"live", no_argument, NULL, OPT_LIVE},
    {"device", required_argument, NULL, 'D'},
    {"out_device", required_argument, NULL, 'O'},
    {"duration", required_argument, NULL, 'd'},
    {"tee", required_argument, NULL, OPT_TEE},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void take_raw_option(struct enhance_options *o, int option)
{
    switch (option) {
    case OPT_RAW:
        o->is_raw = 1;
        break;
    case OPT_RATE:
        o->raw.rate_hz = (int)cli_integer("--rate", optarg, 1000, 768000);
        break;
    case OPT_RAW_CHANNELS:
        o->raw.channels = (int)cli_integer("--raw_channels", optarg, 1, 64);
        break;
    case OPT_FORMAT:
        o->raw.format =
            SF_FORMAT_RAW | SF_ENDIAN_LITTLE |
            format_codes[cli_word("--format", optarg, format_words)];
        break;
    default:
        break;
    }
}

static void take_sound_option(struct enhance_options *o, int option)
{
    switch (option) {
    case OPT_RECORDING:
        o->sound.is_recording = (int)cli_integer("--recording", optarg, 0, 1);
        break;
    case OPT_LIVE:
        o->sound.is_live = 1;
        break;
    case 'D':
        o->sound.live.input = optarg;
        break;
    case 'O':
        o->sound.live.output = optarg;
        break;
    case 'd':
        o->sound.seconds = cli_number("--duration", optarg, 0, 1e6);
        if (o->sound.seconds == 0)
            o->sound.seconds = HUGE_VAL;
        break;
    case OPT_TEE:
        o->sound.live.tee = optarg;
        break;
    default:
        take_raw_option(o, option);
        break;
    }
}

static void take_option(struct enhance_options *o, int option)
{
    switch (option) {
    case 'o':
        o->out_dir = optarg;
        break;
    case 'a':
        o->attenuation_limit_db =
            cli_number("--atten_lim", optarg, 0, HUGE_VAL);
        break;
    case OPT_RESIDUAL:
        o->residual = optarg;
        break;
    case OPT_CHANNELS:
        o->channel_word = cli_word("--channels", optarg, enhance_channel_words);
        break;
    case OPT_NN_ARCH:
        o->nn_arch = optarg;
        break;
    case OPT_EPOCH:
        o->epoch_loaded = optarg;
        break;
    case OPT_MODEL:
        o->model = optarg;
        break;
    case OPT_ENGINE:
        o->is_fixed = cli_word("--engine", optarg, enhance_engine_words);
        break;
    case OPT_CALIBRATE:
        o->calibrate = optarg;
        break;
    case OPT_PLOT:
        o->show.plot = optarg;
        break;
    case OPT_REPORT:
        o->show.report = optarg;
        break;
    case OPT_CLEAN:
        o->show.clean = optarg;
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case 'v':
        o->verbose = 1;
        break;
    case 'h':
        print_help();
    case OPT_VERSION:
        cli_version();
    default:
        take_sound_option(o, option);
        break;
    }
}

static void check_sound(const struct enhance_options *o)
{
    int has_pictures = o->show.plot || o->show.report || o->show.clean;

    sound_check(&o->sound, o->n_files,
                o->out_dir || o->residual || o->is_raw || has_pictures);
    if (o->sound.is_recording && (o->out_dir || o->is_raw))
        cli_die(EXIT_USAGE, "--recording goes with neither -o nor --raw");
}

/* The recording and the enhanced one, where they are not named. */
static void name_files(struct enhance_options *o)
{
    static char *files[] = {NULL, "test_wavs/speech_enhanced.wav"};

    files[0] = o->n_files == 2 ? o->files[0] : (char *)record_default.output;
    if (o->n_files > 0)
        files[1] = o->files[o->n_files - 1];
    o->files = files;
    o->n_files = 2;
}

static void check_usage(const struct enhance_options *o)
{
    int raw_told =
        o->raw.rate_hz != 0 || o->raw.channels != 0 || o->raw.format != 0;

    if (o->out_dir && o->n_files == 0)
        cli_die(EXIT_USAGE, "expected input files (see --help)");
    if (!o->out_dir && !o->sound.is_live && o->n_files != 2)
        cli_die(EXIT_USAGE,
                "expected INPUT and OUTPUT, or -o FOLDER and inputs; found "
                "%d names (see --help)",
                o->n_files);
    if (o->out_dir && o->residual)
        cli_die(EXIT_USAGE, "--residual needs one INPUT and one OUTPUT");
    show_check(&o->show, o->files, o->n_files, o->out_dir ? o->n_files : 1);
    if (o->calibrate && !o->is_fixed)
        cli_die(EXIT_USAGE, "--calibrate needs --engine fixed");
    if (o->is_raw && o->raw.rate_hz == 0)
        cli_die(EXIT_USAGE, "--raw needs --rate");
    if (!o->is_raw && raw_told)
        cli_die(EXIT_USAGE, "--rate, --raw_channels and --format need --raw");
    for (int i = 0; o->out_dir && i < o->n_files; i++) {
        if (strcmp(o->files[i], "-") == 0)
            cli_die(EXIT_USAGE, "-o FOLDER: standard input has no name to "
                                "write it under");
    }
}

struct enhance_options enhance_parse(int argc, char **argv)
{
    struct enhance_options o = {.nn_arch = SE_MODEL_DEFAULT_ARCH,
                                .epoch_loaded = "best",
                                .attenuation_limit_db = HUGE_VAL};
    int option;

    while ((option = cli_getopt(argc, argv, "o:a:D:O:d:qvh", long_options)) !=
           -1)
        take_option(&o, option);
    o.files = argv + optind;
    o.n_files = argc - optind;
    check_sound(&o);
    if (o.sound.is_recording)
        name_files(&o);
    check_usage(&o);
    if (o.raw.channels == 0)
        o.raw.channels = 1;
    if (o.raw.format == 0)
        o.raw.format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16;
    return o;
}
