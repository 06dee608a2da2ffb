/* board.h - a board with our firmware as microphone. */
#ifndef CMD_RECORD_BOARD_H
#define CMD_RECORD_BOARD_H

#include "base/status.h"

struct board_options {
    const char *port; /* "/dev/ttyACM0" */
    const char *folder;
    int baud;
    double seconds; /* INFINITY: until Ctrl-C */
};

/* Has the board listen, and writes what it picked up to audio_raw.wav and what
 * it made of that to audio_se.wav in the folder, which is made. Lost frames are
 * reported, and are silence in both files. On failure the files have what came
 * until then. */
int board_run(const struct board_options *o, struct se_report *report);

#endif
