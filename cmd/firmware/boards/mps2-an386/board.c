/* board.c - Arm's MPS2 board with a Cortex-M4 (AN386), as QEMU has it: a serial
 * line and SysTick; no microphone, button or light. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../startup.h"

const char board_name[] = "mps2-an386";

/* CMSDK UART, 0x40004000. */
struct uart {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t ctrl;
    volatile uint32_t intstatus;
    volatile uint32_t bauddiv;
};
#define UART0 ((struct uart *)0x40004000u)

enum {
    UART_TX_FULL = 1 << 0,
    UART_RX_FULL = 1 << 1,
    UART_ON = 1 << 0 | 1 << 1, /* in CTRL: transmit and receive */
    CLOCK_HZ = 25000000,
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
    UART0->bauddiv = CLOCK_HZ / BAUD;
    UART0->ctrl = UART_ON;
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
    return UART0->state & UART_RX_FULL ? (int)(UART0->data & 0xFF) : -1;
}

void board_put(uint8_t byte)
{
    while (UART0->state & UART_TX_FULL)
        ;
    UART0->data = byte;
}

uint32_t board_room(void)
{
    return !(UART0->state & UART_TX_FULL);
}

void board_flush(void)
{
    while (UART0->state & UART_TX_FULL)
        ;
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

/* SysTick counts down in 24 bits; QEMU's core has no DWT. */
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
    return CLOCK_HZ;
}

int board_button(void)
{
    return 0;
}

void board_light(int on)
{
    (void)on;
}

void board_wait(void)
{
}
