/* sound.h - se-enhance with sound devices: --live and --recording. */
#ifndef CMD_ENHANCE_SOUND_H
#define CMD_ENHANCE_SOUND_H

#include "live.h"

struct sound_options {
    int is_live, is_recording;
    struct live_options live; /* its input is the recording's, too */
    double seconds;           /* of both; 0: not given */
};

/* Records into `path`; a failure is reported and returned. */
int sound_record(const struct sound_options *o, const char *path, int verbose);

/* From the microphone to the loudspeaker; likewise. `config` as of live_run. */
int sound_live(const struct sound_options *o, const struct se_model *model,
               const struct se_enhancer_config *config, int verbose);

#endif
