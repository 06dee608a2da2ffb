/* pdm.c - a digital microphone on PDM0, into a ring of samples by interrupt. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../ring.h"

#include "chip.h"
#include "config.h"
#include "registers.h"

enum {
    HOP = 160,
    N_SAMPLES = 256, /* one hop, and 6 ms of the next */
    FIFO_WORDS = 32,
    PRIORITY = 4, /* 16 free words in the FIFO last for 1 ms */
};

static int16_t samples[N_SAMPLES];
static struct ring ring;
static volatile uint32_t n_settling, n_lost;

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
#else
enum {
    CLOCK = PDM_CTRL_HFRC2,
    CORE_DIVIDE = 7,
    SINC_RATE = 48,
    CLOCK_DIVIDE = 1
};
#endif

enum {
    HIGH_PASS_GAIN = 3,
    CORECFG0 = (BOARD_PDM_SWAP) | HIGH_PASS_GAIN << 5 | CORE_DIVIDE << 10 |
               SINC_RATE << 14 | BOARD_PDM_GAIN << 21 | BOARD_PDM_GAIN << 26,
    CORECFG1 = 1 | CLOCK_DIVIDE << 2,
};

/* HFRC2, locked to the crystal. */
#if BOARD_PDM_CLOCK == PDM_CLOCK_C
static void start_crystal(void)
{
    MCUCTRL->xtalhstrims = XTALHS_TRIMS;
    MCUCTRL->xtalhsctrl |= XTALHS_ON | XTALHS_INJECT;
    chip_delay(5);
    MCUCTRL->xtalhsctrl &= ~(uint32_t)XTALHS_INJECT;
    CLKGEN->misc |= CLKGEN_MISC_FORCE_HFRC2;
    chip_delay(200);
    CLKGEN->hf2adj[2] = HF2ADJ2_XTAL_32MHZ;
    CLKGEN->hf2adj[1] = HF2ADJ1_TRIM;
    CLKGEN->hf2adj[0] |= HF2ADJ0_ENABLE;
    chip_delay(500);
}
#else
static void start_crystal(void)
{
}
#endif

const char *board_microphone_start(void)
{
    PWRCTRL->audsspwren |= AUDSSPWREN_PDM0;
    if (chip_wait(&PWRCTRL->audsspwrstatus, AUDSSPWREN_PDM0, AUDSSPWREN_PDM0))
        return "the microphone's PDM block does not power up";
    start_crystal();

    ring.head = ring.tail = 0;
    n_lost = 0;
    n_settling = BOARD_PDM_SETTLE;

    PDM0->ctrl = CLOCK; /* in reset, clock off */
    PDM0->corecfg0 = CORECFG0;
    PDM0->corecfg1 = CORECFG1;
    chip_delay(100);
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
    chip_pad(PAD_PDM_CLOCK, 0x400);
    chip_pad(PAD_PDM_DATA, 0x000);
    PDM0->fifoflush = 1;
    PDM0->fifothr = BOARD_PDM_THRESHOLD;
    PDM0->intclr = PDM_INT_ALL;
    PDM0->inten = PDM_INT_THR | PDM_INT_OVF;
    interrupt_enable(PDM0_IRQ, PRIORITY);

    PDM0->ctrl = CLOCK;
    chip_delay(50);
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB | PDM_CTRL_CLKEN | PDM_CTRL_EN;
    return 0;
}

void board_microphone_stop(void)
{
    interrupt_disable(PDM0_IRQ);
    PDM0->inten = 0;
    PDM0->ctrl = CLOCK;
    PWRCTRL->audsspwren &= ~(uint32_t)AUDSSPWREN_PDM0;
}

/* 24 bits of sound in bits 23:0, of which the upper 16 are kept. */
static void take(uint32_t word)
{
    if (n_settling) {
        n_settling--;
    } else if (ring_fill(&ring) == N_SAMPLES) {
        n_lost++;
    } else {
        samples[ring.head % N_SAMPLES] = (int16_t)(word >> 8);
        ring.head++;
    }
}

void pdm_interrupt(void)
{
    uint32_t causes = PDM0->intstat;

    PDM0->intclr = causes;
    if (causes & PDM_INT_OVF) {
        PDM0->fifoflush = 1;
        n_lost += FIFO_WORDS;
    }
    while (PDM0->fifocnt)
        take(PDM0->fiforead);
    (void)PDM0->intstat; /* the clearing has to arrive before the return */
}

uint32_t board_samples_lost(void)
{
    return n_lost;
}

int pdm_has_hop(void)
{
    return ring_fill(&ring) >= HOP;
}

int board_microphone_read(int16_t hop[HOP])
{
    uint32_t tail = ring.tail;

    if (!pdm_has_hop())
        return 0;
    for (int i = 0; i < HOP; i++)
        hop[i] = samples[tail++ % N_SAMPLES];
    ring.tail = tail;
    return 1;
}
