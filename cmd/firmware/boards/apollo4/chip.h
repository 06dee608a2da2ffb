/* chip.h - what the drivers of the Apollo4 share. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* Waits for at least `us` microseconds, at most 1000000. */
void chip_delay(uint32_t us);

/* Sleeps for at least `ms` milliseconds, and up to 20 more. */
void chip_sleep(uint32_t ms);

/* Waits until (*reg & mask) == value. Returns 0, or -1 if that takes longer
 * than about a millisecond. */
int chip_wait(const volatile uint32_t *reg, uint32_t mask, uint32_t value);

/* Ticks of the 32 kHz crystal, which run in sleep, too. They stand still until
 * the crystal has started, which may take a second. */
uint32_t chip_time(void);

/* PINCFG of a pad. */
void chip_pad(int pad, uint32_t config);

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
