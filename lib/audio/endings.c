/* endings.c - the list of endings. */
#include "audio/endings.h"

const char se_sound_endings[] =
    "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64";
