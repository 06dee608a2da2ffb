/* uart.c - the UART that is the serial line of the board's J-Link; bytes go and
 * come by interrupt. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../ring.h"

#include "chip.h"
#include "config.h"
#include "drivers.h"
#include "registers.h"

enum {
    TX_BYTES = 1024, /* holds the largest frame, 651 bytes */
    RX_BYTES = 512,  /* holds a frame with audio in, 331 bytes */
    PRIORITY = 2,    /* 24 free bytes in the FIFO last for 260 us */
};

static uint8_t tx[TX_BYTES], rx[RX_BYTES];
static struct ring tx_ring, rx_ring;
static volatile uint32_t rx_lost;
static int is_on; /* without power, a touch of the UART is a fault */

static volatile uint8_t has_break;

/* The divisor is 16.6 bits: 24 MHz / (16 * baud) * 64, rounded. */
#define DIVISOR(baud) ((24000000u * 8 / (baud) + 1) / 2)
_Static_assert(DIVISOR(BOARD_BAUD) >= 64 && DIVISOR(BOARD_BAUD) < 1 << 22 &&
                   DIVISOR(BOARD_FAST_BAUD) >= 64,
               "no such baud rate");

/* Off, and on with another speed. */
static void turn_on(uint32_t divisor)
{
    UART->cr = 0;
    UART->cr = UART_CR_CLOCK_24MHZ;
    UART->ibrd = divisor / 64;
    UART->fbrd = divisor % 64;
    UART->lcrh = UART_LCRH_8N1_FIFO; /* takes over the divisors, too */
    UART->ifls = UART_IFLS_QUARTERS;
    UART->iec = UART_INT_ALL;
    UART->ier =
        UART_INT_RX | UART_INT_RX_TIMEOUT | UART_INT_TX | UART_INT_OVERRUN;
    UART->cr = UART_CR_CLOCK_24MHZ | UART_CR_ON;
}

const char *uart_init(void)
{
    PWRCTRL->devpwren |= DEVPWREN_UART;
    if (chip_wait(&PWRCTRL->devpwrstatus, DEVPWREN_UART, DEVPWREN_UART))
        return "the UART does not power up";

    chip_pad(PAD_UART_TX, 0x404); /* function 4, medium drive */
    chip_pad(PAD_UART_RX, 0x014); /* function 4, input */
    turn_on(DIVISOR(BOARD_BAUD));
    interrupt_enable(UART_IRQ, PRIORITY);
    is_on = 1;
    return 0;
}

/* Fills the FIFO. The interrupt comes when the FIFO falls through its level,
 * not while it is below: whoever leaves bytes in the ring must have left the
 * FIFO full. Without a UART the bytes are gone. Runs in the interrupt or with
 * interrupts off. */
static void push_out(void)
{
    uint32_t tail = tx_ring.tail;

    if (!is_on)
        tail = tx_ring.head;
    while (tail != tx_ring.head && !(UART->fr & UART_FR_TXFF))
        UART->dr = tx[tail++ % TX_BYTES];
    tx_ring.tail = tail;
}

static void pull_in(void)
{
    while (!(UART->fr & UART_FR_RXFE)) {
        uint32_t byte = UART->dr;

        if (byte & UART_DR_BREAK)
            has_break = 1;
        if (byte & UART_DR_DAMAGED)
            continue;
        if (ring_fill(&rx_ring) == RX_BYTES) {
            rx_lost++;
            continue;
        }
        rx[rx_ring.head % RX_BYTES] = (uint8_t)byte;
        rx_ring.head++;
    }
}

void uart_interrupt(void)
{
    uint32_t causes = UART->mis;

    UART->iec = causes;
    if (causes & UART_INT_OVERRUN)
        rx_lost++;
    pull_in();
    push_out();
    (void)UART->mis; /* the clearing has to arrive before the return */
}

int uart_has_input(void)
{
    return ring_fill(&rx_ring) != 0;
}

int board_get(void)
{
    uint8_t byte;

    if (!uart_has_input())
        return -1;
    byte = rx[rx_ring.tail % RX_BYTES];
    rx_ring.tail++;
    return byte;
}

uint32_t board_room(void)
{
    return TX_BYTES - ring_fill(&tx_ring);
}

uint32_t board_bytes_lost(void)
{
    return rx_lost;
}

static void push_out_alone(void)
{
    uint32_t mask = interrupts_save();

    push_out();
    interrupts_restore(mask);
}

void board_put(uint8_t byte)
{
    while (!board_room())
        push_out_alone();
    tx[tx_ring.head % TX_BYTES] = byte;
    tx_ring.head++;
    push_out_alone();
}

void board_flush(void)
{
    while (ring_fill(&tx_ring))
        push_out_alone();
    while (is_on && UART->fr & UART_FR_BUSY)
        ;
}

uint32_t board_baud(int is_fast)
{
    return is_fast ? BOARD_FAST_BAUD : BOARD_BAUD;
}

void board_change_line(int is_fast)
{
    uint32_t mask;

    board_flush();
    mask = interrupts_save();
    if (is_on)
        turn_on(is_fast ? DIVISOR(BOARD_FAST_BAUD) : DIVISOR(BOARD_BAUD));
    has_break = 0;
    interrupts_restore(mask);
}

int board_break(void)
{
    int had_break = has_break;

    has_break = 0;
    return had_break;
}
