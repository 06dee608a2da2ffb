/* links.h - the parts of a sound file that was made by joining files: chained
 * Ogg streams (RFC 3533, section 4), MPEG audio one behind another. Their
 * decoders end where the first part ends. */
#ifndef SE_CONTAINER_LINKS_H
#define SE_CONTAINER_LINKS_H

#include "base/status.h"

#include <stdint.h>

/* What kind of file can have links. */
enum se_links_kind { SE_LINKS_NONE, SE_LINKS_OGG, SE_LINKS_MPEG };

/* Bytes of a file, of which a decoder is to see these alone. */
struct se_piece {
    int64_t start, end;
};

struct se_links {
    enum se_links_kind kind;
    int64_t start; /* behind the tag at the beginning, if there is one */
    struct se_piece *pieces; /* whole pages of one stream of Ogg; of FLAC what
                                they hold, which is a FLAC file; MPEG frames */
    int n_pieces;
    int *firsts;       /* [n + 1] a link's first piece; n_pieces */
    int n;             /* 1 or more */
    int64_t n_missing; /* frames of MPEG that its headers promise, but that are
                          not here */
    int64_t n_waste;   /* bytes that are neither in a piece nor in a tag */
    int64_t other_at;  /* where another sound file begins; 0: none does */
    int64_t n_lost;    /* pages of Ogg that are missing or damaged */
    int n_beside;      /* other sounds that Ogg multiplexes with the first */
    int is_cut;        /* the last page of Ogg, or the end of the last MPEG
                          frame, is not there */
};

/* Looks through a seekable file, whose descriptor is where it was afterwards.
 * SE_ERR_FORMAT: rate or channels change within MPEG audio, with the place. */
int se_links_find(struct se_links *links, int fd, const char *name,
                  struct se_report *report);
void se_links_free(struct se_links *links);

#endif
