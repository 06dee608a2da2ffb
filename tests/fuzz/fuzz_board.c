/* fuzz_board.c - libFuzzer: whatever a board sends to se-record, in pieces of
 * any length, at any time: no more frames than are wanted, as many as are
 * counted, numbers within full scale; and once the rest of a frame could have
 * come, a frame is taken again. */
#include "fuzz.h"

#include "base/remark.h"
#include "se-record/board_stream.h"

#include <math.h>

static int64_t n_taken, n_silent;

static int take(void *context, float hop[BOARD_N_SIGNALS][SE_HOP],
                struct se_report *report)
{
    int is_silent = 1;

    (void)context, (void)report;
    for (int signal = 0; signal < BOARD_N_SIGNALS; signal++) {
        for (int i = 0; i < SE_HOP; i++) {
            if (!(fabsf(hop[signal][i]) <= 1.0f))
                abort();
            is_silent &= hop[signal][i] == 0.0f;
        }
    }
    n_taken++;
    n_silent += is_silent;
    return SE_OK;
}

static void on_remark(enum se_remark_kind kind, const char *text)
{
    (void)kind;
    if (strchr(text, '\n'))
        abort();
}

static void send_bytes(struct board_stream *stream, const uint8_t *bytes,
                       size_t n, double now_s)
{
    struct se_report report = {""};

    fuzz_check(board_stream_bytes(stream, bytes, n, now_s, &report), &report);
    if (stream->n_frames != n_taken || n_taken > stream->n_max ||
        stream->n_lost > n_silent || stream->n_clipped > n_taken * SE_HOP ||
        !(stream->peak >= 0.0f && stream->peak <= 1.0f))
        abort();
}

/* What is coming, if anything is, ends; and so does the line. */
static void end_all(struct board_stream *stream, double now_s)
{
    static const uint8_t zeros[FRAME_HEADER + FRAME_PAYLOAD_MAX + FRAME_CRC];

    send_bytes(stream, zeros, sizeof zeros, now_s);
    send_bytes(stream, (const uint8_t *)"\n", 1, now_s);
}

/* A frame of sound; with a checksum as it is to be. */
static void send_frame(struct board_stream *stream, uint16_t number,
                       double now_s)
{
    uint8_t frame[FRAME_HEADER + 4 * SE_HOP + FRAME_CRC];
    uint32_t crc;

    memset(frame, 1, sizeof frame);
    frame_header(frame, FRAME_AUDIO, number, 4 * SE_HOP);
    crc = frame_crc32(0, frame + 2, sizeof frame - 2 - FRAME_CRC);
    for (int i = 0; i < FRAME_CRC; i++)
        frame[sizeof frame - FRAME_CRC + i] = (uint8_t)(crc >> 8 * i);
    send_bytes(stream, frame, sizeof frame, now_s);
}

/* A byte that says how many frames are wanted, then pieces: a byte that says
 * how long, and the bytes; 0: instead a whole frame, of the number that two
 * bytes say; 255: instead time goes by. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct board_stream stream = {.port = "line", .take = take};
    double now_s = 1.0;

    se_remark_listen(on_remark);
    n_taken = n_silent = 0;
    stream.n_max = 4 * fuzz_take(&bytes, &n);
    board_stream_begin(&stream);
    board_stream_asked(&stream, now_s);
    while (n > 0) {
        size_t length = fuzz_take(&bytes, &n);

        if (length == 255) {
            now_s += fuzz_take(&bytes, &n) / 64.0;
        } else if (length == 0) {
            int number = fuzz_take(&bytes, &n);

            number |= fuzz_take(&bytes, &n) << 8;
            send_frame(&stream, (uint16_t)number, now_s);
        } else {
            length = length < n ? length : n;
            send_bytes(&stream, bytes, length, now_s);
            bytes += length;
            n -= length;
        }
    }

    int64_t before = n_taken;

    end_all(&stream, now_s);
    board_stream_forget(&stream);
    send_frame(&stream, stream.next, now_s + 1.0);
    if (n_taken == before && before < stream.n_max)
        abort();
    return 0;
}
