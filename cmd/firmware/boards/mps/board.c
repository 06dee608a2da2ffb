/* board.c - Arm's MPS boards as QEMU has them: a serial line and SysTick; no
 * microphone, button or light. */

#include BOARD_FILE

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../startup.h"

const char board_name[] = BOARD_NAME;

/* CMSDK UART. */
struct uart {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t ctrl;
    volatile uint32_t intstatus;
    volatile uint32_t bauddiv;
};
#define UART ((struct uart *)BOARD_UART_BASE)

enum {
    UART_TX_FULL = 1 << 0,
    UART_RX_FULL = 1 << 1,
    UART_ON = 1 << 0 | 1 << 1, /* in CTRL: transmit and receive */
    BAUD = 921600,
    SYSTICK_MAX = 0xFFFFFF,
    N_IRQ = 32,
};

__attribute__((section(".vectors"),
               used)) static void (*const vectors[16 + N_IRQ])(void) = {
    STARTUP_VECTORS(startup_fault),
    [16 ... 16 + N_IRQ - 1] = startup_fault,
};

const char *board_init(void)
{
    UART->bauddiv = BOARD_CLOCK_HZ / BAUD;
    UART->ctrl = UART_ON;
    SYSTICK->load = SYSTICK_MAX;
    SYSTICK->val = 0;
    SYSTICK->ctrl = SYSTICK_ENABLE | SYSTICK_CORE_CLOCK;
    return 0;
}

void board_reset(void)
{
    SCB->aircr = AIRCR_SYSRESETREQ;
    barrier();
    for (;;)
        ;
}

int board_get(void)
{
    return UART->state & UART_RX_FULL ? (int)(UART->data & 0xFF) : -1;
}

void board_put(uint8_t byte)
{
    while (UART->state & UART_TX_FULL)
        ;
    UART->data = byte;
}

uint32_t board_room(void)
{
    return !(UART->state & UART_TX_FULL);
}

void board_flush(void)
{
    while (UART->state & UART_TX_FULL)
        ;
}

/* QEMU's line takes any. */
uint32_t board_baud(int is_fast)
{
    (void)is_fast;
    return BAUD;
}

void board_change_line(int is_fast)
{
    (void)is_fast;
}

int board_break(void)
{
    return 0;
}

/* The line waits for the board: QEMU gives the next byte when this one was
 * taken. */
uint32_t board_bytes_lost(void)
{
    return 0;
}

const char *board_microphone_start(enum board_input input)
{
    (void)input;
    return "this board has no microphone";
}

void board_microphone_stop(void)
{
}

const char *board_microphone_remark(void)
{
    return 0;
}

int board_microphone_is_silent(void)
{
    return 0;
}

int board_microphone_read(int16_t hop[160])
{
    (void)hop;
    return 0;
}

uint32_t board_samples_lost(void)
{
    return 0;
}

uint32_t board_sample_rate(void)
{
    return 0;
}

uint32_t board_time(void)
{
    return 0;
}

/* SysTick counts down in 24 bits; QEMU's cores have no DWT. */
uint32_t board_cycles(void)
{
    static uint32_t total, last = SYSTICK_MAX;
    uint32_t now = SYSTICK->val;

    total += (last - now) & SYSTICK_MAX;
    last = now;
    return total;
}

uint32_t board_cycles_hz(void)
{
    return BOARD_CLOCK_HZ;
}

int board_button(void)
{
    return 0;
}

void board_light(int on)
{
    (void)on;
}

void board_speech(int on)
{
    (void)on;
}

void board_wait(void)
{
}
