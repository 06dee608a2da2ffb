/* sound_links.c - sounds joined in one file, read one after another. */
#include "audio/sound_private.h"

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
    return se_reader_open_window(reader, info, report);
}

int se_reader_open_links(struct se_sound_reader *reader, SF_INFO *info,
                         struct se_report *report)
{
    const struct se_links *links = &reader->links;
    int status = open_link(reader, 0, info, report);

    if (status != SE_OK)
        return status;
    if (links->n > 1)
        se_reader_remark(reader, "%d sounds one behind another, read as one",
                         links->n);
    if (links->is_cut)
        se_reader_remark(reader, "its end is missing: read what is there");
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
