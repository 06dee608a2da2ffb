/* vad.h - se-enhance's --vad: where there is speech, as a table. */
#ifndef CMD_ENHANCE_VAD_H
#define CMD_ENHANCE_VAD_H

#include "enhance/file.h"

struct vad;

/* Opens the table `path`; a failure ends the program. NULL: none, and those
 * that follow do nothing with it. */
struct vad *vad_open(const char *path);

/* Watches the job, beside what watches it already. */
void vad_watch(struct vad *vad, struct se_enhance_job *job);

/* The work is done, with this exit status: the table appears, or, where it
 * failed, does not. Frees; returns the exit status of all. */
int vad_close(struct vad *vad, int exit_status);

#endif
