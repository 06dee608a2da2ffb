/* board.c - boards with an Apollo4: clock, cache, pads, button, light, time. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../startup.h"

#include "capture.h"
#include "chip.h"
#include "config.h"
#include "registers.h"

const char board_name[] = BOARD_NAME;

enum {
    LOW_POWER_HZ = 96000000,
    TICKS_PER_S = 100,
    TICK_PRIORITY = 7,
    BUTTON_TICKS = 3, /* 30 ms: contacts have settled by then */
};

static uint32_t clock_hz = LOW_POWER_HZ;
static volatile uint32_t n_ticks, n_presses;
static enum board_input input;

static void tick_interrupt(void);

__attribute__((section(".vectors"),
               used)) static void (*const vectors[16 + N_IRQ])(void) = {
    STARTUP_VECTORS(tick_interrupt),
    [16 ... 15 + UART_IRQ] = startup_fault,
    [16 + UART_IRQ] = uart_interrupt,
    [17 + UART_IRQ... 15 + AUDADC_IRQ] = startup_fault,
    [16 + AUDADC_IRQ] = audadc_interrupt,
    [17 + AUDADC_IRQ... 15 + PDM0_IRQ] = startup_fault,
    [16 + PDM0_IRQ] = pdm_interrupt,
    [17 + PDM0_IRQ... 15 + N_IRQ] = startup_fault,
};

void chip_delay(uint32_t us)
{
    uint32_t start = DWT->cyccnt;

    while (DWT->cyccnt - start < us * (clock_hz / 1000000))
        ;
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

uint32_t board_time(void)
{
    return chip_time();
}

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

const char *board_init(void)
{
    const char *reason, *slow = 0;

    DEMCR |= DEMCR_TRCENA;
    DWT->cyccnt = 0;
    DWT->ctrl |= DWT_CYCCNTENA;
    start_cache();
    if (BOARD_FAST)
        slow = go_fast();
    STIMER->stcfg = STCFG_XTAL_32KHZ;
    reason = uart_init();

    chip_pad(PAD_BUTTON, 0xE013); /* input, 100 k to the supply */
    chip_pad(PAD_LIGHT, 0x203);   /* open drain */
    chip_pad(PAD_SPEECH, 0x203);
    board_light(0);
    board_speech(0);
    SYSTICK->load = clock_hz / TICKS_PER_S - 1;
    SYSTICK->val = 0;
    SCB->shpr[2] = (uint32_t)TICK_PRIORITY << 29;
    SYSTICK->ctrl = SYSTICK_ENABLE | SYSTICK_TICKINT | SYSTICK_CORE_CLOCK;
    return reason ? reason : slow;
}

void board_reset(void)
{
    SCB->aircr = AIRCR_SYSRESETREQ;
    barrier();
    for (;;)
        ;
}

uint32_t board_cycles(void)
{
    return DWT->cyccnt;
}

uint32_t board_cycles_hz(void)
{
    return clock_hz;
}

/* The button pulls its pad down. */
static void tick_interrupt(void)
{
    static uint8_t n_down;
    int is_down = !(GPIO->rd[PAD_BUTTON / 32] >> PAD_BUTTON % 32 & 1);

    n_ticks++;
    if (!is_down)
        n_down = 0;
    else if (n_down < BUTTON_TICKS && ++n_down == BUTTON_TICKS)
        n_presses++;
}

int board_button(void)
{
    static uint32_t n_seen;

    if (n_seen == n_presses)
        return 0;
    n_seen++;
    return 1;
}

/* A light shines when its pad is low. */
static void shine(int pad, int on)
{
    if (on)
        GPIO->wtc[pad / 32] = 1u << pad % 32;
    else
        GPIO->wts[pad / 32] = 1u << pad % 32;
}

void board_light(int on)
{
    shine(PAD_LIGHT, on);
}

void board_speech(int on)
{
    shine(PAD_SPEECH, on);
}

const char *board_microphone_start(enum board_input which)
{
    input = which;
    return input == BOARD_DIGITAL ? pdm_start() : audadc_start();
}

void board_microphone_stop(void)
{
    if (input == BOARD_DIGITAL)
        pdm_stop();
    else
        audadc_stop();
}

const char *board_microphone_remark(void)
{
    return input == BOARD_DIGITAL ? pdm_remark() : 0;
}

int board_microphone_is_silent(void)
{
    return BOARD_HAS_AUDADC && input == BOARD_DIGITAL && pdm_is_silent();
}

/* With interrupts off, one that comes between the look and the sleep still
 * wakes the core. */
void board_wait(void)
{
    interrupts_off();
    if (!uart_has_input() && !capture_has_hop())
        wait_for_interrupt();
    interrupts_on();
    if (input == BOARD_DIGITAL)
        pdm_attend();
}
