/* pdm.c - a digital microphone on PDM0, into a ring of samples by interrupt. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../ring.h"

#include "chip.h"
#include "config.h"
#include "registers.h"

enum {
    HOP = 160,
    SAMPLE_RATE = 16000,
    FIRST_WINDOW = 640, /* 40 ms, to 0.1 % */
    N_SAMPLES = 256,    /* one hop, and 6 ms of the next */
    FIFO_WORDS = 32,
    PRIORITY = 4, /* 16 free words in the FIFO last for 1 ms */
};

static int16_t samples[N_SAMPLES];
static struct ring ring;
static volatile uint32_t n_settling, n_lost;

/* 0 before there is a figure. */
static volatile uint32_t rate;
static uint32_t n_measured, measured_since;

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
    CORECFG0 = (BOARD_PDM_SWAP) | HIGH_PASS_GAIN << 5 | CORE_DIVIDE << 10 |
               SINC_RATE << 14 | BOARD_PDM_GAIN << 21 | BOARD_PDM_GAIN << 26,
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

const char *board_microphone_start(void)
{
    PWRCTRL->audsspwren |= AUDSSPWREN_PDM0;
    if (chip_wait(&PWRCTRL->audsspwrstatus, AUDSSPWREN_PDM0, AUDSSPWREN_PDM0))
        return "the microphone's PDM block does not power up";
    start_clock();

    ring.head = ring.tail = 0;
    n_lost = 0;
    n_settling = BOARD_PDM_SETTLE;
    n_measured = 0;
    rate = 0;

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
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB | PDM_CTRL_CLKEN;
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB | PDM_CTRL_CLKEN | PDM_CTRL_EN;
    return 0;
}

void board_microphone_stop(void)
{
    interrupt_disable(PDM0_IRQ);
    PDM0->inten = 0;
    PDM0->ctrl = CLOCK | PDM_CTRL_RSTB;
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

/* The sample rate by the 32 kHz crystal: first over the settling, then anew
 * over each second. Called with the FIFO just empty, of `n_new` more samples.
 */
static void measure(uint32_t n_new)
{
    const uint32_t n_window = rate ? SAMPLE_RATE : FIRST_WINDOW;
    uint32_t time = chip_time();

    if (!n_measured) {
        n_measured = 1; /* counts from here on */
        measured_since = time;
        return;
    }
    n_measured += n_new;
    if (n_measured <= n_window)
        return;
    if (time != measured_since)
        rate = (n_measured - 1) * 32768u / (time - measured_since);
    n_measured = 1;
    measured_since = time;
}

uint32_t board_sample_rate(void)
{
    return rate;
}

void pdm_interrupt(void)
{
    uint32_t causes = PDM0->intstat, n_new = 0;

    PDM0->intclr = causes;
    if (causes & PDM_INT_OVF) {
        PDM0->fifoflush = 1;
        n_lost += FIFO_WORDS;
        n_measured = 0;
    }
    for (; PDM0->fifocnt; n_new++)
        take(PDM0->fiforead);
    measure(n_new);
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
