/* links_ogg.c - walks over the pages of Ogg files (RFC 3533). */
#include "container/links_private.h"

#include "container/ogg_page.h"

#include <string.h>

enum { FIRST_PAGE = 2, LAST_PAGE = 4 };

/* A page's header, as far as it matters. */
struct page {
    struct se_piece bytes;
    int64_t body; /* where it starts */
    uint32_t serial, sequence;
    int is_first, is_last;
    int is_whole; /* its CRC is right */
};

static uint32_t little_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | bytes[2] << 16 | bytes[1] << 8 | bytes[0];
}

/* Whether the CRC of a page is that of its bytes. */
static int is_whole(struct se_links_view *view, struct se_piece page,
                    uint32_t wanted)
{
    uint32_t crc = 0;

    for (int64_t at = page.start, n; at < page.end; at += n) {
        n = page.end - at < SE_LINKS_LOOK ? page.end - at : SE_LINKS_LOOK;

        const uint8_t *bytes = se_links_look(view, at, n);

        if (!bytes)
            return 0;
        crc = se_ogg_crc(crc, bytes, n, at - page.start);
    }
    return crc == wanted;
}

static int is_page_begun(struct se_links_view *view, int64_t at)
{
    const uint8_t *head = se_links_look(view, at, 4);

    return head && memcmp(head, "OggS", 4) == 0;
}

/* Whether there is a page at `at`. */
static int find_page(struct page *page, struct se_links_view *view, int64_t at)
{
    const uint8_t *head = se_links_look(view, at, SE_OGG_HEADER);

    if (!head || !is_page_begun(view, at))
        return 0;

    int n_segments = head[26];
    uint32_t crc = little_endian(head + SE_OGG_CRC_AT);

    *page = (struct page){.bytes.start = at,
                          .body = at + SE_OGG_HEADER + n_segments,
                          .serial = little_endian(head + 14),
                          .sequence = little_endian(head + 18),
                          .is_first = (head[5] & FIRST_PAGE) != 0,
                          .is_last = (head[5] & LAST_PAGE) != 0};
    /* Where no packet ends, no sound does. */
    if (little_endian(head + 6) == UINT32_MAX &&
        little_endian(head + 10) == UINT32_MAX)
        page->is_last = 0;
    head = se_links_look(view, at + SE_OGG_HEADER, n_segments);
    if (!head)
        return 0;
    page->bytes.end = page->body;
    for (int i = 0; i < n_segments; i++)
        page->bytes.end += head[i];
    if (page->bytes.end > view->size)
        return 0;
    page->is_whole = is_whole(view, page->bytes, crc);
    return 1;
}

/* What a sound's first page holds. FLAC in Ogg
 * (xiph.org/flac/ogg_mapping.html): behind FLAC_MAPPING bytes a FLAC file
 * begins, and all bodies of its stream's pages together are that file. */
static const struct {
    const char *mark;
    int n, is_flac;
} sounds[] = {
    {"\x7f"
     "FLAC\1\0",
     7, 1},
    {"\1vorbis", 7, 0},
    {"OpusHead", 8, 0},
};
enum { N_SOUNDS = sizeof sounds / sizeof *sounds, FLAC_MAPPING = 9 };

/* Which of them; -1: none. */
static int sound_in(struct se_links_view *view, const struct page *page)
{
    const uint8_t *body = se_links_look(view, page->body, FLAC_MAPPING);

    for (int i = 0; i < N_SOUNDS; i++)
        if (page->is_first && body &&
            memcmp(body, sounds[i].mark, (size_t)sounds[i].n) == 0)
            return i;
    return -1;
}

/* A link's pages are those of its first sound; of all streams if it has none
 * that is known. */
struct walk {
    int has_sound, is_flac;
    uint32_t serial, next_sequence;
    int was_first; /* the page before was a first one */
    int64_t next;  /* where that ended */
};

/* Pages of the sound that are not there, or that a decoder will not have. */
static void count_lost(struct se_links *links, struct walk *walk,
                       const struct page *page)
{
    if (page->sequence > walk->next_sequence)
        links->n_lost += page->sequence - walk->next_sequence;
    links->n_lost += page->sequence < walk->next_sequence || !page->is_whole;
    walk->next_sequence = page->sequence + 1;
}

/* Takes a page into account. */
static int take_page(struct se_links *links, struct walk *walk,
                     struct se_links_view *view, const struct page *page,
                     struct se_report *report)
{
    int sound = sound_in(view, page);
    struct se_piece piece = page->bytes;

    if (sound >= 0 && walk->has_sound)
        links->n_beside++;
    if (sound >= 0 && !walk->has_sound) {
        walk->has_sound = 1;
        walk->is_flac = sounds[sound].is_flac;
        walk->serial = page->serial;
        walk->next_sequence = page->sequence;
        links->n_pieces = links->firsts[links->n - 1];
    }
    if (walk->has_sound && page->serial != walk->serial)
        return SE_OK;
    if (walk->has_sound)
        count_lost(links, walk, page);
    if (walk->is_flac)
        piece.start = page->body + (sound >= 0 ? FLAC_MAPPING : 0);
    links->is_cut = !page->is_last;
    return se_links_add_piece(links, piece, view, report);
}

/* The pages of several streams may lie side by side, whose first pages all come
 * first: a link begins with a first page that follows another page. */
int se_links_find_ogg(struct se_links *links, struct se_links_view *view,
                      struct se_report *report)
{
    int64_t at = links->start;
    struct walk walk = {.was_first = 1, .next = at};
    int status = SE_OK;

    links->is_cut = 1;
    while (at < view->size && !view->error && status == SE_OK) {
        struct page page;

        if (!find_page(&page, view, at)) {
            /* A damaged place, or the end, which may be that of a page. */
            se_links_waste(links, view, at,
                           at == walk.next && !is_page_begun(view, at));
            at++;
            continue;
        }
        if (page.is_first && !walk.was_first) {
            walk.has_sound = walk.is_flac = 0;
            status = se_links_add(links, view, report);
        }
        if (status == SE_OK)
            status = take_page(links, &walk, view, &page, report);
        walk.was_first = page.is_first;
        walk.next = at = page.bytes.end;
    }
    return status;
}
