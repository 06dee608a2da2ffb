/* board.c - boards with an Apollo4: interrupts, button, lights, inputs. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../startup.h"

#include "capture.h"
#include "chip.h"
#include "config.h"
#include "drivers.h"
#include "registers.h"

const char board_name[] = BOARD_NAME;

enum { BUTTON_TICKS = 3 /* 30 ms: contacts have settled by then */ };

static volatile uint32_t n_presses;
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

uint32_t board_time(void)
{
    return chip_time();
}

const char *board_init(void)
{
    const char *slow = chip_init(), *reason = uart_init();

    chip_pad(PAD_BUTTON, 0xE013); /* input, 100 k to the supply */
    chip_pad(PAD_LIGHT, 0x203);   /* open drain */
    chip_pad(PAD_SPEECH, 0x203);
    board_light(0);
    board_speech(0);
    chip_start_ticks();
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
    return chip_clock_hz();
}

/* The button pulls its pad down. */
static void tick_interrupt(void)
{
    static uint8_t n_down;
    int is_down = !(GPIO->rd[PAD_BUTTON / 32] >> PAD_BUTTON % 32 & 1);

    chip_tick();
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
