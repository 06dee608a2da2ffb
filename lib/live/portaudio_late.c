/* portaudio_late.c - finds the functions of PortAudio. */
#define SE_LIVE_PORTAUDIO_LATE_NAMES
#include "live/portaudio_late.h"

struct se_portaudio_calls se_portaudio;

int se_portaudio_load(struct se_report *report)
{
    static const char *const names[] = {
        SE_LIVE_PORTAUDIO_LATE_CALLS(SE_LATE_NAME)};
    static struct se_late late = {
        .library = "libportaudio.so.2",
        .names = names,
        .n_names = sizeof names / sizeof *names,
        .functions = &se_portaudio,
    };

    return se_late_load(&late, report);
}
