/* board.c - the Apollo4 Plus EVB: clock, cache, pads, button, light, time. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../startup.h"

#include "chip.h"
#include "config.h"
#include "registers.h"

const char board_name[] = "apollo4";

enum {
    LOW_POWER_HZ = 96000000,
    TICKS_PER_S = 100,
    TICK_PRIORITY = 7,
    BUTTON_TICKS = 3, /* 30 ms: contacts have settled by then */
};

static uint32_t clock_hz = LOW_POWER_HZ;
static volatile uint32_t n_presses;

static void tick_interrupt(void);

__attribute__((section(".vectors"),
               used)) static void (*const vectors[16 + N_IRQ])(void) = {
    STARTUP_VECTORS(tick_interrupt),
    [16 ... 15 + UART0_IRQ] = startup_fault,
    [16 + UART0_IRQ] = uart_interrupt,
    [17 + UART0_IRQ... 15 + PDM0_IRQ] = startup_fault,
    [16 + PDM0_IRQ] = pdm_interrupt,
    [17 + PDM0_IRQ... 15 + N_IRQ] = startup_fault,
};

void chip_delay(uint32_t us)
{
    uint32_t start = DWT->cyccnt;

    while (DWT->cyccnt - start < us * (clock_hz / 1000000))
        ;
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

/* 192 MHz, if the chip can; returns NULL or why not. */
static const char *go_fast(void)
{
    PWRCTRL->vrctrl |= VRCTRL_SIMOBUCK;
    if (chip_wait(&PWRCTRL->vrstatus, VRSTATUS_SIMOBUCK, VRSTATUS_SIMOBUCK))
        return "192 MHz needs the buck converter, and that does not start";
    PWRCTRL->mcuperfreq = MCUPERFREQ_HIGH;
    if (chip_wait(&PWRCTRL->mcuperfreq, MCUPERFREQ_ACK | MCUPERFREQ_STATUS,
                  MCUPERFREQ_ACK | MCUPERFREQ_HIGH << 3)) {
        PWRCTRL->mcuperfreq = MCUPERFREQ_LOW_POWER;
        return "192 MHz is not taken";
    }
    clock_hz = 2 * LOW_POWER_HZ;
    return 0;
}

/* The program runs from MRAM, which the cache makes fast. It also runs without:
 * a cache that never gets ready is no error. */
static void start_cache(void)
{
    CACHE->cachecfg = CACHECFG_64K;
    CACHE->cachecfg = CACHECFG_64K | CACHECFG_ENABLE;
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
    reason = uart_init();

    chip_pad(PAD_BUTTON, 0xE013); /* input, 100 k to the supply */
    chip_pad(PAD_LIGHT, 0x203);   /* open drain */
    board_light(0);
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

/* The light shines when its pad is low. */
void board_light(int on)
{
    if (on)
        GPIO->wtc[PAD_LIGHT / 32] = 1u << PAD_LIGHT % 32;
    else
        GPIO->wts[PAD_LIGHT / 32] = 1u << PAD_LIGHT % 32;
}

/* With interrupts off, one that comes between the look and the sleep still
 * wakes the core. */
void board_wait(void)
{
    interrupts_off();
    if (!uart_has_input() && !pdm_has_hop())
        wait_for_interrupt();
    interrupts_on();
}
