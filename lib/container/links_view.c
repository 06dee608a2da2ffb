/* links_view.c - looks at a file, and notes what is found in it. */
#include "container/links_private.h"
#include "container/promise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const uint8_t *se_links_look(struct se_links_view *view, int64_t at, int64_t n)
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
static int grow(void **items, int n, size_t item_bytes,
                const struct se_links_view *view, struct se_report *report)
{
    void *larger;

    if ((n & (n - 1)) != 0)
        return SE_OK;
    larger = realloc(*items, (2 * (size_t)n + 2) * item_bytes);
    if (!larger)
        return se_fail_memory(report, view->name);
    *items = larger;
    return SE_OK;
}

int se_links_add(struct se_links *links, const struct se_links_view *view,
                 struct se_report *report)
{
    void *firsts = links->firsts;
    int status = grow(&firsts, links->n, sizeof *links->firsts, view, report);

    links->firsts = firsts;
    if (status == SE_OK)
        links->firsts[links->n++] = links->n_pieces;
    return status;
}

int se_links_add_piece(struct se_links *links, struct se_piece bytes,
                       const struct se_links_view *view,
                       struct se_report *report)
{
    int is_first = links->n_pieces == links->firsts[links->n - 1];
    void *pieces = links->pieces;
    int status;

    if (bytes.start == bytes.end)
        return SE_OK;
    if (!is_first && links->pieces[links->n_pieces - 1].end == bytes.start) {
        links->pieces[links->n_pieces - 1].end = bytes.end;
        return SE_OK;
    }
    status =
        grow(&pieces, links->n_pieces, sizeof *links->pieces, view, report);
    links->pieces = pieces;
    if (status == SE_OK)
        links->pieces[links->n_pieces++] = bytes;
    return status;
}

void se_links_waste(struct se_links *links, struct se_links_view *view,
                    int64_t at, int is_next)
{
    const uint8_t *magic = is_next ? se_links_look(view, at, 4) : NULL;

    if (magic && at > 0 && !links->other_at && se_promise_is_magic(magic))
        links->other_at = at;
    links->n_waste++;
}

enum { HEAD = 10, HAS_FOOT = 0x10 };

int se_links_tag_has_foot(struct se_links_view *view, int64_t at)
{
    const uint8_t *tag = se_links_look(view, at, HEAD);

    return tag && tag[3] >= 4 && (tag[5] & HAS_FOOT);
}

int64_t se_links_tag_size(struct se_links_view *view, int64_t at)
{
    const uint8_t *tag = se_links_look(view, at, HEAD);

    if (!tag || memcmp(tag, "ID3", 3) != 0)
        return 0;
    return HEAD + (tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]) +
           (se_links_tag_has_foot(view, at) ? HEAD : 0);
}
