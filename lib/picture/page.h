/* page.h - a web page of enhanced files: players, pictures and scores.
 *
 * One file that needs no other and no network (its own policy forbids both):
 * style, sounds and pictures are inside. Light or dark as the reader's system
 * is. Whatever names hold, they are shown as text. */
#ifndef SE_PICTURE_PAGE_H
#define SE_PICTURE_PAGE_H

#include "audio/sound.h"
#include "metrics/pair.h"
#include "picture/scene.h"

/* Longer sounds are cut to this for the players. */
enum { SE_PAGE_SECONDS = 60 };

struct se_page;

struct se_page_setting {
    const char *name, *value;
};

/* A file that was enhanced; input and output are read again. */
struct se_page_entry {
    const char *input, *output;
    const struct se_sound_format *raw_input, *raw_output; /* as for
                                 se_sound_open, NULL: the file has a header */
    const struct se_score_change *scores;                 /* NULL: none */
    const char *no_scores;  /* why, where they were wanted */
    struct se_scene *scene; /* of the enhancement */
};

/* Written under a temporary name until the commit. */
int se_page_open(struct se_page **page, const char *path,
                 const struct se_page_setting *settings, int n_settings,
                 struct se_report *report);

/* Adds a section. */
int se_page_add(struct se_page *page, const struct se_page_entry *entry,
                struct se_report *report);

/* A section of a file that could not be enhanced. */
void se_page_add_failure(struct se_page *page, const char *input,
                         const char *reason);

/* Finishes the file; frees the page either way. */
int se_page_commit(struct se_page *page, struct se_report *report);

/* Drops what was written and frees the page. NULL is fine. */
void se_page_discard(struct se_page *page);

#endif
