/* board_stream.c - see board_stream.h. */
#include "board_stream.h"

#include "base/remark.h"
#include "dsp/convert.h"
#include "dsp/level.h"

#include <math.h>
#include <string.h>

static const double START_S = 0.5; /* for the board's answer to the start */

/* A greater gap in the numbers is no gap: the board has begun anew. */
enum { MAX_GAP = 500 };

void board_stream_begin(struct board_stream *stream)
{
    stream->reader.payload = stream->payload;
    stream->reader.payload_max = sizeof stream->payload;
}

void board_stream_forget(struct board_stream *stream)
{
    stream->reader.n = stream->reader.n_bad = 0;
    stream->text[0] = '\0';
}

void board_stream_asked(struct board_stream *stream, double now_s)
{
    stream->frame_s = stream->begun_s = now_s;
}

static uint32_t number_at(const uint8_t *byte)
{
    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
           (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

/* One frame; payload == NULL: that was lost. */
static int take_hop(struct board_stream *stream, const uint8_t *payload,
                    struct se_report *report)
{
    float hop[BOARD_N_SIGNALS][SE_HOP];
    int status;

    if (stream->n_frames == stream->n_max)
        return SE_OK;
    for (int signal = 0; signal < BOARD_N_SIGNALS; signal++) {
        int16_t samples[SE_HOP] = {0};

        for (int i = 0; payload && i < SE_HOP; i++) {
            const uint8_t *byte = payload + 2 * (signal * SE_HOP + i);
            int16_t sample = (int16_t)(byte[0] | byte[1] << 8);

            samples[i] = sample;
            if (signal == BOARD_RAW)
                stream->n_clipped +=
                    sample == INT16_MAX || sample <= -INT16_MAX;
        }
        se_from_int16(hop[signal], samples, SE_HOP);
    }
    stream->peak = fmaxf(stream->peak, se_level_peak(hop[BOARD_RAW], SE_HOP));
    status = stream->take(stream->context, hop, report);
    stream->n_frames += status == SE_OK;
    stream->n_lost += status == SE_OK && !payload;
    return status;
}

static int take_audio(struct board_stream *stream, double now_s,
                      struct se_report *report)
{
    uint16_t number = frame_read_sequence(&stream->reader);
    int status = SE_OK;

    if (!stream->is_started) {
        /* The rest of what it did before. */
        if (now_s - stream->begun_s < START_S)
            return SE_OK;
        stream->is_started = 1;
        stream->next = number;
    }

    uint16_t gap = (uint16_t)(number - stream->next);

    if (gap > MAX_GAP) {
        se_remark("%s: the board has begun anew after %.2f s", stream->port,
                  (double)stream->n_frames / 100);
        gap = 0;
    }
    stream->next = (uint16_t)(number + 1);
    for (int i = 0; i < gap && status == SE_OK; i++)
        status = take_hop(stream, NULL, report);
    if (status == SE_OK)
        status = take_hop(stream, stream->payload, report);
    return status;
}

static int take_frame(struct board_stream *stream, double now_s,
                      struct se_report *report)
{
    enum frame_type type = frame_read_type(&stream->reader);
    uint16_t length = frame_read_length(&stream->reader);

    if (type == FRAME_AUDIO && length == 4 * SE_HOP) {
        stream->n_bytes = 0;
        stream->frame_s = now_s;
        return take_audio(stream, now_s, report);
    }
    if (type == FRAME_FIGURES && length == 4 * FRAME_N_FIGURES) {
        for (int i = 0; i < FRAME_N_FIGURES; i++)
            stream->figures[i] = number_at(stream->payload + 4 * i);
        stream->has_figures = 1;
    } else {
        stream->reader.n_bad++;
    }
    return SE_OK;
}

/* A line of the board's console. */
static int take_line(struct board_stream *stream, struct se_report *report)
{
    if (strncmp(stream->text, "started: ", 9) == 0 && !stream->is_started) {
        stream->is_started = 1;
        stream->next = 0;
    }
    if (strstr(stream->text, " baud from here on"))
        stream->is_fast = 1;
    if (strncmp(stream->text, "error: ", 7) == 0)
        return se_fail(report, SE_ERR_IO, "%s: the board says: %s",
                       stream->port, stream->text);
    return SE_OK;
}

static int take_text(struct board_stream *stream, uint8_t byte,
                     struct se_report *report)
{
    size_t length = strlen(stream->text);
    int status = SE_OK;

    if (byte == '\n') {
        status = take_line(stream, report);
        stream->text[0] = '\0';
    } else if (length + 1 < sizeof stream->text && byte != '\r') {
        stream->text[length] = (char)byte;
        stream->text[length + 1] = '\0';
    }
    return status;
}

int board_stream_bytes(struct board_stream *stream, const uint8_t *bytes,
                       size_t n, double now_s, struct se_report *report)
{
    int status = SE_OK;

    for (size_t i = 0; i < n && status == SE_OK; i++) {
        switch (frame_read(&stream->reader, bytes[i])) {
        case FRAME_NOTHING:
            stream->n_bytes++;
            break;
        case FRAME_BYTE:
            stream->n_bytes++;
            status = take_text(stream, bytes[i], report);
            break;
        case FRAME_WHOLE:
            status = take_frame(stream, now_s, report);
            break;
        }
    }
    return status;
}
