/* links.h - the parts of a sound file that was made by joining files: chained
 * Ogg streams (RFC 3533, section 4), MPEG audio one behind another. Their
 * decoders end where the first part ends. */
#ifndef SE_AUDIO_LINKS_H
#define SE_AUDIO_LINKS_H

#include "base/status.h"

#include <stdint.h>

/* What kind of file can have links. */
enum se_links_kind { SE_LINKS_NONE, SE_LINKS_OGG, SE_LINKS_MPEG };

struct se_links {
    enum se_links_kind kind;
    int64_t *starts;   /* [n + 1] bytes, the last one the end of the file */
    int n;             /* 1 or more */
    int is_bounded;    /* MPEG: each link's header says how long it is, */
    int64_t n_missing; /* and frames (of MPEG) so promised are missing here */
    int is_cut;        /* Ogg: the page that says that it is the last is not
                          there */
};

/* Looks through a seekable file, whose descriptor is where it was afterwards.
 * SE_ERR_FORMAT: rate or channels change within MPEG audio, with the place. */
int se_links_find(struct se_links *links, int fd, const char *name,
                  struct se_report *report);
void se_links_free(struct se_links *links);

#endif
