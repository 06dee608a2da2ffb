/* promise.c - the chunks of AIFF, Wave64 and CAF files, AU's header, and the
 * blocks of VOC. */
#include "container/promise.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_CHUNKS = 1000,
    SOX_BYTES = 0x7f000000, /* so many, in whole frames, does SoX promise that
                               writes AIFF into a pipe */
    MAX_FRAME_BYTES = 1 << 10
};

/* How a container's chunks are written. */
struct container {
    char magic[5];
    int first;          /* where its first chunk stands */
    int n_name, n_size; /* bytes of a chunk's name and size */
    int is_little, counts_itself, align;
    char data[5]; /* how the name of the samples' chunk begins */
    int n_ahead;  /* bytes before the samples in it */
};

static const struct container containers[] = {
    {"FORM", 12, 4, 4, 0, 0, 2, "SSND", 8},
    {"riff", 40, 16, 8, 1, 1, 8, "data", 0},
    {"caff", 8, 4, 8, 0, 0, 1, "data", 4},
};
enum { N_CONTAINERS = sizeof containers / sizeof *containers };

/* 1 if all n bytes are there, 0 if not, -1 with errno. */
static int get(int fd, int64_t at, uint8_t *bytes, int n)
{
    ssize_t got;

    do
        got = pread(fd, bytes, (size_t)n, at);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -1 : got == n;
}

/* More than an int64_t holds is -1, as writers have it that do not know. */
static int64_t number(const uint8_t *bytes, int n, int is_little)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[is_little ? n - 1 - i : i];
    return value > INT64_MAX ? -1 : (int64_t)value;
}

static int is_unknown(int64_t n, const struct container *container)
{
    int64_t most = container->n_size == 4 ? UINT32_MAX : INT64_MAX;
    int is_by_sox = container->n_size == 4 && n <= SOX_BYTES &&
                    n > SOX_BYTES - MAX_FRAME_BYTES;

    return n <= 0 || n > most - (1 << 16) || is_by_sox;
}

/* What a chunk of samples promises, whose body has `size` bytes by its header.
 * AIFF's begins with how many of them stand before the samples. */
static int promise_chunk(struct se_promise *promise,
                         const struct container *container, int fd, int64_t at,
                         int64_t size)
{
    int64_t n = size - container->n_ahead;
    uint8_t offset[4];
    int is_there = 1;

    promise->start =
        at + container->n_name + container->n_size + container->n_ahead;
    promise->size_at = container->magic[0] == 'c' ? at + container->n_name : 0;
    promise->n_bytes = is_unknown(n, container) ? -1 : n;
    if (container->magic[0] != 'F')
        return 1;
    is_there = get(fd, promise->start - 8, offset, sizeof offset);
    if (is_there > 0) {
        int64_t n_before = number(offset, sizeof offset, 0);

        promise->start += n_before;
        if (promise->n_bytes >= n_before)
            promise->n_bytes -= n_before;
    }
    return is_there;
}

/* The number of frames in AIFF's chunk "COMM". */
static int take_common(struct se_promise *promise, int fd, int64_t at)
{
    uint8_t count[4];
    int is_there = get(fd, at + 10, count, sizeof count);

    if (is_there > 0)
        promise->n_frames = number(count, sizeof count, 0);
    return is_there;
}

/* The coding in Wave64's chunk "fmt ", where that is WAVE_FORMAT_EXTENSIBLE:
 * its readers may take any such file for PCM. */
static int take_coding(struct se_promise *promise, int fd, int64_t at)
{
    enum { TAG = 24, SUBFORMAT = 48, PCM = 1 };
    uint8_t tag[2], coding[2];
    int is_there = get(fd, at + TAG, tag, sizeof tag);

    if (is_there <= 0 || tag[0] != 0xfe || tag[1] != 0xff)
        return is_there;
    is_there = get(fd, at + SUBFORMAT, coding, sizeof coding);
    if (is_there > 0 && number(coding, sizeof coding, 1) != PCM) {
        promise->coding_at = at + TAG;
        memcpy(promise->coding, coding, sizeof coding);
    }
    return is_there;
}

static int64_t next_chunk(int64_t end, const struct container *container)
{
    return end + (container->align - end % container->align) % container->align;
}

/* Their names are ASCII, in Wave64 the first four bytes. */
static int is_name(const uint8_t *name)
{
    for (int i = 0; i < 4; i++)
        if (name[i] < ' ' || name[i] > '~')
            return 0;
    return 1;
}

/* Whether whole chunks, or none, stand from `at` to the end: 1, 0, or -1 with
 * errno. The last pad byte may be missing, or stand alone. */
static int only_chunks(const struct container *container, int fd, int64_t at,
                       int64_t size)
{
    int n_head = container->n_name + container->n_size;
    uint8_t head[24];

    for (int i = 0; i < MAX_CHUNKS && at + 1 < size; i++) {
        int is_there = get(fd, at, head, n_head);
        int64_t n = number(head + container->n_name, container->n_size,
                           container->is_little);

        if (is_there <= 0)
            return is_there;
        if (container->counts_itself)
            n -= n_head;
        if (!is_name(head) || n < 0 || n > size - at - n_head)
            return 0;
        at = next_chunk(at + n_head + n, container);
    }
    return 1;
}

/* Looks at what follows the samples. */
static int look_behind(struct se_promise *promise,
                       const struct container *container, int fd, int64_t size)
{
    int are_chunks = 1;

    promise->is_cut = promise->start > size;
    if (promise->is_cut)
        return 0;
    if (promise->n_bytes >= 0 && promise->n_bytes < size - promise->start) {
        int64_t end = promise->start + promise->n_bytes;

        are_chunks =
            only_chunks(container, fd, next_chunk(end, container), size);
        if (are_chunks == 0)
            are_chunks = only_chunks(container, fd, end, size);
    }
    promise->has_waste = are_chunks == 0;
    return are_chunks < 0 ? -1 : 1;
}

static int find_chunk(struct se_promise *promise,
                      const struct container *container, int fd, int64_t size)
{
    int64_t at = container->first;
    int n_head = container->n_name + container->n_size;
    uint8_t head[24];

    for (int i = 0; i < MAX_CHUNKS && at < size; i++) {
        int is_there = get(fd, at, head, n_head);

        promise->is_cut = is_there == 0;
        if (is_there <= 0)
            return is_there;

        int64_t n = number(head + container->n_name, container->n_size,
                           container->is_little);

        if (container->counts_itself && n >= 0)
            n -= n_head;
        if (memcmp(head, container->data, 4) == 0) {
            is_there = promise_chunk(promise, container, fd, at, n);
            promise->is_cut = is_there == 0;
            return is_there > 0 ? look_behind(promise, container, fd, size)
                                : is_there;
        }
        promise->is_cut = n > size - at - n_head;
        if (n < 0 || promise->is_cut)
            return 0;
        if (memcmp(head, "COMM", 4) == 0)
            is_there = take_common(promise, fd, at);
        else if (container->is_little && memcmp(head, "fmt ", 4) == 0)
            is_there = take_coding(promise, fd, at);
        if (is_there < 0)
            return -1;
        at = next_chunk(at + n_head + n, container);
    }
    promise->is_cut = at >= size;
    return 0;
}

/* ".snd" or, the other way round, "dns.": place and size of the samples, behind
 * which nothing follows. */
static int find_au(struct se_promise *promise, const uint8_t head[12],
                   int64_t size)
{
    int is_little = head[0] == 'd';
    int64_t n = number(head + 8, 4, is_little);

    promise->start = number(head + 4, 4, is_little);
    promise->n_bytes = n == 0 || n == UINT32_MAX ? -1 : n;
    promise->unknown_at = 8;
    promise->has_waste =
        promise->n_bytes >= 0 && promise->start + promise->n_bytes < size;
    promise->is_cut = promise->start > size;
    return !promise->is_cut;
}

/* ---- VOC ----------------------------------------------------------------- */

/* A block begins with its type, then three bytes say how long it is; type 0
 * ends the file. */
enum { VOC_HEAD = 4, VOC_SOUND = 1, VOC_TYPED_SOUND = 9 };

struct voc_block {
    int type;        /* 0: none, or none that is known */
    int64_t at, end; /* its head; where the next one begins */
};

/* 0, or -1 with errno. */
static int take_block(struct voc_block *block, int fd, int64_t at)
{
    uint8_t head[VOC_HEAD];
    int is_there = get(fd, at, head, sizeof head);

    *block = (struct voc_block){.at = at};
    if (is_there <= 0 || head[0] > VOC_TYPED_SOUND)
        return is_there < 0 ? -1 : 0;
    block->type = head[0];
    block->end = at + VOC_HEAD + number(head + 1, VOC_HEAD - 1, 1);
    return 0;
}

/* Whether blocks follow at `at`: 1, 0, or -1 with errno. Where SoX and
 * libsndfile have given a wrong size to the only one, samples do. */
static int has_blocks(int fd, int64_t at, int64_t size)
{
    enum { ENOUGH = 4 };
    struct voc_block block;

    for (int i = 0; i < ENOUGH; i++, at = block.end) {
        if (take_block(&block, fd, at) < 0)
            return -1;
        if (block.type == 0)
            return i > 0 && at + 1 >= size;
        if (block.end > size)
            return 0;
    }
    return 1;
}

/* The first block of sound, behind which nothing but a zero should be. */
static int find_voc(struct se_promise *promise, int fd, int64_t size)
{
    uint8_t bytes[2], end = 0;
    int is_there = get(fd, 20, bytes, sizeof bytes);
    struct voc_block block = {.end = is_there > 0 ? number(bytes, 2, 1) : size};

    for (int i = 0; i < MAX_CHUNKS && is_there >= 0; i++) {
        is_there = take_block(&block, fd, block.end);
        if (block.type == 0 || block.type == VOC_SOUND ||
            block.type == VOC_TYPED_SOUND)
            break;
    }
    promise->start = block.at + VOC_HEAD + (block.type == VOC_SOUND ? 2 : 12);
    promise->is_cut = promise->start > size;
    if (block.type == 0 || promise->is_cut || is_there < 0)
        return is_there < 0 ? -1 : 0;
    is_there = get(fd, block.end, &end, 1);
    promise->n_bytes = end == 0 ? block.end - promise->start : -1;
    promise->is_split = has_blocks(fd, block.end, size);
    promise->has_waste = end == 0 && block.end + 1 < size;
    return is_there < 0 || promise->is_split < 0 ? -1 : 1;
}

/* ---- any of them --------------------------------------------------------- */

int se_promise_find(struct se_promise *promise, int fd, int64_t size)
{
    uint8_t head[12];
    int is_there = get(fd, 0, head, sizeof head);

    *promise = (struct se_promise){.n_bytes = -1, .n_frames = -1};
    if (is_there <= 0)
        return is_there;
    if (memcmp(head, ".snd", 4) == 0 || memcmp(head, "dns.", 4) == 0)
        return find_au(promise, head, size);
    if (memcmp(head, "Creative Voi", sizeof head) == 0)
        return find_voc(promise, fd, size);
    for (int i = 0; i < N_CONTAINERS; i++)
        if (memcmp(head, containers[i].magic, 4) == 0)
            return find_chunk(promise, &containers[i], fd, size);
    return 0;
}

int se_promise_is_magic(const uint8_t magic[4])
{
    static const char magics[][5] = {"FORM", "riff", "caff", ".snd", "RIFF",
                                     "RIFX", "RF64", "fLaC", "OggS", "Crea"};

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (memcmp(magic, magics[i], 4) == 0)
            return 1;
    return 0;
}

int se_promise_other(int fd, int64_t at)
{
    uint8_t magic[4];
    int is_there = get(fd, at, magic, sizeof magic);

    return is_there > 0 ? se_promise_is_magic(magic) : is_there;
}
