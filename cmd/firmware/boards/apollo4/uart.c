/* uart.c - UART0, the serial line of the EVB's J-Link; bytes go and come by
 * interrupt. */

#include "../../board.h"
#include "../../cortex_m4.h"
#include "../../ring.h"

#include "chip.h"
#include "config.h"
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

/* The divisor is 16.6 bits: 24 MHz / (16 * baud) * 64, rounded. */
#define DIVISOR ((24000000u * 8 / BOARD_BAUD + 1) / 2)
_Static_assert(DIVISOR >= 64 && DIVISOR < 1 << 22, "no such baud rate");

const char *uart_init(void)
{
    PWRCTRL->devpwren |= DEVPWREN_UART0;
    if (chip_wait(&PWRCTRL->devpwrstatus, DEVPWREN_UART0, DEVPWREN_UART0))
        return "the UART does not power up";

    chip_pad(PAD_UART_TX, 0x404); /* function 4, medium drive */
    chip_pad(PAD_UART_RX, 0x014); /* function 4, input */
    UART0->cr = 0;
    UART0->cr = UART_CR_CLOCK_24MHZ;
    UART0->ibrd = DIVISOR / 64;
    UART0->fbrd = DIVISOR % 64;
    UART0->lcrh = UART_LCRH_8N1_FIFO; /* takes over the divisors, too */
    UART0->ifls = UART_IFLS_QUARTERS;
    UART0->iec = UART_INT_ALL;
    UART0->ier =
        UART_INT_RX | UART_INT_RX_TIMEOUT | UART_INT_TX | UART_INT_OVERRUN;
    UART0->cr = UART_CR_CLOCK_24MHZ | UART_CR_ON;
    interrupt_enable(UART0_IRQ, PRIORITY);
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
    while (tail != tx_ring.head && !(UART0->fr & UART_FR_TXFF))
        UART0->dr = tx[tail++ % TX_BYTES];
    tx_ring.tail = tail;
}

static void pull_in(void)
{
    while (!(UART0->fr & UART_FR_RXFE)) {
        uint8_t byte = (uint8_t)UART0->dr;

        if (ring_fill(&rx_ring) == RX_BYTES) {
            rx_lost++;
            continue;
        }
        rx[rx_ring.head % RX_BYTES] = byte;
        rx_ring.head++;
    }
}

void uart_interrupt(void)
{
    uint32_t causes = UART0->mis;

    UART0->iec = causes;
    if (causes & UART_INT_OVERRUN)
        rx_lost++;
    pull_in();
    push_out();
    (void)UART0->mis; /* the clearing has to arrive before the return */
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
    while (is_on && UART0->fr & UART_FR_BUSY)
        ;
}
