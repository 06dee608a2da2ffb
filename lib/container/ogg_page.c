/* ogg_page.c - pages of Ogg. */
#include "container/ogg_page.h"

/* What four bits that leave at the top add. */
static const uint32_t table[16] = {
    0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9, 0x130476dc, 0x17c56b6b,
    0x1a864db2, 0x1e475005, 0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61,
    0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd,
};

uint32_t se_ogg_crc(uint32_t crc, const uint8_t *bytes, int64_t n, int64_t at)
{
    for (int64_t i = 0; i < n; i++, at++) {
        int is_itself = at >= SE_OGG_CRC_AT && at < SE_OGG_CRC_AT + SE_OGG_CRC;

        crc ^= is_itself ? 0 : (uint32_t)bytes[i] << 24;
        crc = crc << 4 ^ table[crc >> 28];
        crc = crc << 4 ^ table[crc >> 28];
    }
    return crc;
}
