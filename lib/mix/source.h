/* source.h - clips drawn from a corpus, and played one after another. */
#ifndef SE_MIX_SOURCE_H
#define SE_MIX_SOURCE_H

#include "corpus/corpus.h"
#include "dsp/speed.h"

/* Where clips come from. */
struct se_source {
    const struct se_corpus *corpus;
    const struct se_speed *speed; /* at which they play */
    int by_group;                 /* 0: each clip is as likely; 1: each group
                                     (corpus/grouping.h), if they are known */
    int only;                     /* the group to take them from; -1: any */
    int but;                      /* the group to take none from; -1: none */
};

const struct se_clip *se_source_draw(const struct se_source *source,
                                     struct se_rng *rng);

/* Draws a group as the source does its clips; -1 where none are known. */
int se_source_draw_group(const struct se_source *source, struct se_rng *rng);

/* Gain that brings the clip's active part to `level_db` over a mean square of
 * 1. */
float se_clip_gain(const struct se_clip *clip, double level_db);

/* A clip as it is played. */
struct se_playing {
    const struct se_clip *clip;
    const struct se_speed *speed;
    int fade; /* samples that ramp up, and down, at its ends; at most half of it
               */
    float gain;
};

/* Adds a clip to out[n] so that its sample 0 falls on out[at], which may lie
 * before out[0]. */
void se_clip_add(float *out, int64_t n, int64_t at,
                 const struct se_playing *playing);

/* A speaker, and how the utterances follow one another. */
struct se_voice {
    struct se_source speech;
    int utterances;             /* 0: until the end, perhaps begun before */
    double gap_min, gap_max;    /* samples */
    double level_db, spread_db; /* of an utterance, and how far it may be off */
};

/* Adds utterances one after another. */
void se_voice_add(float *out, int64_t n, const struct se_voice *voice,
                  struct se_rng *rng);

#endif
