/* fuzz_frame.c - libFuzzer: whatever comes over the serial line, a frame never
 * leaves its room, and after a frame's length of rest the next one is read. */
#include "firmware/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void take(struct frame_reader *reader, uint8_t byte)
{
    if (frame_read(reader, byte) == FRAME_WHOLE &&
        frame_read_length(reader) > reader->payload_max)
        abort();
}

static int takes_frame(struct frame_reader *reader)
{
    uint8_t frame[FRAME_HEADER + FRAME_CRC];
    enum frame_event event = FRAME_NOTHING;

    frame_header(frame, FRAME_END, 7, 0);

    uint32_t crc = frame_crc32(0, frame + 2, FRAME_HEADER - 2);

    for (int i = 0; i < FRAME_CRC; i++)
        frame[FRAME_HEADER + i] = (uint8_t)(crc >> 8 * i);
    for (size_t i = 0; i < sizeof frame; i++)
        event = frame_read(reader, frame[i]);
    return event == FRAME_WHOLE && frame_read_sequence(reader) == 7;
}

/* The first byte is the payload's room. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint32_t room = n > 0 ? bytes[0] : 0;
    struct frame_reader reader = {.payload = malloc(room + !room),
                                  .payload_max = room};

    if (!reader.payload)
        return 0;
    for (size_t i = 1; i < n; i++)
        take(&reader, bytes[i]);
    for (uint32_t i = 0; i < FRAME_HEADER + room + FRAME_CRC; i++)
        take(&reader, 0);
    if (!takes_frame(&reader))
        abort();
    free(reader.payload);
    return 0;
}
