/* drivers.h - the serial line and the microphones of the Apollo4. */
#ifndef DRIVERS_H
#define DRIVERS_H

/* Returns NULL or what failed. */
const char *uart_init(void);

/* Whether something waits to be taken. */
int uart_has_input(void);

/* The digital microphone. Start: NULL or what failed. Its samples go into
 * capture.h's ring once the edge with a signal is found. */
const char *pdm_start(void);
void pdm_stop(void);
/* Goes on to the other edge where that is due; for the main loop. */
void pdm_attend(void);
/* Which edge has the signal, NULL while that is not known; and whether none
 * has. */
const char *pdm_remark(void);
int pdm_is_silent(void);

/* The analogue input; takes half a second to start. */
const char *audadc_start(void);
void audadc_stop(void);

void uart_interrupt(void);
void pdm_interrupt(void);
void audadc_interrupt(void);

#endif
