/* wav_tail.c - tells samples from the chunks that follow on them. */
#include "container/wav_tail.h"

#include "container/wav_private.h"
#include "files/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_CHUNKS = 64 };

enum verdict { IS_TAIL, IS_SOUND, IS_OPEN };

/* Another data chunk is sound. */
static int is_kind(const uint8_t id[4])
{
    return se_wav_is_chunk(id) && memcmp(id, "data", 4) != 0;
}

/* What begins at bytes[at]. */
static enum verdict judge(const struct se_wav_tail *tail, int64_t at)
{
    int64_t next = at;

    for (int i = 0; next + 8 <= tail->end; i++) {
        const uint8_t *chunk = tail->bytes + next;
        int64_t size =
            (int64_t)se_wav_number(chunk + 4, 4, tail->is_big_endian);

        next += 8 + size + (size & 1);
        if (!is_kind(chunk) || next - at > SE_WAV_TAIL_MAX || i >= MAX_CHUNKS)
            return IS_SOUND;
    }
    if (tail->is_all) /* the last pad byte may be missing */
        return next == tail->end || next == tail->end + 1 ? IS_TAIL : IS_SOUND;
    if (next + 4 <= tail->end && !is_kind(tail->bytes + next))
        return IS_SOUND;
    return IS_OPEN;
}

/* Goes on over what is sound; at the end, drops the tail. */
static void sift(struct se_wav_tail *tail)
{
    int64_t at = tail->sure + ((tail->sure + tail->is_moved) & 1);

    for (; at < tail->end; at += 2) {
        int is_short = at + 4 > tail->end;
        enum verdict verdict = IS_SOUND;

        if (is_short && !tail->is_all)
            verdict = IS_OPEN;
        else if (!is_short && is_kind(tail->bytes + at))
            verdict = judge(tail, at);
        if (verdict == IS_SOUND)
            continue;
        if (verdict == IS_TAIL)
            tail->end = at;
        break;
    }
    tail->sure = at < tail->end ? at : tail->end;
}

/* Room for n more bytes behind those that are there. */
static int make_room(struct se_wav_tail *tail, int64_t n)
{
    int64_t capacity = 2 * (tail->end - tail->first + n);
    uint8_t *bytes;

    if (tail->end + n <= tail->capacity)
        return 0;
    if (tail->first > 0) {
        memmove(tail->bytes, tail->bytes + tail->first,
                (size_t)(tail->end - tail->first));
        tail->is_moved ^= tail->first & 1;
        tail->end -= tail->first;
        tail->sure -= tail->first;
        tail->first = 0;
    }
    if (capacity <= tail->capacity)
        return 0;
    bytes = realloc(tail->bytes, (size_t)capacity);
    if (!bytes) {
        errno = ENOMEM;
        return -1;
    }
    tail->bytes = bytes;
    tail->capacity = capacity;
    return 0;
}

int se_wav_tail_begin(struct se_wav_tail *tail, const uint8_t *bytes, int64_t n)
{
    if (n == 0)
        return 0;
    if (make_room(tail, n) != 0)
        return -1;
    memcpy(tail->bytes + tail->end, bytes, (size_t)n);
    tail->end += n;
    return 0;
}

static int64_t give(struct se_wav_tail *tail, uint8_t *bytes, int64_t n)
{
    n = n < tail->sure - tail->first ? n : tail->sure - tail->first;
    if (n > 0)
        memcpy(bytes, tail->bytes + tail->first, (size_t)n);
    tail->first += n;
    return n;
}

int64_t se_wav_tail_read(struct se_wav_tail *tail, int fd, uint8_t *bytes,
                         int64_t n)
{
    int64_t done = give(tail, bytes, n);

    while (done < n && !tail->is_all) {
        int64_t want = n - done, got;

        if (make_room(tail, want) != 0)
            return -1;
        got = se_read_fully(fd, tail->bytes + tail->end, (size_t)want);
        if (got < 0)
            return -1;
        tail->end += got;
        tail->is_all = got < want;
        sift(tail);
        done += give(tail, bytes + done, n - done);
    }
    return done;
}

int64_t se_wav_tail_size(int fd, int64_t start, int64_t end, int is_big_endian)
{
    struct se_wav_tail tail = {.is_big_endian = is_big_endian, .is_all = 1};
    int64_t n = end - start, got;

    /* All that could be one, from a place as even as the start. */
    if (n > SE_WAV_TAIL_MAX)
        n = SE_WAV_TAIL_MAX + (n & 1);
    if (make_room(&tail, n) != 0)
        return -1;
    if (lseek(fd, end - n, SEEK_SET) < 0 ||
        (got = se_read_fully(fd, tail.bytes, (size_t)n)) < 0) {
        se_wav_tail_free(&tail);
        return -1;
    }
    tail.end = got;
    sift(&tail);
    got -= tail.end;
    se_wav_tail_free(&tail);
    return got;
}

void se_wav_tail_free(struct se_wav_tail *tail)
{
    free(tail->bytes);
    *tail = (struct se_wav_tail){0};
}
