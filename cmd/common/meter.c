/* meter.c - levels on a terminal. */
#include "common/meter.h"

#include "base/clock.h"
#include "common/cli.h"

#include <math.h>
#include <stdio.h>

static const double FLOOR_DB = -60.0;
static const double FALL_DB_PER_S = 30.0;
static const double HOLD_S = 1.0;

/* How many characters of the bar a level fills. */
static int filled(double level_db)
{
    double part = 1.0 - level_db / FLOOR_DB;

    return (int)lround(fmin(fmax(part, 0.0), 1.0) * METER_WIDTH);
}

void meter_draw(struct meter *meter, char *text, size_t size, float peak)
{
    double now_s = se_clock_s(SE_CLOCK_WALL);
    double db = peak > 0.001f ? 20.0 * log10((double)peak) : FLOOR_DB;
    char bar[METER_WIDTH + 1];

    /* Drawn ten times a second. */
    meter->level_db = fmax(db, meter->level_db - 0.1 * FALL_DB_PER_S);
    if (db >= meter->hold_db || now_s - meter->held_s > HOLD_S) {
        meter->hold_db = db;
        meter->held_s = now_s;
    }
    if (peak >= 32767.0f / 32768.0f)
        meter->has_clipped = 1;

    int level = filled(meter->level_db), hold = filled(meter->hold_db);

    for (int i = 0; i < METER_WIDTH; i++)
        bar[i] = i + 1 == hold ? '|' : i < level ? '#' : '-';
    bar[METER_WIDTH] = '\0';
    snprintf(text, size, "%s %4.0f dB%s", bar, fmax(db, FLOOR_DB),
             meter->has_clipped ? " CLIP" : "");
}
