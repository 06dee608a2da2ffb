/* main.c - the firmware: sound in, 10 ms frames through the net, enhanced sound
 * out over the serial line. README.md has its commands and frames. */

#include "board.h"
#include "console.h"
#include "nnsp/nnsp.h"

#include "def_nn3_se.h" /* the tables of se-convert */

enum { SAMPLE_RATE = 16000 };

/* Speech begins with a probability above the one (Q15), and has ended when so
 * many frames in a row were not above the other. */
enum { SPEECH_BEGINS = 22938, SPEECH_GOES_ON = 9830, SPEECH_HANGOVER = 30 };

enum source {
    SOURCE_NONE,
    SOURCE_EITHER, /* the digital microphone; without one, the analogue input */
    SOURCE_DIGITAL,
    SOURCE_ANALOGUE,
    SOURCE_LINE,
};

/* Figures of a run, from start to stop. */
struct run {
    enum source source;
    uint32_t n_frames;
    uint32_t n_unsent;     /* frames that the serial line had no room for */
    uint32_t crc32;        /* of all enhanced samples, low byte first */
    uint64_t cycles_total; /* of nnsp_step alone */
    uint32_t cycles_max;
    uint32_t n_speech;  /* frames */
    uint32_t hangover;  /* frames until speech has ended; 0: none now */
    int has_remark;     /* what the board says of its microphone was printed */
    int has_rate;       /* and its sample rate */
    uint32_t time_last; /* board_time and board_cycles, last looked at */
    uint32_t cycles_last;
    uint64_t time_total; /* since the start, in their units */
    uint64_t cycles_awake;
};

static uint64_t net_memory[NNSP_SE_MEMORY_BYTES / 8];
static struct nnsp nnsp;
static struct run run;
static int is_fast;     /* the serial line */
static int sends_audio; /* fits that, or a desk that waits for it */
static int prints_speech;
static int is_raw; /* the sound goes out as it came */

/* From the microphone, or the payload of the line. */
static int16_t captured[NNSP_HOP];
static int16_t enhanced[NNSP_HOP];
static struct frame_reader reader = {.payload = (uint8_t *)captured,
                                     .payload_max = sizeof captured};

/* From the linker script. */
extern uint8_t image_start[], image_end[], ram_start[], ram_end[];
extern uint8_t stack_start[];
extern uint8_t stack_top[] __asm__("stack_end");

static void print_banner(void)
{
    CONSOLE_PRINT("\nnnse " SE_VERSION " on %s: net " MODEL_NAME
                  ", %u layers, %u bytes of state\n",
                  (uintptr_t)board_name, nnsp_net_se.n_layers,
                  sizeof net_memory);
    CONSOLE_PRINT("image %u bytes, ram %u bytes and %u of stack, "
                  "%u cycles a second\n",
                  (uintptr_t)(image_end - image_start),
                  (uintptr_t)(ram_end - ram_start),
                  (uintptr_t)(stack_top - stack_start), board_cycles_hz());
    CONSOLE_PRINT("m microphone (d digital, a analogue), u audio from this "
                  "line, x stop, r raw/enhanced, b fast line and audio frames, "
                  "f frames on/off, v speech on/off, i figures, R reset, "
                  "? this\n",
                  0);
}

/* Looked at once a frame: neither counter makes a whole turn in between. */
static void watch_sleep(void)
{
    uint32_t time = board_time(), cycles = board_cycles();

    run.time_total += time - run.time_last;
    run.cycles_awake += cycles - run.cycles_last;
    run.time_last = time;
    run.cycles_last = cycles;
}

/* Since the start; needs a clock that runs on in sleep. */
static void print_asleep(void)
{
    uint64_t cycles = run.time_total * board_cycles_hz() / 32768;
    uint64_t asleep = cycles > run.cycles_awake ? cycles - run.cycles_awake : 0;

    if (cycles)
        CONSOLE_PRINT("asleep %u %% of the time\n",
                      (uintptr_t)(100 * asleep / cycles));
}

/* Of the microphone, as far as it is measured. From 0.5 % on the net hears
 * another pitch, and the desk's clock runs away. */
static void print_rate(void)
{
    uint32_t rate = board_sample_rate();
    uint32_t off = rate > SAMPLE_RATE ? rate - SAMPLE_RATE : SAMPLE_RATE - rate;
    uint32_t permille = (off * 1000 + SAMPLE_RATE / 2) / SAMPLE_RATE;

    if (!rate)
        return;
    CONSOLE_PRINT("sample rate %u Hz\n", rate);
    if (permille >= 5)
        CONSOLE_PRINT("warning: the sample rate is %u.%u %% too %s\n",
                      permille / 10, permille % 10,
                      (uintptr_t)(rate > SAMPLE_RATE ? "high" : "low"));
}

/* What the board has found out by now. */
static void print_news(void)
{
    const char *remark = board_microphone_remark();

    if (!run.has_remark && remark) {
        run.has_remark = 1;
        CONSOLE_PRINT("%s\n", (uintptr_t)remark);
    }
    if (!run.has_rate && board_sample_rate()) {
        run.has_rate = 1;
        print_rate();
    }
}

static uint32_t cycles_mean(void)
{
    return run.n_frames ? (uint32_t)(run.cycles_total / run.n_frames) : 0;
}

static void print_figures(void)
{
    uint32_t cycles_per_ms = board_cycles_hz() / 1000;

    CONSOLE_PRINT("frames %u, samples lost %u, frames unsent %u, "
                  "frames bad %u, bytes lost %u\n",
                  run.n_frames, board_samples_lost(), run.n_unsent,
                  reader.n_bad, board_bytes_lost());
    CONSOLE_PRINT("cycles a frame: mean %u, longest %u: %u %% of 10 ms\n",
                  cycles_mean(), run.cycles_max,
                  run.cycles_max / (cycles_per_ms / 10));
    CONSOLE_PRINT("crc32 %x\n", run.crc32);
    CONSOLE_PRINT("speech in %u %% of the frames\n",
                  run.n_frames
                      ? (uint32_t)((uint64_t)run.n_speech * 100 / run.n_frames)
                      : 0);
    print_asleep();
}

static void send_figures(void)
{
    const uint32_t figures[FRAME_N_FIGURES] = {
        [FIGURE_FRAMES] = run.n_frames,
        [FIGURE_SAMPLES_LOST] = board_samples_lost(),
        [FIGURE_UNSENT] = run.n_unsent,
        [FIGURE_BAD] = reader.n_bad,
        [FIGURE_CYCLES_MEAN] = cycles_mean(),
        [FIGURE_CYCLES_MAX] = run.cycles_max,
        [FIGURE_CYCLES_HZ] = board_cycles_hz(),
        [FIGURE_CRC32] = run.crc32,
    };

    console_frame(FRAME_FIGURES, (uint16_t)run.n_frames,
                  (struct console_part){figures, sizeof figures},
                  (struct console_part){0});
}

static int is_microphone(void)
{
    return run.source != SOURCE_NONE && run.source != SOURCE_LINE;
}

static void stop(void)
{
    if (run.source == SOURCE_NONE)
        return;
    watch_sleep();
    if (is_microphone())
        board_microphone_stop();
    run.source = SOURCE_NONE;
    board_light(0);
    board_speech(0);
    CONSOLE_PRINT("stopped\n", 0);
    print_figures();
    if (sends_audio)
        send_figures();
}

/* -1: there is no sound, and no run any more. */
static int listen_to(enum board_input input)
{
    const char *reason = board_microphone_start(input);

    if (!reason)
        return 0;
    run.source = SOURCE_NONE;
    board_light(0);
    CONSOLE_PRINT("error: %s\n", (uintptr_t)reason);
    return -1;
}

static void start(enum source source)
{
    static const char *const names[] = {
        [SOURCE_EITHER] = "microphone",
        [SOURCE_DIGITAL] = "digital microphone",
        [SOURCE_ANALOGUE] = "analogue microphone",
        [SOURCE_LINE] = "line",
    };

    stop();
    sends_audio |= source == SOURCE_LINE; /* its answers */
    nnsp_reset(&nnsp);
    run = (struct run){.source = source};
    reader.n_bad = 0;
    CONSOLE_PRINT("started: %s\n", (uintptr_t)names[source]);
    if (is_microphone() &&
        listen_to(source == SOURCE_ANALOGUE ? BOARD_ANALOGUE : BOARD_DIGITAL))
        return;
    run.time_last = board_time();
    run.cycles_last = board_cycles();
    board_light(1);
}

/* In one run: the frames go on. */
static void take_the_other_input(void)
{
    print_news();
    board_microphone_stop();
    run.source = SOURCE_ANALOGUE;
    run.has_remark = run.has_rate = 0;
    listen_to(BOARD_ANALOGUE);
}

/* Sound from the microphone does not wait for a slow line: a frame without room
 * is left out. The desk that sends the sound waits for its answers. */
static void send_audio(void)
{
    const uint32_t n_bytes = FRAME_HEADER + 2 * sizeof captured + FRAME_CRC;

    if (is_microphone() && board_room() < n_bytes) {
        run.n_unsent++;
        return;
    }
    console_frame(FRAME_AUDIO, (uint16_t)run.n_frames,
                  (struct console_part){captured, sizeof captured},
                  (struct console_part){enhanced, sizeof enhanced});
}

static void watch_speech(void)
{
    uint32_t before = run.hangover;

    if (nnsp.speech > (before ? SPEECH_GOES_ON : SPEECH_BEGINS))
        run.hangover = SPEECH_HANGOVER;
    else if (run.hangover)
        run.hangover--;
    run.n_speech += run.hangover > 0;
    board_speech(run.hangover > 0);
    if (prints_speech && !before != !run.hangover)
        CONSOLE_PRINT("%s at frame %u, probability %u %%\n",
                      (uintptr_t)(run.hangover ? "speech" : "pause"),
                      run.n_frames, 100 * (uint32_t)nnsp.speech / 32768);
}

/* Says so at the old speed. Audio frames fit the fast one. */
static void change_line(void)
{
    is_fast = !is_fast;
    sends_audio = is_fast;
    CONSOLE_PRINT("%u baud from here on\n", board_baud(is_fast));
    board_change_line(is_fast);
}

/* The net goes on while the sound goes out raw: it is ready at any time. */
static void toggle_raw(void)
{
    is_raw = !is_raw;
    CONSOLE_PRINT("sound: %s\n", (uintptr_t)(is_raw ? "raw" : "enhanced"));
}

static void enhance(void)
{
    uint32_t cycles;

    watch_sleep();
    print_news();
    cycles = board_cycles();
    nnsp_step(&nnsp, enhanced, captured);
    cycles = board_cycles() - cycles;
    for (int i = 0; is_raw && i < NNSP_HOP; i++)
        enhanced[i] = captured[i];

    run.crc32 = frame_crc32(run.crc32, enhanced, sizeof enhanced);
    run.cycles_total += cycles;
    if (cycles > run.cycles_max)
        run.cycles_max = cycles;
    watch_speech();
    if (sends_audio)
        send_audio();
    run.n_frames++;
}

static void obey(int command)
{
    switch (command) {
    case 'm':
        start(SOURCE_EITHER);
        break;
    case 'd':
        start(SOURCE_DIGITAL);
        break;
    case 'a':
        start(SOURCE_ANALOGUE);
        break;
    case 'u':
        start(SOURCE_LINE);
        break;
    case 'x':
        stop();
        break;
    case 'r':
        toggle_raw();
        break;
    case 'b':
        change_line();
        break;
    case 'f':
        sends_audio = !sends_audio;
        CONSOLE_PRINT("audio frames %s\n",
                      (uintptr_t)(sends_audio ? "on" : "off"));
        break;
    case 'v':
        prints_speech = !prints_speech;
        CONSOLE_PRINT("speech and pauses %s\n",
                      (uintptr_t)(prints_speech ? "on" : "off"));
        break;
    case 'i':
        print_figures();
        break;
    case 'R':
        board_flush();
        board_reset();
    case '?':
        print_banner();
        print_rate();
    }
}

static void take_frame(void)
{
    if (run.source != SOURCE_LINE)
        return;
    if (frame_read_type(&reader) == FRAME_END)
        stop();
    else if (frame_read_type(&reader) == FRAME_AUDIO_IN &&
             frame_read_length(&reader) == sizeof captured)
        enhance();
    else
        reader.n_bad++;
}

static void take_byte(uint8_t byte)
{
    switch (frame_read(&reader, byte)) {
    case FRAME_BYTE:
        obey(byte);
        break;
    case FRAME_WHOLE:
        take_frame();
        break;
    case FRAME_NOTHING:
        break;
    }
}

int main(void)
{
    const char *reason = board_init();

    print_banner();
    if (!reason &&
        nnsp_init(&nnsp, &nnsp_net_se, net_memory, sizeof net_memory) < 0)
        reason = "the runtime cannot hold this net";
    if (reason) {
        CONSOLE_PRINT("error: %s\n", (uintptr_t)reason);
        board_flush();
        for (;;)
            board_wait();
    }

    for (;;) {
        int byte = board_get();

        if (board_break() && is_fast)
            change_line();
        if (byte >= 0)
            take_byte((uint8_t)byte);
        else if (board_button())
            obey(run.source == SOURCE_NONE ? 'm' : 'r');
        else if (run.source == SOURCE_EITHER && board_microphone_is_silent())
            take_the_other_input();
        else if (is_microphone() && board_microphone_read(captured))
            enhance();
        else
            board_wait();
    }
}
