/* links_private.h - what the walks over Ogg and MPEG files share. */
#ifndef SE_CONTAINER_LINKS_PRIVATE_H
#define SE_CONTAINER_LINKS_PRIVATE_H

#include "container/links.h"

/* A file seen through a window, so that steps from header to header do not cost
 * a system call each. */
struct se_links_view {
    const char *name;       /* for messages */
    int fd, error;          /* the latter: errno of a failed read */
    int64_t size, start, n; /* of the file, and of what is in `bytes` */
    uint8_t bytes[1 << 16];
};

enum { SE_LINKS_LOOK = 4096 };

/* The n bytes at `at`, n <= SE_LINKS_LOOK, until the next look; NULL beyond the
 * end. */
const uint8_t *se_links_look(struct se_links_view *view, int64_t at, int64_t n);

/* The next piece begins a link; the one behind the last ends it. */
int se_links_add(struct se_links *links, const struct se_links_view *view,
                 struct se_report *report);

/* Adds the bytes from start to end to the last link. */
int se_links_add_piece(struct se_links *links, struct se_piece bytes,
                       const struct se_links_view *view,
                       struct se_report *report);

/* Counts a byte that is in no piece; `is_next`: right behind one, where another
 * sound file may begin. */
void se_links_waste(struct se_links *links, struct se_links_view *view,
                    int64_t at, int is_next);

/* The size of a tag that players know and that is not sound (ID3v2); 0: none.
 */
int64_t se_links_tag_size(struct se_links_view *view, int64_t at);

/* Whether that tag ends in what it begins with. */
int se_links_tag_has_foot(struct se_links_view *view, int64_t at);

/* Whether MPEG audio begins with frames at `at`, so many in a row. */
int se_links_is_mpeg(struct se_links_view *view, int64_t at, int n_frames);

/* Find the pieces of a file. */
int se_links_find_ogg(struct se_links *links, struct se_links_view *view,
                      struct se_report *report);
int se_links_find_mpeg(struct se_links *links, struct se_links_view *view,
                       struct se_report *report);

#endif
