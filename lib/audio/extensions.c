/* extensions.c - the extensions of sound files. */
#include "audio/extensions.h"

const char se_sound_extensions[] =
    "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64";
