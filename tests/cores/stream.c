/* stream.c - 100 frames through the net (tests/m4/image.c), on any core. */
#include "checksum.h"

#include "m4/image.h"
#include "speech.h" /* const int16_t speech[N_FRAMES * NNSP_HOP] */

static uint32_t add_byte(uint32_t crc, uint32_t byte)
{
    crc ^= byte & 255;
    for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    return crc;
}

static uint32_t add_samples(uint32_t crc, const int16_t *samples, int n)
{
    for (int i = 0; i < n; i++) {
        crc = add_byte(crc, (uint16_t)samples[i]);
        crc = add_byte(crc, (uint32_t)(uint16_t)samples[i] >> 8);
    }
    return crc;
}

static uint32_t stream(void)
{
    uint32_t crc = UINT32_C(0xffffffff);

    if (begin() != NNSP_OK)
        return 0;
    for (int t = 0; t < N_FRAMES; t++) {
        for (int i = 0; i < NNSP_HOP; i++)
            input[i] = speech[t * NNSP_HOP + i];
        step();
        crc = add_samples(crc, output, NNSP_HOP);
    }
    return ~crc;
}

const struct checksum checksums[] = {{"stream", stream}, {0, 0}};
