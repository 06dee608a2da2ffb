/* crc32c.h - the checksum of TFRecord files and TensorFlow's checkpoints. */
#ifndef SE_ENCODING_CRC32C_H
#define SE_ENCODING_CRC32C_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli) of `bytes`, continuing from `crc` (0 at the start). */
uint32_t se_crc32c(uint32_t crc, const void *bytes, size_t n_bytes);

/* The CRC-32C of a whole file. */
int se_crc32c_file(uint32_t *crc, const char *path, struct se_report *report);

/* As it is stored beside its data: rotated, plus a constant, so that data that
 * contain their own checksum stay safe. */
uint32_t se_crc32c_masked(uint32_t crc);

#endif
