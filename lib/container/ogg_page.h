/* ogg_page.h - the header of a page of Ogg (RFC 3533, section 6). */
#ifndef SE_CONTAINER_OGG_PAGE_H
#define SE_CONTAINER_OGG_PAGE_H

#include <stdint.h>

enum { SE_OGG_HEADER = 27, SE_OGG_CRC_AT = 22, SE_OGG_CRC = 4 };

/* The CRC of a page goes on over bytes[n], which are at `at` in it: with the
 * polynomial 0x04c11db7 from 0, upper bits first, where it stands itself over
 * zeros. */
uint32_t se_ogg_crc(uint32_t crc, const uint8_t *bytes, int64_t n, int64_t at);

#endif
