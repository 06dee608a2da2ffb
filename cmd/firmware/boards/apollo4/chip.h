/* chip.h - the Apollo4's clocks, cache, pads and time, which its drivers share.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdint.h>

/* The core's clock, its cache and the crystal. Returns NULL, or why the core is
 * not at 192 MHz where it was to be. */
const char *chip_init(void);
uint32_t chip_clock_hz(void);

/* SysTick, every 10 ms; its interrupt must call chip_tick. */
void chip_start_ticks(void);
void chip_tick(void);

/* Waits for at least `us` microseconds, at most 1000000. */
void chip_delay(uint32_t us);

/* Sleeps for at least `ms` milliseconds, and up to 20 more; needs ticks. */
void chip_sleep(uint32_t ms);

/* Waits until (*reg & mask) == value. Returns 0, or -1 if that takes longer
 * than about a millisecond. */
int chip_wait(const volatile uint32_t *reg, uint32_t mask, uint32_t value);

/* Ticks of the 32 kHz crystal, which run in sleep, too. They stand still until
 * the crystal has started, which may take a second. */
uint32_t chip_time(void);

/* PINCFG of a pad. */
void chip_pad(int pad, uint32_t config);

#endif
