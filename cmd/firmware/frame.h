/* frame.h - frames on the serial line; README.md describes them. Plain C99 for
 * the board and for the desk. */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

enum {
    FRAME_SYNC_0 = 0xA5,
    FRAME_SYNC_1 = 0x5A,
    FRAME_HEADER = 7, /* sync, type, sequence number, length */
    FRAME_CRC = 4,
    FRAME_PAYLOAD_MAX = 640,
};

enum frame_type {
    FRAME_AUDIO_IN = 1, /* to the board: 160 samples */
    FRAME_END = 2,      /* to the board: no more audio */
    FRAME_AUDIO = 3,    /* from the board: 160 samples raw, 160 enhanced */
    FRAME_FIGURES = 4,  /* from the board: FRAME_N_FIGURES numbers */
};

/* The numbers in FRAME_FIGURES, 32 bits each. */
enum frame_figure {
    FIGURE_FRAMES,
    FIGURE_SAMPLES_LOST,
    FIGURE_UNSENT,
    FIGURE_BAD,
    FIGURE_CYCLES_MEAN,
    FIGURE_CYCLES_MAX,
    FIGURE_CYCLES_HZ,
    FIGURE_CRC32,
    FRAME_N_FIGURES,
};

/* CRC-32 as in zip, gzip and Ethernet. Starts from 0, goes on from a sum. */
uint32_t frame_crc32(uint32_t crc, const void *bytes, uint32_t n_bytes);

/* The first bytes of a frame, and what its CRC begins with. */
void frame_header(uint8_t header[FRAME_HEADER], enum frame_type type,
                  uint16_t sequence, uint16_t length);

/* Reads frames from a stream of bytes that may hold other bytes, too. */
struct frame_reader {
    uint8_t *payload; /* [payload_max] */
    uint32_t payload_max;
    uint32_t n_bad; /* frames with a wrong checksum or length */

    uint8_t header[FRAME_HEADER]; /* of the last frame */
    uint8_t crc[FRAME_CRC];
    uint32_t n; /* bytes of the frame that is coming */
};

enum frame_event {
    FRAME_NOTHING, /* the byte belongs to a frame that is not complete */
    FRAME_BYTE,    /* the byte stands outside of frames */
    FRAME_WHOLE,   /* a frame is complete: header and payload hold it */
};

/* Zero `reader` and set payload and payload_max to begin. A damaged frame is
 * dropped as a whole and counted. */
enum frame_event frame_read(struct frame_reader *reader, uint8_t byte);

enum frame_type frame_read_type(const struct frame_reader *reader);
uint16_t frame_read_sequence(const struct frame_reader *reader);
uint16_t frame_read_length(const struct frame_reader *reader);

#endif
