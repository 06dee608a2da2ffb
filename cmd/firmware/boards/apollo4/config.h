/* config.h - what of the Apollo4 is a choice, or not certain until somebody
 * tries it on a board. Each can be set from outside:
 *     make firmware BOARD=apollo4 BOARD_FLAGS='-DBOARD_PDM_CLOCK=PDM_CLOCK_D'
 *
 * Where a value comes from stands in brackets:
 *   pages   the vendor's register pages: zephyrproject-rtos/hal_ambiq,
 *           docs/apollo4p/pages, by block
 *   HAL     the vendor's library: the same repository, mcu/apollo4p/hal
 *   ns      AmbiqAI/neuralSPOT, neuralspot/ns-audio
 *   Zephyr  zephyrproject-rtos/zephyr, by file
 *   suite   an example of AmbiqSuite 4.3.0 that streams from the audio ADC
 *   nnse    AmbiqAI/nnse, evb/ and README
 *   ours    computed from the pages, or chosen here
 */
#ifndef CONFIG_H
#define CONFIG_H

#include BOARD_FILE /* the board's own numbers */

/* --- choices --- */

/* The serial line of the J-Link begins with a speed that every probe takes
 * [115200: Zephyr, boards/ambiq/apollo4p_evb; UART divisors: pages, uart], and
 * goes up when asked [ours]. Audio frames need 66 kB/s: 921600 or 1000000. */
#ifndef BOARD_BAUD
#define BOARD_BAUD 115200
#endif
#ifndef BOARD_FAST_BAUD
#define BOARD_FAST_BAUD 921600
#endif

/* 1: 192 MHz instead of 96, by the vendor library's sequence for the chip's
 * buck converter [HAL, am_hal_pwrctrl.c; the same was run on an Apollo4 Lite by
 * tikuOS, arch/ambiq]. If that does not become active, or the core is not that
 * fast by its own measure, it stays at 96 and says so. For production parts:
 * very early ones (trim revision below 2) need a further step. */
#ifndef BOARD_FAST
#define BOARD_FAST 0
#endif

/* --- the digital microphone --- */

/* Its clocks, four ways [rate: pages, pdm, CORECFG0 and CORECFG1]:
 * A  24 MHz HFRC / 3 / 5 / 100 = 16000 Hz [ours: no vendor example divides by
 *    3]
 * B  24 MHz HFRC / 2 / 8 / 96 = 15625 Hz [Zephyr, dmic_ambiq_pdm.c, and ns,
 *    ns_pdm.c]. Sound comes out 2.3 % low
 * C  24.576 MHz, HFRC2 locked to the EVB's 32 MHz crystal, / 2 / 8 / 96 =
 *    16000 Hz [ns, ns_pdm.c, HFRC2_ADJ; HFRC2 and crystal: HAL,
 *    am_hal_clkgen.c and am_hal_mcuctrl.c]: the one vendor set-up with 16 kHz
 * D  32 MHz, the crystal straight, / 2 / 10 / 100 = 16000 Hz [ours, with the
 *    divider by 2 that the pages recommend]
 * The board measures the rate against its 32 kHz crystal and says what it is.
 */
#define PDM_CLOCK_A 1
#define PDM_CLOCK_B 2
#define PDM_CLOCK_C 3
#define PDM_CLOCK_D 4
#ifndef BOARD_PDM_CLOCK
#define BOARD_PDM_CLOCK PDM_CLOCK_C
#endif

/* The edge that is tried first [0: ns, ns_pdm.c; Zephyr has 1]; without a
 * signal, the other one. 1: right, as a microphone has it whose select pin is
 * strapped the other way. */
#ifndef BOARD_PDM_SWAP
#define BOARD_PDM_SWAP 0
#endif

/* The gain before the 16-bit samples, in steps of 1.5 dB; 8 is 0 dB [pages,
 * pdm, PGAL; 0 dB: ns and Zephyr on this chip]. */
#ifndef BOARD_PDM_GAIN
#define BOARD_PDM_GAIN 8
#endif

/* Samples until filter and microphone have settled; they are dropped [ours:
 * microphones' data sheets have 10 to 50 ms]. */
#ifndef BOARD_PDM_SETTLE
#define BOARD_PDM_SETTLE 800
#endif

/* 1: samples come by DMA, as in all vendor code; 0: the processor fetches them
 * from the FIFO [order of both: HAL, am_hal_pdm.c]. */
#ifndef BOARD_PDM_DMA
#define BOARD_PDM_DMA 1
#endif

/* The FIFO calls at this fill [pages, pdm, FIFOTHR]; its depth is taken to be
 * 32 words, which nothing states. DMA takes that many at once: 16, 20 or 24
 * [HAL, am_hal_pdm.c: those that divide the block]. */
#ifndef BOARD_PDM_THRESHOLD
#define BOARD_PDM_THRESHOLD 16
#endif
#ifndef BOARD_PDM_DMA_THRESHOLD
#define BOARD_PDM_DMA_THRESHOLD 20
#endif

/* --- the analogue input --- */

/* 0 to 3 are A0, A1, B0, B1. The EVB's 3.5 mm jack is A0 [nnse: its README has
 * the microphone there, its code slot 0]. */
#ifndef BOARD_ANALOGUE_CHANNEL
#define BOARD_ANALOGUE_CHANNEL 0
#endif

/* Its gain in dB, 12 to 24 [12: suite, and ns, ns_audadc.c; codes: pages,
 * audadc, GAIN]. */
#ifndef BOARD_ANALOGUE_GAIN
#define BOARD_ANALOGUE_GAIN 12
#endif

/* 1: the microphone at the jack gets its supply from there [trim and 400 ms:
 * suite]; 0 for a line. */
#ifndef BOARD_ANALOGUE_BIAS
#define BOARD_ANALOGUE_BIAS 1
#endif

/* 48 MHz HFRC / 8 / (this + 1) = 16000 Hz [+ 1: suite]. Zephyr's driver for the
 * same converter has no + 1; there, 375 gives 16000 Hz. The measured rate tells
 * which is right: the other is 0.27 % off. */
#ifndef BOARD_ANALOGUE_TIMER
#define BOARD_ANALOGUE_TIMER 374
#endif

/* Samples that are dropped [ours: the first blocks are known to be wrong, and
 * the high-pass settles]. */
#ifndef BOARD_ANALOGUE_SETTLE
#define BOARD_ANALOGUE_SETTLE 800
#endif

#endif
