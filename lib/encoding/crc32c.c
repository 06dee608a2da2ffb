/* crc32c.c - CRC-32C (Castagnoli), eight bytes at a time from tables.
 *
 * M. E. Kounavis, F. L. Berry, "A systematic approach to building high
 * performance software-based CRC generators", ISCC 2005 (slicing by 8). */
#include "encoding/crc32c.h"

#include "encoding/bytes.h"

#include <pthread.h>
#include <stdio.h>

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;

        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
        table[0][i] = crc;
    }
    for (int slice = 1; slice < 8; slice++)
        for (int i = 0; i < 256; i++) {
            uint32_t crc = table[slice - 1][i];

            table[slice][i] = crc >> 8 ^ table[0][crc & 0xff];
        }
}

uint32_t se_crc32c(uint32_t crc, const void *bytes, size_t n_bytes)
{
    const uint8_t *p = bytes;

    pthread_once(&table_once, fill_table);
    crc = ~crc;
    for (; n_bytes >= 8; n_bytes -= 8, p += 8) {
        uint32_t low = se_get_u32(p) ^ crc;
        uint32_t high = se_get_u32(p + 4);

        crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^
              table[5][low >> 16 & 0xff] ^ table[4][low >> 24] ^
              table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^
              table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
    }
    for (; n_bytes > 0; n_bytes--)
        crc = crc >> 8 ^ table[0][(crc ^ *p++) & 0xff];
    return ~crc;
}

uint32_t se_crc32c_masked(uint32_t crc)
{
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

int se_crc32c_file(uint32_t *crc, const char *path, struct se_report *report)
{
    char bytes[1 << 16];
    FILE *file = fopen(path, "rb");
    int status = SE_OK;
    size_t n;

    if (!file)
        return se_fail_errno(report, path, "cannot open");
    *crc = 0;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        *crc = se_crc32c(*crc, bytes, n);
    if (ferror(file))
        status = se_fail_errno(report, path, "cannot read");
    fclose(file);
    return status;
}
