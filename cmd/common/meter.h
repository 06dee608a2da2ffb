/* meter.h - levels on a terminal. */
#ifndef CMD_COMMON_METER_H
#define CMD_COMMON_METER_H

#include <stddef.h>

enum { METER_WIDTH = 24 };

/* Zeroed to begin with. */
struct meter {
    double level_db; /* shown: up at once, down slowly */
    double hold_db;  /* the highest of the last second, a mark */
    double held_s;   /* since when */
    int has_clipped; /* stays */
};

/* Takes the greatest sample since the last call, and writes a bar of
 * METER_WIDTH characters from -60 dB to full scale, its mark, the level, and
 * CLIP once a sample has reached full scale: "#####----|---  -23 dB". */
void meter_draw(struct meter *meter, char *text, size_t size, float peak);

#endif
