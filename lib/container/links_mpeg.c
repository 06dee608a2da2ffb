/* links_mpeg.c - walks over the frames of MPEG audio (ISO 11172-3, 13818-3). */
#include "container/links_private.h"

#include <string.h>

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

static struct frame frame_at(struct se_links_view *view, int64_t at)
{
    static const int rates[] = {44100, 48000, 32000, 0};
    const uint8_t *head = se_links_look(view, at, 4);
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

enum { NO_PROMISE = -1, NOT_SAID = -2 };

static int64_t n_or_not_said(const uint8_t bytes[4])
{
    int64_t n =
        (int64_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];

    return n > 0 ? n : NOT_SAID;
}

/* Frames behind a frame that holds their number instead of sound, or one of
 * these. */
static int64_t frames_promised(struct se_links_view *view, int64_t at,
                               const struct frame *frame)
{
    int side = frame->is_mpeg1 ? (frame->channels == 1 ? 17 : 32)
                               : (frame->channels == 1 ? 9 : 17);
    const uint8_t *tag = se_links_look(view, at + 36, 18);

    if (frame->layer != 3)
        return NO_PROMISE;
    if (tag && memcmp(tag, "VBRI", 4) == 0)
        return n_or_not_said(tag + 14);
    tag = se_links_look(view, at + 4 + side, 12);
    if (!tag || (memcmp(tag, "Xing", 4) != 0 && memcmp(tag, "Info", 4) != 0))
        return NO_PROMISE;
    return tag[7] & 1 ? n_or_not_said(tag + 8) : NOT_SAID;
}

/* Whether a tag of the other kinds begins here, which stand at the end, their
 * sizes in their own ends: ID3v1, APE, Lyrics3. */
static int is_end_tag(struct se_links_view *view, int64_t at)
{
    static const char *const marks[] = {"TAG", "APETAGEX", "LYRICSBEGIN"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        const uint8_t *bytes = se_links_look(view, at, (int64_t)n);

        if (bytes && memcmp(bytes, marks[i], n) == 0)
            return 1;
    }
    return 0;
}

/* A walk over the frames. */
struct walk {
    struct se_links_view *view;
    struct se_links *links; /* found so far */
    struct frame kind;      /* of the first one */
    int64_t left;           /* frames until the end of the link; -1: unknown */
    int64_t n_frames;
    int64_t next;   /* where the last one ended */
    int is_end_tag; /* what follows there is one */
};

static int change_of_kind(const struct walk *walk, const struct frame *frame,
                          int64_t at, struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: byte %lld: %d Hz and %d channels follow on %d Hz and "
                   "%d: expected one sound",
                   walk->view->name, (long long)at, frame->rate_hz,
                   frame->channels, walk->kind.rate_hz, walk->kind.channels);
}

/* A frame that is followed by another, a tag or the end. */
static int is_certain(struct se_links_view *view, int64_t at,
                      const struct frame *frame)
{
    int64_t next = at + frame->size;
    struct frame follower = frame_at(view, next);

    return next == view->size || se_links_tag_size(view, next) > 0 ||
           is_end_tag(view, next) ||
           (follower.size > 0 && same_kind(frame, &follower));
}

int se_links_is_mpeg(struct se_links_view *view, int64_t at, int n_frames)
{
    for (int i = 0; i < n_frames; i++) {
        struct frame frame = frame_at(view, at);

        if (frame.size == 0 || !is_certain(view, at, &frame))
            return 0;
        at += frame.size;
        if (at >= view->size)
            return i > 0 || n_frames == 1;
    }
    return 1;
}

/* Takes one frame into account. */
static int step(struct walk *walk, int64_t at, const struct frame *frame,
                struct se_report *report)
{
    struct se_links_view *view = walk->view;
    struct se_links *links = walk->links;
    const struct se_piece bytes = {at, at + frame->size};
    int64_t promised = frames_promised(view, at, frame);
    int status = SE_OK;

    if (walk->n_frames++ == 0)
        walk->kind = *frame;
    else if (!same_kind(&walk->kind, frame))
        return change_of_kind(walk, frame, at, report);
    if (walk->n_frames > 1 && (promised != NO_PROMISE || walk->left == 0)) {
        status = se_links_add(links, view, report);
        links->n_missing += walk->left > 0 ? walk->left : 0;
        walk->left = -1;
    }
    if (promised >= 0)
        walk->left = promised;
    else if (walk->left > 0)
        walk->left--;
    /* A decoder takes a number that is not said for one. */
    if (status == SE_OK && promised != NOT_SAID)
        status = se_links_add_piece(links, bytes, view, report);
    return status;
}

/* A byte that is in no frame. */
static void count_waste(struct walk *walk, int64_t at)
{
    struct se_links_view *view = walk->view;
    const uint8_t *byte;

    if (at == walk->next)
        walk->is_end_tag = is_end_tag(view, at);
    byte = se_links_look(view, at, 1);
    /* Files are filled up with zeros. */
    if (!walk->is_end_tag && byte && *byte != 0)
        se_links_waste(walk->links, view, at, at == walk->next);
}

/* A frame that only looks like one leads astray: one that does not follow on
 * another has to be certain. */
static int is_frame(const struct walk *walk, int64_t at,
                    const struct frame *frame)
{
    if (frame->size == 0)
        return 0;
    if (walk->n_frames > 0 && at == walk->next && same_kind(&walk->kind, frame))
        return 1;
    return is_certain(walk->view, at, frame);
}

int se_links_find_mpeg(struct se_links *links, struct se_links_view *view,
                       struct se_report *report)
{
    struct walk walk = {.view = view, .links = links, .left = -1};
    int64_t at = links->start;
    int status = SE_OK;

    /* The first tag is for whoever copies tags, but decoders lose their way
     * behind one with a foot. */
    if (at > 0 && at <= view->size && !se_links_tag_has_foot(view, 0))
        status =
            se_links_add_piece(links, (struct se_piece){0, at}, view, report);
    walk.next = at;
    while (at < view->size && !view->error && status == SE_OK) {
        struct frame frame = frame_at(view, at);
        int64_t tag = se_links_tag_size(view, at);

        if (tag > 0) {
            at += tag;
            walk.next = at;
        } else if (!is_frame(&walk, at, &frame)) {
            count_waste(&walk, at++);
        } else {
            /* One that is cut short is missing, not there. */
            links->is_cut = at + frame.size > view->size;
            if (links->is_cut)
                break;
            status = step(&walk, at, &frame, report);
            at += frame.size;
            walk.next = at;
        }
    }
    links->n_missing += walk.left > 0 ? walk.left : 0;
    return status;
}
