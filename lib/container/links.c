/* links.c - which bytes of a file are which sound's. */
#include "container/links_private.h"
#include "container/promise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* MPEG audio may begin within a frame, or behind what is none. */
static enum se_links_kind kind_of(struct se_links_view *view, int64_t start)
{
    enum { SEARCHED = 4096, IN_A_ROW = 3 };
    const uint8_t *head = se_links_look(view, start, 4);

    if (head && memcmp(head, "OggS", 4) == 0)
        return SE_LINKS_OGG;
    if (se_links_is_mpeg(view, start, 1))
        return SE_LINKS_MPEG;
    if (head && se_promise_is_magic(head))
        return SE_LINKS_NONE;
    for (int64_t i = start; i < start + SEARCHED; i++)
        if (se_links_is_mpeg(view, i, start > 0 ? 1 : IN_A_ROW))
            return SE_LINKS_MPEG;
    return SE_LINKS_NONE;
}

int se_links_find(struct se_links *links, int fd, const char *name,
                  struct se_report *report)
{
    struct se_links_view *view = calloc(1, sizeof *view);
    struct stat info;
    int status;

    *links = (struct se_links){0};
    if (!view)
        return se_fail_memory(report, name);
    view->name = name;
    view->fd = fd;
    if (fstat(fd, &info) == 0)
        view->size = info.st_size;
    links->start = se_links_tag_size(view, 0);
    links->kind = kind_of(view, links->start);
    status = se_links_add(links, view, report);
    if (status == SE_OK && links->kind == SE_LINKS_OGG)
        status = se_links_find_ogg(links, view, report);
    else if (status == SE_OK && links->kind == SE_LINKS_MPEG)
        status = se_links_find_mpeg(links, view, report);
    if (status == SE_OK) {
        status = se_links_add(links, view, report);
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
