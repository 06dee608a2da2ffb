/* read_links.c - sounds joined in one file, read one after another. */
#include "audio/read_private.h"
#include "container/ogg_page.h"

#include <string.h>

enum {
    MAX_PAGE = 512,
    HEAD_AT = SE_OGG_HEADER + 1,
    RATE_AT = HEAD_AT + 12,
    FAMILY_AT = HEAD_AT + 18
};

/* Reads the page that a stream of Opus begins with, up to the end of its
 * header (RFC 7845, section 5.1). Returns its size; 0: it is another. */
static int64_t read_opus_head(uint8_t page[MAX_PAGE], struct se_window *window)
{
    int64_t size = se_window_read(page, MAX_PAGE, window);

    window->at = 0;
    if (size <= FAMILY_AT || page[SE_OGG_HEADER - 1] != 1 ||
        memcmp(page + HEAD_AT, "OpusHead", 8) != 0)
        return 0;
    return size > HEAD_AT + page[SE_OGG_HEADER] ? HEAD_AT + page[SE_OGG_HEADER]
                                                : size;
}

/* Opus that does not say at what rate its sound once was would be read at the
 * lowest. */
static void give_rate(struct se_window *window, uint8_t *page, int64_t size)
{
    static const uint8_t full[4] = {48000 & 0xff, 48000 >> 8, 0, 0}, none[4];
    uint32_t crc;

    if (memcmp(page + RATE_AT, none, 4) != 0)
        return;
    memcpy(page + RATE_AT, full, 4);
    crc = se_ogg_crc(0, page, size, 0);
    for (int i = 0; i < SE_OGG_CRC; i++)
        page[SE_OGG_CRC_AT + i] = (uint8_t)(crc >> 8 * i);
    window->patch_at = SE_OGG_CRC_AT;
    window->n_patch = RATE_AT + 4 - SE_OGG_CRC_AT;
    memcpy(window->patch, page + SE_OGG_CRC_AT, (size_t)window->n_patch);
}

/* Looks at what libsndfile does not heed of a stream of Opus: family 1 has
 * loudspeakers for its channels, others of more than two have none. */
static void look_at_opus(struct se_sound_reader *reader)
{
    uint8_t page[MAX_PAGE];
    int64_t size = read_opus_head(page, &reader->window);

    if (size == 0)
        return;
    reader->is_discrete = page[FAMILY_AT] != 1;
    give_rate(&reader->window, page, size);
}

/* Opens a link; MPEG with a size that no estimate can come from. */
static int open_link(struct se_sound_reader *reader, int link, SF_INFO *info,
                     struct se_report *report)
{
    const struct se_links *links = &reader->links;

    if (reader->file)
        sf_close(reader->file);
    reader->link = link;
    reader->window = (struct se_window){
        .fd = reader->fd,
        .pieces = links->pieces ? links->pieces + links->firsts[link] : NULL,
        .n_pieces = links->firsts[link + 1] - links->firsts[link],
        .is_endless = links->kind == SE_LINKS_MPEG,
    };
    for (int i = 0; i < reader->window.n_pieces; i++)
        reader->window.size +=
            reader->window.pieces[i].end - reader->window.pieces[i].start;
    *info = (SF_INFO){0};
    if (links->kind == SE_LINKS_OGG && links->n == 1)
        reader->n_flac = se_flac_hide_length(&reader->window, 0);
    if (links->kind == SE_LINKS_OGG && reader->window.n_patch == 0)
        look_at_opus(reader);
    return se_reader_open_window(reader, info, report);
}

int se_reader_open_links(struct se_sound_reader *reader, SF_INFO *info,
                         struct se_report *report)
{
    const struct se_links *links = &reader->links;
    int status;

    if (links->other_at > 0 && !reader->ignores_length)
        return se_reader_refuse_other(reader, links->other_at, report);
    status = open_link(reader, 0, info, report);
    if (status != SE_OK)
        return status;
    if (reader->n_flac > 0)
        info->frames = reader->n_flac;
    if (links->n > 1)
        se_reader_remark(reader, "%d sounds one behind another, read as one",
                         links->n);
    if (links->is_cut)
        se_reader_remark(reader, "its end is missing: read what is there");
    if (links->n_lost > 0)
        se_reader_remark(reader,
                         "Ogg pages are missing or damaged, %lld in all: read "
                         "what is around them",
                         (long long)links->n_lost);
    if (links->n_beside > 0)
        se_reader_remark(reader, "%d sounds side by side: read the first",
                         links->n_beside + 1);
    if (links->n_missing > 1)
        se_reader_remark(
            reader,
            "%lld MPEG frames fewer than its header promises: read "
            "what is there",
            (long long)links->n_missing);
    if (links->n_waste > 0)
        se_reader_remark(
            reader, "%lld bytes that are no %s: read what is around them",
            (long long)links->n_waste,
            links->kind == SE_LINKS_OGG ? "Ogg pages" : "MPEG frames");
    if (links->n == 1 && info->frames < SF_COUNT_MAX && info->frames > 0 &&
        links->n_missing <= 1 && !links->is_cut)
        reader->n_samples = info->frames;
    return SE_OK;
}

/* Goes on to the next link. */
int se_reader_next_link(struct se_sound_reader *reader,
                        struct se_report *report)
{
    SF_INFO info;
    int status = open_link(reader, reader->link + 1, &info, report);

    if (status != SE_OK)
        return status;
    if (info.samplerate != reader->rate_hz || info.channels != reader->channels)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: byte %lld: %d Hz and %d channels follow on %d Hz "
                       "and %d: expected one sound",
                       reader->name, (long long)reader->window.pieces[0].start,
                       info.samplerate, info.channels, reader->rate_hz,
                       reader->channels);
    return SE_OK;
}
