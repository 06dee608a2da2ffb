/* capture.h - samples of the input that runs, from its interrupt to the main
 * loop; PDM0 and AUDADC share it. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdint.h>

/* Forgets all; the first n_settling samples are to be dropped. */
void capture_begin(uint32_t n_settling);

/* --- for the interrupt --- */

/* One sample; while the input settles, or without room, it is dropped. */
void capture_take(int16_t sample);

/* At least n samples did not come. */
void capture_lose(uint32_t n);

/* `n` more samples have come by now, dropped ones as well: for the rate. */
void capture_count(uint32_t n);

/* --- for the main loop --- */

int capture_has_hop(void);

#endif
