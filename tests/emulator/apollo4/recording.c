/* recording.c - what a microphone hears. */

#include "machine.h"

#include <sndfile.h>
#include <stdlib.h>

int recording_load(struct machine *machine, struct recording *recording,
                   const char *path)
{
    SF_INFO info = {0};
    SNDFILE *file;

    if (!path)
        return 0;
    file = sf_open(path, SFM_READ, &info);
    if (!file || info.channels != 1 || info.samplerate != 16000 ||
        info.frames < 1) {
        machine_fail(machine, "%s is no sound of one channel at 16 kHz", path);
    } else {
        recording->samples =
            malloc((size_t)info.frames * sizeof *recording->samples);
        if (recording->samples)
            recording->n = sf_read_short(file, recording->samples, info.frames);
    }
    if (file)
        sf_close(file);
    return machine->failure[0] ? -1 : 0;
}

int16_t recording_next(struct recording *recording)
{
    int64_t at = recording->at++;

    return at < recording->n ? recording->samples[at] : 0;
}
