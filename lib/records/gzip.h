/* gzip.h - gzip files for numbers: Huffman codes and nothing else.
 *
 * Spectra and samples hardly repeat, so looking for matches costs much time
 * and saves nothing; all there is to gain is that some bytes are more frequent
 * than others. What comes out is plain gzip (RFC 1952) with literals alone, as
 * zlib's Z_HUFFMAN_ONLY gives, four times as fast. The same bytes in, in
 * whatever pieces, give the same bytes out. */
#ifndef SE_RECORDS_GZIP_H
#define SE_RECORDS_GZIP_H

#include <stddef.h>
#include <stdint.h>

enum {
    SE_GZIP_BLOCK = 1 << 16, /* bytes that share a code */

    /* Room for what one block becomes: 15 bits a byte at most, the codes'
     * lengths, the file's head and its end. */
    SE_GZIP_ROOM = 2 * SE_GZIP_BLOCK + 512
};

/* Zeroed: a new file. */
struct se_gzip {
    uint8_t block[SE_GZIP_BLOCK];
    size_t n_block; /* bytes that wait in it */
    uint32_t crc, n_total;
    int started;
    uint64_t bits; /* that do not make a byte yet, lowest first */
    int n_bits;
};

/* Takes up to n bytes, returns how many; fewer when the block is full: then
 * se_gzip_flush must follow. */
size_t se_gzip_take(struct se_gzip *gzip, const uint8_t *bytes, size_t n);

/* Writes the block to out[SE_GZIP_ROOM] and empties it; with `last` also the
 * end of the file. Returns how many bytes that are. */
size_t se_gzip_flush(struct se_gzip *gzip, uint8_t *out, int last);

#endif
