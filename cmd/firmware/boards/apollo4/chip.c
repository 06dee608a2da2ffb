/* chip.c - the Apollo4's clocks, cache, pads and time. */
#include "chip.h"

#include "../../cortex_m4.h"

#include "config.h"
#include "registers.h"

enum {
    LOW_POWER_HZ = 96000000,
    TICKS_PER_S = 100,
    TICK_PRIORITY = 7,
};

static uint32_t clock_hz = LOW_POWER_HZ;
static volatile uint32_t n_ticks;

/* ---- time ---------------------------------------------------------------- */

void chip_delay(uint32_t us)
{
    uint32_t start = DWT->cyccnt;

    while (DWT->cyccnt - start < us * (clock_hz / 1000000))
        ;
}

void chip_tick(void)
{
    n_ticks++;
}

void chip_start_ticks(void)
{
    SYSTICK->load = clock_hz / TICKS_PER_S - 1;
    SYSTICK->val = 0;
    SCB->shpr[2] = (uint32_t)TICK_PRIORITY << 29;
    SYSTICK->ctrl = SYSTICK_ENABLE | SYSTICK_TICKINT | SYSTICK_CORE_CLOCK;
}

/* The first tick may come at once. */
void chip_sleep(uint32_t ms)
{
    uint32_t start = n_ticks, n = (ms * TICKS_PER_S + 999) / 1000 + 1;

    while (n_ticks - start < n) {
        interrupts_off();
        if (n_ticks - start < n)
            wait_for_interrupt();
        interrupts_on();
    }
}

/* The counter belongs to another clock: two reads that agree are no read in the
 * middle of a change. */
uint32_t chip_time(void)
{
    uint32_t now = STIMER->sttmr, before;

    do
        before = now;
    while ((now = STIMER->sttmr) != before);
    return now;
}

/* ---- registers and pads -------------------------------------------------- */

/* Counts turns and not time: it must end even if no clock runs. A turn reads
 * across the peripheral bus, 10 cycles at least. */
int chip_wait(const volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (int turn = 0; turn < 20000; turn++)
        if ((*reg & mask) == value)
            return 0;
    return -1;
}

void chip_pad(int pad, uint32_t config)
{
    GPIO->padkey = PADKEY_OPEN;
    GPIO->pincfg[pad] = config;
    GPIO->padkey = 0;
}

/* ---- the core's clock and cache ------------------------------------------ */

static void set_field(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    *reg = (*reg & ~mask) | (value & mask);
}

/* One bit at a time, in this order. */
static void set_bits(volatile uint32_t *reg, const uint8_t *bits, int n)
{
    for (int i = 0; i < n; i++)
        *reg |= 1u << bits[i];
}

/* The chip starts on its LDOs. The buck converter for 192 MHz regulates only
 * with VDDF and VDDS short and the LDOs in parallel. Constants and order are
 * those of the vendor's library for this chip; the boot loader has loaded the
 * trims of the single part. */
static void start_buck(void)
{
    static const uint8_t analog_on[] = {17, 18, 19, 16};
    static const uint8_t core_on[] = {3, 2, 1, 0}, mem_on[] = {8, 7, 6, 5};
    static const uint8_t short_rails[] = {31, 30};
    volatile uint32_t *buck = MCUCTRL->simobuck;

    set_field(&buck[3], 0xFu << 26 | 0xFu << 13, 0xAu << 26 | 0xAu << 13);
    set_field(&buck[8], 0xFu << 22 | 0xFu << 9, 0xFu << 22 | 0xFu << 9);
    set_bits(&MCUCTRL->pwrsw1, short_rails, 2);
    set_field(&buck[13], 0x3Fu << 20, 0);
    buck[0] = 7; /* reads as 0 */
    PWRCTRL->vrctrl |= VRCTRL_SIMOBUCK;
    buck[15] |= 1u << 31;
    set_bits(&MCUCTRL->vrctrl, analog_on, 4);
    MCUCTRL->vrctrl &= ~(1u << 4);
    set_bits(&MCUCTRL->vrctrl, core_on, 4);
    MCUCTRL->vrctrl &= ~(1u << 9);
    set_bits(&MCUCTRL->vrctrl, mem_on, 4);
}

/* Cycles of the core while HFRC, which both come from, makes 6000 at 6 MHz. */
static uint32_t cycles_per_ms(void)
{
    uint32_t cycles, start;

    STIMER->stcfg = STCFG_HFRC_6MHZ;
    start = STIMER->sttmr;
    cycles = DWT->cyccnt;
    while (STIMER->sttmr - start < 6000)
        ;
    return DWT->cyccnt - cycles;
}

/* 192 MHz, if the chip can; returns NULL or why not. */
static const char *go_fast(void)
{
    uint32_t mask = interrupts_save();

    start_buck();
    interrupts_restore(mask);
    if (chip_wait(&PWRCTRL->vrstatus, VRSTATUS_SIMOBUCK, VRSTATUS_SIMOBUCK))
        return "192 MHz needs the buck converter, and that does not start";
    PWRCTRL->mcuperfreq = MCUPERFREQ_HIGH;
    if (chip_wait(&PWRCTRL->mcuperfreq, MCUPERFREQ_ACK | MCUPERFREQ_STATUS,
                  MCUPERFREQ_ACK | MCUPERFREQ_HIGH << 3)) {
        PWRCTRL->mcuperfreq = MCUPERFREQ_LOW_POWER;
        return "192 MHz is not taken";
    }
    if (cycles_per_ms() < 2 * LOW_POWER_HZ / 1000 / 10 * 9) {
        PWRCTRL->mcuperfreq = MCUPERFREQ_LOW_POWER;
        return "192 MHz is taken, and the core is slower";
    }
    clock_hz = 2 * LOW_POWER_HZ;
    return 0;
}

/* The program runs from MRAM, which the cache makes fast. It also runs without:
 * a cache that never gets ready is no error. The boot loader leaves it with a
 * geometry of its own; that changes while nothing is cached, then it starts
 * empty. */
static void start_cache(void)
{
    const uint32_t config = CACHECFG_64K | CACHECFG_CODE | CACHECFG_DATA;

    CACHE->cachecfg &= ~(uint32_t)(CACHECFG_CODE | CACHECFG_DATA);
    CACHE->cachecfg = config;
    CACHE->cachecfg = config | CACHECFG_ENABLE;
    CACHE->cachectrl = CACHECTRL_INVALIDATE;
    chip_wait(&CACHE->cachectrl, CACHECTRL_READY, CACHECTRL_READY);
}

const char *chip_init(void)
{
    const char *slow = 0;

    DEMCR |= DEMCR_TRCENA;
    DWT->cyccnt = 0;
    DWT->ctrl |= DWT_CYCCNTENA;
    start_cache();
    if (BOARD_FAST)
        slow = go_fast();
    STIMER->stcfg = STCFG_XTAL_32KHZ;
    return slow;
}

uint32_t chip_clock_hz(void)
{
    return clock_hz;
}
