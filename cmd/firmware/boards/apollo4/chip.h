/* chip.h - what the drivers of the Apollo4 share. */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* Waits for at least `us` microseconds, at most 1000000. */
void chip_delay(uint32_t us);

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
int pdm_has_hop(void);

void uart_interrupt(void);
void pdm_interrupt(void);

#endif
