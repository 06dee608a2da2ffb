/* board_stream.h - what a board with our firmware sends: frames of sound and of
 * figures, and in between the lines of its console (cmd/firmware/README.md). */
#ifndef CMD_RECORD_BOARD_STREAM_H
#define CMD_RECORD_BOARD_STREAM_H

#include "base/status.h"
#include "dsp/stft.h"
#include "firmware/frame.h"

#include <stddef.h>
#include <stdint.h>

/* The two signals of a board. */
enum board_signal { BOARD_RAW, BOARD_ENHANCED, BOARD_N_SIGNALS };

/* Zero it, set the first four, and begin it. */
struct board_stream {
    const char *port; /* for messages */
    int64_t n_max;    /* frames of sound that are taken; 10 ms each */
    /* Takes one frame; silence where one was lost. */
    int (*take)(void *context, float hop[BOARD_N_SIGNALS][SE_HOP],
                struct se_report *report);
    void *context;

    int64_t n_frames; /* that were taken, */
    int64_t n_lost;   /* of which these were silence */
    int64_t n_clipped;
    int64_t n_bytes; /* since the last frame of sound */
    double frame_s;  /* when it came */
    float peak;      /* of the raw signal, until this is set back */
    int is_fast;     /* the board said that its line is, from here on */
    int has_figures;
    uint32_t figures[FRAME_N_FIGURES];

    struct frame_reader reader;
    uint8_t payload[FRAME_PAYLOAD_MAX];
    char text[256]; /* the line of text that is coming */
    double begun_s; /* when the board was asked to start */
    int is_started; /* it said so: its next frame has the number 0 */
    uint16_t next;  /* its number, and one */
};

void board_stream_begin(struct board_stream *stream);

/* What came so far of a line or a frame was noise, as were damaged ones. */
void board_stream_forget(struct board_stream *stream);

/* The board was asked to start. Without an answer, what it sends within half a
 * second is the rest of what it did before. */
void board_stream_asked(struct board_stream *stream, double now_s);

/* Takes n bytes as they came. SE_ERR_IO: the board says that it fails; or what
 * `take` said. */
int board_stream_bytes(struct board_stream *stream, const uint8_t *bytes,
                       size_t n, double now_s, struct se_report *report);

#endif
