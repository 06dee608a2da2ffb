/* scene.h - what an enhancement did, kept in bounded memory and drawn on one
 * page: the sound before and after, both spectrograms, features, mask.
 *
 * All panels share the time axis and show what the net is given: 16 kHz, the
 * mean of the channels (or the first, with a mask for each). The output is
 * shown where it belongs, without the enhancer's delay. Ranges of colours are
 * fixed: levels as in spectrogram.h, features
 * -SE_SCENE_FEATURE..+SE_SCENE_FEATURE deviations, mask 0..1. */
#ifndef SE_PICTURE_SCENE_H
#define SE_PICTURE_SCENE_H

#include "enhance/enhancer.h"
#include "picture/canvas.h"

enum {
    SE_SCENE_WIDTH = 595, /* points */
    SE_SCENE_HEIGHT = 775,
    SE_SCENE_HEAD = 40, /* of it, for the words on top */
    SE_SCENE_FEATURE = 3,
};

struct se_scene;

/* For a net of so many features. */
int se_scene_create(struct se_scene **scene, int n_features,
                    struct se_report *report);
void se_scene_destroy(struct se_scene *scene);

/* Forgets everything. */
void se_scene_reset(struct se_scene *scene);

/* To be an enhancer's `watch`, with the scene as its watcher. The frames that
 * flush the enhancer at the end are part of it. */
void se_scene_watch(void *scene, const struct se_enhancer_view *view);

/* Draws on a canvas of the size above, as often as wanted; after this no more
 * is watched until a reset. Without a title (NULL) the head is left out. */
void se_scene_draw(struct se_scene *scene, struct se_canvas *canvas,
                   const char *title, const char *subtitle);

#endif
