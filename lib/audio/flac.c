/* flac.c - FLAC files whose header says something else than what is there. */
#include "audio/read_private.h"

#include "files/io.h"

#include <string.h>
#include <unistd.h>

/* "fLaC", the first block's header and four sizes stand before the number. */
enum { NUMBER_AT = 18, NUMBER_BYTES = 8, UPPER_BITS_AT = 3, DIGEST_BYTES = 16 };

static const uint8_t magic[4] = {'f', 'L', 'a', 'C'};

int64_t se_flac_hide_length(struct se_window *window, int64_t at)
{
    uint8_t head[NUMBER_AT + NUMBER_BYTES];
    int64_t before = window->at, n = 0, got;

    window->at = at;
    got = se_window_read(head, sizeof head, window);
    window->at = before;
    if (got != sizeof head || memcmp(head, magic, sizeof magic) != 0)
        return 0;
    memcpy(window->patch, head + NUMBER_AT, NUMBER_BYTES);
    window->patch_at = at + NUMBER_AT;
    window->n_patch = NUMBER_BYTES;
    window->patch[UPPER_BITS_AT] &= 0xf0;
    n = head[NUMBER_AT + UPPER_BITS_AT] & 0x0f;
    for (int i = UPPER_BITS_AT + 1; i < NUMBER_BYTES; i++) {
        n = n << 8 | head[NUMBER_AT + i];
        window->patch[i] = 0;
    }
    return n;
}

void se_flac_set_length(int fd, int64_t n_samples)
{
    uint8_t head[NUMBER_AT + NUMBER_BYTES + DIGEST_BYTES];
    uint8_t *number = head + NUMBER_AT;

    if (pread(fd, head, sizeof head, 0) != sizeof head ||
        memcmp(head, magic, sizeof magic) != 0)
        return;
    number[UPPER_BITS_AT] &= 0xf0;
    number[UPPER_BITS_AT] |= (uint8_t)(n_samples >> 32 & 0x0f);
    for (int i = UPPER_BITS_AT + 1; i < NUMBER_BYTES; i++)
        number[i] = (uint8_t)(n_samples >> 8 * (NUMBER_BYTES - 1 - i));
    memset(number + NUMBER_BYTES, 0, DIGEST_BYTES);
    se_write_fully_at(fd, head, sizeof head, 0);
}

int64_t se_flac_find_other(struct se_window *window, int64_t at)
{
    /* What every such file begins with: a first block of 34 bytes. */
    static const uint8_t kinds[2][8] = {
        {'f', 'L', 'a', 'C', 0x00, 0, 0, 34},
        {'f', 'L', 'a', 'C', 0x80, 0, 0, 34},
    };
    uint8_t block[1 << 12];
    int64_t n;

    for (; at < window->size; at += n - 7) {
        window->at = at;
        n = se_window_read(block, sizeof block, window);
        if (n < 8)
            break;
        for (int64_t i = 0; i + 8 <= n; i++)
            if (memcmp(block + i, kinds[0], 8) == 0 ||
                memcmp(block + i, kinds[1], 8) == 0)
                return at + i;
    }
    return -1;
}
