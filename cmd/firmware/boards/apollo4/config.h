/* config.h - what of the Apollo4 is a choice, or not certain until
 * somebody tries it on a board. Each can be set from outside:
 *     make firmware BOARD=apollo4 BOARD_FLAGS='-DBOARD_BAUD=115200'
 */
#ifndef CONFIG_H
#define CONFIG_H

#include BOARD_FILE /* the board's own numbers */

/* --- choices --- */

/* The serial line of the J-Link begins with a speed that every probe takes, and
 * goes up when asked. Audio frames need 66 kB/s: 921600 or 1000000. */
#ifndef BOARD_BAUD
#define BOARD_BAUD 115200
#endif
#ifndef BOARD_FAST_BAUD
#define BOARD_FAST_BAUD 921600
#endif

/* 1: 192 MHz instead of 96, by the vendor library's sequence for the chip's
 * buck converter. If that does not become active, or the core is not that fast
 * by its own measure, it stays at 96 and says so. For production parts: very
 * early ones (trim revision below 2) need a further step. */
#ifndef BOARD_FAST
#define BOARD_FAST 0
#endif

/* --- not certain --- */

/* The microphone's clocks, four ways:
 * A  24 MHz HFRC / 3 / 5 / 100 = 16000 Hz; by the register page, but no vendor
 *    example divides by 3
 * B  24 MHz HFRC / 2 / 8 / 96 = 15625 Hz; what the vendor uses. Sound comes out
 *    2.3 % low
 * C  24.576 MHz, HFRC2 locked to the EVB's 32 MHz crystal, / 2 / 8 / 96 =
 *    16000 Hz; the one vendor set-up (neuralSPOT's) that gives 16 kHz
 * D  32 MHz, the crystal straight, / 2 / 10 / 100 = 16000 Hz; by the register
 *    page, with the divider by 2 that it recommends
 * The board measures the rate against its 32 kHz crystal and says what it is.
 */
#define PDM_CLOCK_A 1
#define PDM_CLOCK_B 2
#define PDM_CLOCK_C 3
#define PDM_CLOCK_D 4
#ifndef BOARD_PDM_CLOCK
#define BOARD_PDM_CLOCK PDM_CLOCK_C
#endif

/* The edge that is tried first; without a signal, the other one. 1: right, as
 * a microphone has it whose select pin is strapped the other way. */
#ifndef BOARD_PDM_SWAP
#define BOARD_PDM_SWAP 0
#endif

/* The gain before the 16-bit samples, in steps of 1.5 dB; 8 is 0 dB. */
#ifndef BOARD_PDM_GAIN
#define BOARD_PDM_GAIN 8
#endif

/* Samples until filter and microphone have settled; they are dropped. */
#ifndef BOARD_PDM_SETTLE
#define BOARD_PDM_SETTLE 800
#endif

/* 1: samples come by DMA, as in all vendor code; 0: the processor fetches them
 * from the FIFO. */
#ifndef BOARD_PDM_DMA
#define BOARD_PDM_DMA 1
#endif

/* The FIFO calls at this fill; its depth is taken to be 32 words. DMA takes
 * that many at once: 16, 20 or 24. */
#ifndef BOARD_PDM_THRESHOLD
#define BOARD_PDM_THRESHOLD 16
#endif
#ifndef BOARD_PDM_DMA_THRESHOLD
#define BOARD_PDM_DMA_THRESHOLD 20
#endif

/* The analogue input: 0 to 3 are A0, A1, B0, B1. By the original's README, the
 * EVB's 3.5 mm jack is A0. */
#ifndef BOARD_ANALOGUE_CHANNEL
#define BOARD_ANALOGUE_CHANNEL 0
#endif

/* Its gain in dB, 12 to 24. */
#ifndef BOARD_ANALOGUE_GAIN
#define BOARD_ANALOGUE_GAIN 12
#endif

/* 1: the microphone at the jack gets its supply from there; 0 for a line. */
#ifndef BOARD_ANALOGUE_BIAS
#define BOARD_ANALOGUE_BIAS 1
#endif

/* 48 MHz HFRC / 8 / (this + 1) = 16000 Hz. Where the vendor's own sources do
 * not agree, the + 1 is missing, and 375 gives 16000 Hz. */
#ifndef BOARD_ANALOGUE_TIMER
#define BOARD_ANALOGUE_TIMER 374
#endif

/* Samples that are dropped; the first ones are known to be wrong. */
#ifndef BOARD_ANALOGUE_SETTLE
#define BOARD_ANALOGUE_SETTLE 800
#endif

#endif
