/* links.c - walks over the pages of Ogg files (RFC 3533) and the frames of MPEG
 * audio (ISO 11172-3, 13818-3). */
#include "audio/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file seen through a window, so that steps from header to header do not cost
 * a system call each. */
struct view {
    int fd, error;          /* the latter: errno of a failed read */
    int64_t size, start, n; /* of the file, and of what is in `bytes` */
    uint8_t bytes[1 << 16];
};

/* The n bytes at `at`, n <= 4096, until the next look; NULL beyond the end. */
static const uint8_t *look(struct view *view, int64_t at, int64_t n)
{
    if (at < 0 || at + n > view->size)
        return NULL;
    if (at < view->start || at + n > view->start + view->n) {
        ssize_t got;

        do
            got = pread(view->fd, view->bytes, sizeof view->bytes, at);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            view->error = errno;
        view->start = at;
        view->n = got > 0 ? got : 0;
        if (n > view->n)
            return NULL;
    }
    return view->bytes + (at - view->start);
}

/* Room for one more behind `n` items of an array that is made larger whenever
 * n is a power of two. */
static int grow(void **items, int n, size_t item_bytes, const char *name,
                struct se_report *report)
{
    void *larger;

    if ((n & (n - 1)) != 0)
        return SE_OK;
    larger = realloc(*items, (2 * (size_t)n + 2) * item_bytes);
    if (!larger)
        return se_fail_memory(report, name);
    *items = larger;
    return SE_OK;
}

/* The next piece begins a link; the one behind the last ends it. */
static int add_link(struct se_links *links, const char *name,
                    struct se_report *report)
{
    void *firsts = links->firsts;
    int status = grow(&firsts, links->n, sizeof *links->firsts, name, report);

    links->firsts = firsts;
    if (status == SE_OK)
        links->firsts[links->n++] = links->n_pieces;
    return status;
}

/* Adds the bytes from start to end to the last link. */
static int add_piece(struct se_links *links, int64_t start, int64_t end,
                     const char *name, struct se_report *report)
{
    int is_first = links->n_pieces == links->firsts[links->n - 1];
    void *pieces = links->pieces;
    int status;

    if (!is_first && links->pieces[links->n_pieces - 1].end == start) {
        links->pieces[links->n_pieces - 1].end = end;
        return SE_OK;
    }
    status =
        grow(&pieces, links->n_pieces, sizeof *links->pieces, name, report);
    links->pieces = pieces;
    if (status == SE_OK)
        links->pieces[links->n_pieces++] = (struct se_piece){start, end};
    return status;
}

/* ---- Ogg ----------------------------------------------------------------- */

enum { PAGE_HEADER = 27, FIRST_PAGE = 2, LAST_PAGE = 4 };

/* The size of the page at `at`, 0 if there is no whole one. */
static int64_t page_size(struct view *view, int64_t at)
{
    const uint8_t *head = look(view, at, PAGE_HEADER);
    int64_t size;

    if (!head || memcmp(head, "OggS", 4) != 0)
        return 0;

    int n_segments = head[26];
    const uint8_t *lengths = look(view, at + PAGE_HEADER, n_segments);

    if (!lengths)
        return 0;
    size = PAGE_HEADER + n_segments;
    for (int i = 0; i < n_segments; i++)
        size += lengths[i];
    return at + size <= view->size ? size : 0;
}

/* FLAC in Ogg (xiph.org/flac/ogg_mapping.html): behind these bytes, of which
 * two number the headers, a FLAC file begins, and all bodies of its stream's
 * pages together are that file. */
static const uint8_t flac_mark[] = {0x7f, 'F', 'L', 'A', 'C', 1, 0};
enum { FLAC_MAPPING = 9, SERIAL_AT = 14 };

/* Where the pages of a link are its own, or those of one stream's FLAC. */
struct ogg_walk {
    int is_flac;
    uint8_t serial[4];
};

/* Takes the page at `at` into account. */
static int take_page(struct se_links *links, struct ogg_walk *walk,
                     struct view *view, const struct se_piece *page,
                     const char *name, struct se_report *report)
{
    const uint8_t *head = look(view, page->start, PAGE_HEADER);
    int64_t body = page->start + PAGE_HEADER + (head ? head[26] : 0);
    uint8_t serial[4] = {0};
    int is_first = head && (head[5] & FIRST_PAGE);

    if (head)
        memcpy(serial, head + SERIAL_AT, sizeof serial);
    head = body + FLAC_MAPPING <= page->end ? look(view, body, FLAC_MAPPING)
                                            : NULL;
    if (is_first && !walk->is_flac && head &&
        memcmp(head, flac_mark, sizeof flac_mark) == 0) {
        walk->is_flac = 1;
        memcpy(walk->serial, serial, sizeof serial);
        links->n_pieces = links->firsts[links->n - 1];
        body += FLAC_MAPPING;
    }
    if (!walk->is_flac)
        return add_piece(links, page->start, page->end, name, report);
    if (memcmp(serial, walk->serial, sizeof serial) != 0)
        return SE_OK;
    return add_piece(links, body, page->end, name, report);
}

/* The pages of several streams may lie side by side, whose first pages all come
 * first: a link begins with a first page that follows another page. */
static int find_ogg(struct se_links *links, struct view *view, const char *name,
                    struct se_report *report)
{
    struct ogg_walk walk = {0};
    int was_first = 1, status = SE_OK;

    links->is_cut = 1;
    for (int64_t at = 0; at < view->size && !view->error && status == SE_OK;) {
        int64_t size = page_size(view, at);

        if (size == 0) {
            at++; /* a damaged place, or the end */
            links->n_waste++;
            continue;
        }

        const uint8_t *head = look(view, at, PAGE_HEADER);
        int flags = head ? head[5] : 0;
        int is_first = (flags & FIRST_PAGE) != 0;
        const struct se_piece page = {at, at + size};

        if (is_first && !was_first) {
            walk.is_flac = 0;
            status = add_link(links, name, report);
        }
        if (status == SE_OK)
            status = take_page(links, &walk, view, &page, name, report);
        links->is_cut = !(flags & LAST_PAGE);
        was_first = is_first;
        at += size;
    }
    return status;
}

/* ---- MPEG audio ---------------------------------------------------------- */

struct frame {
    int layer, rate_hz, channels, is_mpeg1;
    int64_t size; /* bytes; 0: no frame */
};

/* Bits a second in thousands, by MPEG 1 or 2, layer I, II, III. */
static const short bitrates[2][3][16] = {
    {{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0},
     {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
     {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}},
    {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0},
     {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},
     {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}},
};

static struct frame frame_at(struct view *view, int64_t at)
{
    static const int rates[] = {44100, 48000, 32000, 0};
    const uint8_t *head = look(view, at, 4);
    struct frame frame = {0};

    if (!head || head[0] != 0xff || (head[1] & 0xe0) != 0xe0)
        return frame;

    int version = head[1] >> 3 & 3; /* 0: MPEG 2.5, 2: 2, 3: 1 */
    int layer = 4 - (head[1] >> 1 & 3);
    int rate = rates[head[2] >> 2 & 3];

    if (version == 1 || layer == 4 || rate == 0)
        return frame;
    frame.is_mpeg1 = version == 3;

    int kbits = bitrates[frame.is_mpeg1][layer - 1][head[2] >> 4];
    int padding = head[2] >> 1 & 1;

    frame.layer = layer;
    frame.channels = head[3] >> 6 == 3 ? 1 : 2;
    frame.rate_hz = rate >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    if (layer == 1)
        frame.size = (12000 * kbits / frame.rate_hz + padding) * 4;
    else
        frame.size = (layer == 3 && !frame.is_mpeg1 ? 72000 : 144000) * kbits /
                         frame.rate_hz +
                     padding;
    if (kbits == 0)
        frame.size = 0;
    return frame;
}

static int same_kind(const struct frame *a, const struct frame *b)
{
    return a->layer == b->layer && a->is_mpeg1 == b->is_mpeg1 &&
           a->rate_hz == b->rate_hz && a->channels == b->channels;
}

static int64_t big_endian(const uint8_t bytes[4])
{
    return (int64_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* Frames behind a frame that holds their number instead of sound; -1: it is
 * none such, -2: it does not say. */
static int64_t frames_promised(struct view *view, int64_t at,
                               const struct frame *frame)
{
    int side = frame->is_mpeg1 ? (frame->channels == 1 ? 17 : 32)
                               : (frame->channels == 1 ? 9 : 17);
    const uint8_t *tag = look(view, at + 36, 18);

    if (frame->layer != 3)
        return -1;
    if (tag && memcmp(tag, "VBRI", 4) == 0)
        return big_endian(tag + 14);
    tag = look(view, at + 4 + side, 12);
    if (!tag || (memcmp(tag, "Xing", 4) != 0 && memcmp(tag, "Info", 4) != 0))
        return -1;
    if (!(tag[7] & 1))
        return -2;
    return big_endian(tag + 8);
}

/* The size of a tag that players know and that is no sound; 0: none. */
static int64_t tag_size(struct view *view, int64_t at)
{
    const uint8_t *tag = look(view, at, 10);

    if (tag && memcmp(tag, "ID3", 3) == 0)
        return 10 + (tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]);
    return 0;
}

/* Whether a tag of the other kinds begins here, which stand at the end, their
 * sizes in their own ends: ID3v1, APE, Lyrics3. */
static int is_end_tag(struct view *view, int64_t at)
{
    static const char *const marks[] = {"TAG", "APETAGEX", "LYRICSBEGIN"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        const uint8_t *bytes = look(view, at, (int64_t)n);

        if (bytes && memcmp(bytes, marks[i], n) == 0)
            return 1;
    }
    return 0;
}

/* A walk over the frames. */
struct walk {
    struct frame kind; /* of the first one */
    int64_t left;      /* frames until the end of the link; -1: not known */
    int64_t n_frames;
    int64_t next;   /* where the last one ended */
    int is_end_tag; /* what follows there is one */
};

static int change_of_kind(const struct walk *walk, const struct frame *frame,
                          int64_t at, const char *name,
                          struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: byte %lld: %d Hz and %d channels follow on %d Hz and "
                   "%d: expected one sound",
                   name, (long long)at, frame->rate_hz, frame->channels,
                   walk->kind.rate_hz, walk->kind.channels);
}

/* A frame that is followed by another, a tag or the end. */
static int is_certain(struct view *view, int64_t at, const struct frame *frame)
{
    int64_t next = at + frame->size;
    struct frame follower = frame_at(view, next);

    return next == view->size || tag_size(view, next) > 0 ||
           is_end_tag(view, next) ||
           (follower.size > 0 && same_kind(frame, &follower));
}

/* Takes one frame into account. */
static int step(struct se_links *links, struct walk *walk, struct view *view,
                int64_t at, const struct frame *frame, const char *name,
                struct se_report *report)
{
    int64_t promised = frames_promised(view, at, frame);
    int status = SE_OK;

    if (walk->n_frames++ == 0)
        walk->kind = *frame;
    else if (!same_kind(&walk->kind, frame))
        return change_of_kind(walk, frame, at, name, report);
    if (walk->n_frames > 1 && (promised != -1 || walk->left == 0)) {
        status = add_link(links, name, report);
        links->n_missing += walk->left > 0 ? walk->left : 0;
        walk->left = -1;
    }
    if (promised != -1)
        walk->left = promised;
    else if (walk->left > 0)
        walk->left--;
    if (status == SE_OK)
        status = add_piece(links, at, at + frame->size, name, report);
    return status;
}

/* A byte that is in no frame. */
static void count_waste(struct se_links *links, struct walk *walk,
                        struct view *view, int64_t at)
{
    const uint8_t *byte;

    if (at == walk->next)
        walk->is_end_tag = is_end_tag(view, at);
    byte = look(view, at, 1);
    /* Files are filled up with zeros. */
    links->n_waste += !walk->is_end_tag && byte && *byte != 0;
}

/* A frame that only looks like one leads astray: one that does not follow on
 * another has to be certain. */
static int is_frame(struct view *view, const struct walk *walk, int64_t at,
                    const struct frame *frame)
{
    if (frame->size == 0)
        return 0;
    if (walk->n_frames > 0 && at == walk->next && same_kind(&walk->kind, frame))
        return 1;
    return is_certain(view, at, frame);
}

static int find_mpeg(struct se_links *links, struct view *view,
                     const char *name, struct se_report *report)
{
    struct walk walk = {.left = -1};
    int64_t at = tag_size(view, 0);
    int status = SE_OK;

    /* The first tag is for whoever copies tags. */
    if (at > 0 && at <= view->size)
        status = add_piece(links, 0, at, name, report);
    walk.next = at;
    while (at < view->size && !view->error && status == SE_OK) {
        struct frame frame = frame_at(view, at);
        int64_t tag = tag_size(view, at);

        if (tag > 0) {
            at += tag;
            walk.next = at;
        } else if (!is_frame(view, &walk, at, &frame)) {
            count_waste(links, &walk, view, at++);
        } else {
            /* One that is cut short is missing, not there. */
            links->is_cut = at + frame.size > view->size;
            if (links->is_cut)
                break;
            status = step(links, &walk, view, at, &frame, name, report);
            at += frame.size;
            walk.next = at;
        }
    }
    links->n_missing += walk.left > 0 ? walk.left : 0;
    return status;
}

/* ---- files --------------------------------------------------------------- */

static enum se_links_kind kind_of(struct view *view)
{
    enum { SEARCHED = 4096 }; /* behind a tag, whose size may be wrong */
    const uint8_t *head = look(view, 0, 4);
    int64_t start = tag_size(view, 0);

    if (head && memcmp(head, "OggS", 4) == 0)
        return SE_LINKS_OGG;
    head = look(view, start, 4);
    if (head && memcmp(head, "fLaC", 4) == 0)
        return SE_LINKS_NONE;
    for (int64_t i = start; i < start + (start ? SEARCHED : 1); i++) {
        struct frame frame = frame_at(view, i);

        if (frame.size > 0 && is_certain(view, i, &frame))
            return SE_LINKS_MPEG;
    }
    return SE_LINKS_NONE;
}

int se_links_find(struct se_links *links, int fd, const char *name,
                  struct se_report *report)
{
    struct view *view = calloc(1, sizeof *view);
    struct stat info;
    int status;

    *links = (struct se_links){0};
    if (!view)
        return se_fail_memory(report, name);
    view->fd = fd;
    if (fstat(fd, &info) == 0)
        view->size = info.st_size;
    links->kind = kind_of(view);
    status = add_link(links, name, report);
    if (status == SE_OK && links->kind == SE_LINKS_OGG)
        status = find_ogg(links, view, name, report);
    else if (status == SE_OK && links->kind == SE_LINKS_MPEG)
        status = find_mpeg(links, view, name, report);
    if (status == SE_OK) {
        status = add_link(links, name, report);
        links->n -= status == SE_OK;
    }
    if (status == SE_OK && view->error) {
        errno = view->error;
        status = se_fail_errno(report, name, "cannot read");
    }
    free(view);
    if (status != SE_OK)
        se_links_free(links);
    return status;
}

void se_links_free(struct se_links *links)
{
    free(links->pieces);
    free(links->firsts);
    *links = (struct se_links){0};
}
