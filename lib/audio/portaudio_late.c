/* portaudio_late.c - finds the functions of PortAudio. */
#define SE_AUDIO_PORTAUDIO_LATE_NAMES
#include "audio/portaudio_late.h"

#include "base/late.h"

struct se_portaudio_calls se_portaudio;

static const struct se_late_call calls[] = {
#define X(name) {#name, offsetof(struct se_portaudio_calls, name)},
    SE_AUDIO_PORTAUDIO_LATE_CALLS(X)
#undef X
};

int se_portaudio_load(struct se_report *report)
{
    static const struct se_late late = {"libportaudio.so.2", calls,
                                        sizeof calls / sizeof *calls,
                                        &se_portaudio};

    return se_portaudio.Pa_Terminate ? SE_OK : se_late_load(&late, report);
}
