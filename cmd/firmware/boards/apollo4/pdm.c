/* pdm.c - a digital microphone on PDM0: its samples into the ring, by DMA or
 * from the FIFO by interrupt, and the edge of the clock that it talks on. */

#include "../../board.h"
#include "../../cortex_m4.h"

#include "capture.h"
#include "chip.h"
#include "config.h"
#include "drivers.h"
#include "registers.h"

enum {
    FIFO_WORDS = 32,
    PRIORITY = 4,  /* 12 free words in the FIFO last for 0.7 ms */
    BLOCK = 40,    /* words that DMA takes before it calls, 2.5 ms */
    CHECKED = 160, /* samples, the last of the settling: is there a signal? */
    MIN_STEP = 16, /* of 24 bits; a microphone's own noise has hundreds */
    MIN_TURNS = 10,
};
_Static_assert(BOARD_PDM_SETTLE > CHECKED, "no time to look for a signal");
_Static_assert(BLOCK % BOARD_PDM_DMA_THRESHOLD == 0, "blocks of whole bursts");

#if BOARD_PDM_DMA
static volatile uint32_t blocks[2][BLOCK] __attribute__((aligned(16)));
static uint8_t block; /* that DMA fills */
#endif

/* The edge of the microphone's clock: it talks on one of them, on the other
 * nobody does. */
enum { LEFT, RIGHT };
static uint8_t edge = BOARD_PDM_SWAP;
static volatile enum { SEARCH, OTHER_EDGE, FOUND, NONE } search;
static volatile uint8_t wants_other_edge;

/* The end of the settling: how often the sound turned round. Silence is a
 * constant, which the high-pass takes down to 0 without a turn. */
static uint32_t n_samples, n_turns;
static int32_t last_sample, last_step;

/* Mono, left; high-pass on; divisors from config.h. */
#if BOARD_PDM_CLOCK == PDM_CLOCK_A
enum {
    CLOCK = PDM_CTRL_HFRC,
    CORE_DIVIDE = 4,
    SINC_RATE = 50,
    CLOCK_DIVIDE = 2
};
#elif BOARD_PDM_CLOCK == PDM_CLOCK_B
enum {
    CLOCK = PDM_CTRL_HFRC,
    CORE_DIVIDE = 7,
    SINC_RATE = 48,
    CLOCK_DIVIDE = 1
};
#elif BOARD_PDM_CLOCK == PDM_CLOCK_C
enum {
    CLOCK = PDM_CTRL_HFRC2,
    CORE_DIVIDE = 7,
    SINC_RATE = 48,
    CLOCK_DIVIDE = 1
};
#else
enum {
    CLOCK = PDM_CTRL_XTALHS,
    CORE_DIVIDE = 9,
    SINC_RATE = 50,
    CLOCK_DIVIDE = 1
};
#endif

enum {
    HIGH_PASS_GAIN = 3,
    CORECFG0 = HIGH_PASS_GAIN << 5 | CORE_DIVIDE << 10 | SINC_RATE << 14 |
               BOARD_PDM_GAIN << 21 | BOARD_PDM_GAIN << 26,
    CORECFG1 = 1 | CLOCK_DIVIDE << 2,
};

/* The 32 MHz crystal, which takes 1.5 ms. */
static void start_crystal(void)
{
    MCUCTRL->xtalhstrims = XTALHS_TRIMS;
    MCUCTRL->xtalhsctrl |= XTALHS_ON | XTALHS_INJECT;
    chip_delay(5);
    MCUCTRL->xtalhsctrl &= ~(uint32_t)XTALHS_INJECT;
    chip_delay(1500);
}

/* HFRC2, locked to the crystal. */
static void start_hfrc2(void)
{
    CLKGEN->misc |= CLKGEN_MISC_FORCE_HFRC2;
    chip_delay(200);
    CLKGEN->hf2adj[2] = HF2ADJ2_XTAL_32MHZ;
    CLKGEN->hf2adj[1] = HF2ADJ1_TRIM;
    CLKGEN->hf2adj[0] |= HF2ADJ0_ENABLE;
    chip_delay(500);
}

/* They stay on. */
static void start_clock(void)
{
    static int is_on;
    uint32_t clock = CLOCK;

    if (!is_on && clock != PDM_CTRL_HFRC)
        start_crystal();
    if (!is_on && clock == PDM_CTRL_HFRC2)
        start_hfrc2();
    is_on = 1;
}

#if BOARD_PDM_DMA

enum {
    THRESHOLD = BOARD_PDM_DMA_THRESHOLD,
    INTERRUPTS = PDM_INT_DCMP | PDM_INT_DERR | PDM_INT_UNDFL | PDM_INT_OVF,
};

static void prepare_dma(void)
{
    block = 0;
    PDM0->dmacfg = 0;
    PDM0->dmatotcount = sizeof blocks[0];
    PDM0->dmatargaddr = (uint32_t)blocks[0];
    PDM0->dmatrigen = PDM_DMATRIG_THR;
}

static void start_dma(void)
{
    PDM0->dmacfg = PDM_DMACFG_ENABLE;
}

static void stop_dma(void)
{
    PDM0->dmacfg = 0;
}

#else

enum {
    THRESHOLD = BOARD_PDM_THRESHOLD,
    INTERRUPTS = PDM_INT_THR | PDM_INT_OVF
};

static void prepare_dma(void)
{
}

static void start_dma(void)
{
}

static void stop_dma(void)
{
}

#endif

static void stop(void)
{
    interrupt_disable(PDM0_IRQ);
    PDM0->inten = 0;
    stop_dma();
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
    PDM0->ctrl = CLOCK;
}

/* On the edge that is `edge`; PDM0 has power and its clock. */
static void start(void)
{
    capture_begin(BOARD_PDM_SETTLE);
    n_samples = n_turns = 0;

    PDM0->ctrl = CLOCK; /* in reset, clock off */
    PDM0->corecfg0 = CORECFG0 | edge;
    PDM0->corecfg1 = CORECFG1;
    chip_delay(100);
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
    chip_pad(PAD_PDM_CLOCK, 0x400);
    chip_pad(PAD_PDM_DATA, 0x000);
    PDM0->fifoflush = 1;
    PDM0->fifothr = THRESHOLD;
    prepare_dma();
    PDM0->intclr = PDM_INT_ALL;
    PDM0->inten = INTERRUPTS;
    interrupt_enable(PDM0_IRQ, PRIORITY);

    PDM0->ctrl = CLOCK;
    chip_delay(50);
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB | PDM_CTRL_CLKEN;
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB | PDM_CTRL_CLKEN | PDM_CTRL_EN;
    start_dma();
}

const char *pdm_start(void)
{
    PWRCTRL->audsspwren |= AUDSSPWREN_PDM0;
    if (chip_wait(&PWRCTRL->audsspwrstatus, AUDSSPWREN_PDM0, AUDSSPWREN_PDM0))
        return "the microphone's PDM block does not power up";
    start_clock();
    search = SEARCH;
    wants_other_edge = 0;
    start();
    return 0;
}

void pdm_stop(void)
{
    stop();
    PWRCTRL->audsspwren &= ~(uint32_t)AUDSSPWREN_PDM0;
}

void pdm_attend(void)
{
    if (!wants_other_edge)
        return;
    wants_other_edge = 0;
    stop();
    edge ^= 1;
    start();
}

const char *pdm_remark(void)
{
    static const char *const found[] = {
        [LEFT] = "the microphone is on the left edge",
        [RIGHT] = "the microphone is on the right edge",
    };

    return search == FOUND  ? found[edge]
           : search == NONE ? "silence on both edges: no digital microphone"
                            : 0;
}

int pdm_is_silent(void)
{
    return search == NONE;
}

/* Without a signal on either, it stays with the edge that was first. */
static void decide(void)
{
    if (n_turns >= MIN_TURNS)
        search = FOUND;
    else
        search = search == SEARCH ? OTHER_EDGE : NONE;
    wants_other_edge = search != FOUND;
}

static void look_for_signal(uint32_t word)
{
    int32_t sample = (int32_t)(word << 8) >> 8;
    int32_t step = sample - last_sample;

    n_samples++;
    last_sample = sample;
    if (step <= -MIN_STEP || step >= MIN_STEP) {
        if (n_samples > BOARD_PDM_SETTLE - CHECKED)
            n_turns += (step < 0) != (last_step < 0);
        last_step = step;
    }
    if (n_samples == BOARD_PDM_SETTLE)
        decide();
}

/* 24 bits of sound in bits 23:0, of which the upper 16 are kept. */
static void take(uint32_t word)
{
    if (search <= OTHER_EDGE && !wants_other_edge)
        look_for_signal(word);
    if (!wants_other_edge)
        capture_take((int16_t)(word >> 8));
}

#if BOARD_PDM_DMA

/* The other block is to be filled before the FIFO is full. */
static uint32_t take_some(uint32_t causes)
{
    volatile uint32_t *full = blocks[block];

    if (!(causes & (PDM_INT_DCMP | PDM_INT_DERR)))
        return 0;
    block ^= 1;
    PDM0->dmatargaddr = (uint32_t)blocks[block];
    PDM0->dmatotcount = sizeof blocks[block];
    if (causes & PDM_INT_DERR) {
        capture_lose(BLOCK);
        return 0;
    }
    for (int i = 0; i < BLOCK; i++)
        take(full[i]);
    return BLOCK;
}

#else

static uint32_t take_some(uint32_t causes)
{
    uint32_t n = 0;

    (void)causes;
    for (; PDM0->fifocnt; n++)
        take(PDM0->fiforead);
    return n;
}

#endif

void pdm_interrupt(void)
{
    uint32_t causes = PDM0->intstat & INTERRUPTS;

    PDM0->intclr = causes;
    if (causes & (PDM_INT_OVF | PDM_INT_UNDFL)) {
        PDM0->fifoflush = 1;
        capture_lose(FIFO_WORDS);
    }
    capture_count(take_some(causes));
    (void)PDM0->intstat; /* the clearing has to arrive before the return */
}
