/* bytes.h - numbers in the bytes of files, little endian. */
#ifndef SE_ENCODING_BYTES_H
#define SE_ENCODING_BYTES_H

#include <stdint.h>

static inline uint32_t se_get_u32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline uint64_t se_get_u64(const uint8_t bytes[8])
{
    return se_get_u32(bytes) | (uint64_t)se_get_u32(bytes + 4) << 32;
}

static inline void se_put_u32(uint8_t bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static inline void se_put_u64(uint8_t bytes[8], uint64_t value)
{
    se_put_u32(bytes, (uint32_t)value);
    se_put_u32(bytes + 4, (uint32_t)(value >> 32));
}

static inline float se_get_float(const uint8_t bytes[4])
{
    union {
        uint32_t bits;
        float value;
    } number = {.bits = se_get_u32(bytes)};

    return number.value;
}

static inline double se_get_double(const uint8_t bytes[8])
{
    union {
        uint64_t bits;
        double value;
    } number = {.bits = se_get_u64(bytes)};

    return number.value;
}

#endif
