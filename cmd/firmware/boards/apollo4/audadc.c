/* audadc.c - an analogue microphone at the EVB's jack, through the audio ADC;
 * its samples into the ring by interrupt. Order and waits are those of the
 * vendor's example for this converter. */

#include "../../cortex_m4.h"

#include "capture.h"
#include "chip.h"
#include "config.h"
#include "drivers.h"
#include "registers.h"

#if BOARD_HAS_AUDADC

enum {
    PRIORITY = 1, /* 4 free words in the FIFO last for 250 us */
    FIFO_WORDS = 16,
    GAIN_CODE = 2 * BOARD_ANALOGUE_GAIN + 12, /* 0 is -6 dB, steps of 0.5 dB */
    DC_SHIFT = 8,                             /* a high-pass at 10 Hz */
};
_Static_assert(BOARD_ANALOGUE_GAIN >= 12 && BOARD_ANALOGUE_GAIN <= 24,
               "the preamplifiers are set up for 12 dB and more");
_Static_assert(BOARD_ANALOGUE_CHANNEL >= 0 && BOARD_ANALOGUE_CHANNEL <= 3,
               "four channels");

static uint8_t was_on, has_level;
static int32_t level; /* the converter's offset, in 1/256 */

/* Both reference generators, then the middle voltage of both channels, then
 * their amplifiers. */
static void start_preamplifiers(void)
{
    volatile uint32_t *pga = MCUCTRL->pgactrl;

    pga[0] |= PGA_REFERENCES;
    pga[0] |= PGA_VREF_QUICK;
    chip_delay(4000);
    pga[0] &= ~(uint32_t)PGA_VREF_QUICK;

    for (int i = 0; i < 2; i++)
        pga[i] |= PGA_VCM | PGA_VCM_QUICK;
    chip_delay(4400);
    for (int i = 0; i < 2; i++)
        pga[i] &= ~(uint32_t)PGA_VCM_QUICK;

    for (int i = 0; i < 2; i++)
        pga[i] |= PGA_OUTPUTS;
    MCUCTRL->pgaadcifctrl |= PGAADCIF_ALL;
    for (int i = 0; i < 2; i++)
        pga[i] = (pga[i] & ~(uint32_t)(PGA_BYPASSES | PGA_GAINS)) | PGA_INPUTS;
}

static void stop_preamplifiers(void)
{
    volatile uint32_t *pga = MCUCTRL->pgactrl;

    for (int i = 0; i < 2; i++)
        pga[i] &= ~(uint32_t)(PGA_OUTPUTS | PGA_INPUTS);
    MCUCTRL->pgaadcifctrl &= ~(uint32_t)PGAADCIF_ALL;
    for (int i = 0; i < 2; i++)
        pga[i] &= ~(uint32_t)PGA_VCM;
    pga[0] &= ~(uint32_t)PGA_REFERENCES;
}

/* The microphone's supply: 400 ms until its capacitors are full. */
static void start_bias(void)
{
    if (!BOARD_ANALOGUE_BIAS)
        return;
    MCUCTRL->audio1 =
        (MCUCTRL->audio1 & ~(uint32_t)AUDIO1_BIAS_TRIM) | AUDIO1_BIAS_VENDOR;
    MCUCTRL->audio1 |= AUDIO1_BIAS;
    chip_sleep(401);
}

static void start_converter(void)
{
    const uint32_t timer = AUDADC_TIMER_DIVIDE_8 | BOARD_ANALOGUE_TIMER;

    AUDADC->cfg = AUDADC_CFG;
    AUDADC->dataoffset = AUDADC_SIGNED;
    AUDADC->inttrigtimer = timer;
    AUDADC->cfg = AUDADC_CFG | AUDADC_CFG_ENABLE;
    AUDADC->inttrigtimer = timer | AUDADC_TIMER_ENABLE;
    AUDADC->intclr = AUDADC_INT_ALL;
    AUDADC->inten = AUDADC_INT_FIFO_75 | AUDADC_INT_FIFO_FULL;
    AUDADC->gain = GAIN_CODE | GAIN_CODE << 16;
    AUDADC->gaincfg = AUDADC_GAINCFG_ON;
    AUDADC->slot[BOARD_ANALOGUE_CHANNEL] = AUDADC_SLOT | BOARD_ANALOGUE_CHANNEL
                                                             << 8;
    interrupt_enable(AUDADC_IRQ, PRIORITY);
    AUDADC->swt = AUDADC_TRIGGER; /* the first scan; the timer does the rest */
}

const char *audadc_start(void)
{
    if (was_on)
        chip_sleep(20); /* that long it has to be off */
    was_on = 1;
    start_preamplifiers();
    start_bias();
    PWRCTRL->audsspwren |= AUDSSPWREN_AUDADC;
    if (chip_wait(&PWRCTRL->audsspwrstatus, AUDSSPWREN_AUDADC,
                  AUDSSPWREN_AUDADC)) {
        MCUCTRL->audio1 &= ~(uint32_t)AUDIO1_BIAS;
        stop_preamplifiers();
        return "the audio ADC does not power up";
    }
    has_level = 0;
    capture_begin(BOARD_ANALOGUE_SETTLE);
    start_converter();
    return 0;
}

void audadc_stop(void)
{
    interrupt_disable(AUDADC_IRQ);
    AUDADC->inten = 0;
    AUDADC->inttrigtimer = AUDADC_TIMER_DIVIDE_8 | BOARD_ANALOGUE_TIMER;
    AUDADC->cfg = AUDADC_CFG;
    MCUCTRL->audio1 &= ~(uint32_t)AUDIO1_BIAS;
    stop_preamplifiers();
    PWRCTRL->audsspwren &= ~(uint32_t)AUDSSPWREN_AUDADC;
}

/* The sample of low gain, 12 bits at the upper end of 16, without the
 * converter's offset. */
static void take(uint32_t word)
{
    int32_t sample = (int16_t)(word & 0xFFF0);

    if (!has_level)
        level = sample << DC_SHIFT;
    has_level = 1;
    level += sample - (level >> DC_SHIFT);
    sample -= level >> DC_SHIFT;
    capture_take((int16_t)(sample > INT16_MAX   ? INT16_MAX
                           : sample < INT16_MIN ? INT16_MIN
                                                : sample));
}

void audadc_interrupt(void)
{
    uint32_t causes = AUDADC->intstat, word, n = 0;

    AUDADC->intclr = causes;
    if (causes & AUDADC_INT_FIFO_FULL)
        capture_lose(FIFO_WORDS);
    for (; (word = AUDADC->fifopr) != AUDADC_EMPTY; n++)
        take(word);
    capture_count(n);
    (void)AUDADC->intstat; /* the clearing has to arrive before the return */
}

#else

const char *audadc_start(void)
{
    return "this board has no analogue input";
}

void audadc_stop(void)
{
}

void audadc_interrupt(void)
{
}

#endif
