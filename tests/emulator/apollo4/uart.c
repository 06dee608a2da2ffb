/* uart.c - UART0 with its FIFOs, at the speed of its baud rate. The other end
 * of the line is a pair of file descriptors. */

#include "machine.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    INT_RX = 1 << 4,
    INT_TX = 1 << 5,
    INT_RX_TIMEOUT = 1 << 6,
    INT_OVERRUN = 1 << 10,
    INT_ALL = 0x7FF,
    TIMEOUT_BITS = 32,
    POLL_TICKS = 1000 * TICKS_PER_US,
    CR_CLOCK = 1 << 3 | 1 << 4, /* CLKEN, 24 MHz */
    CR_ON = CR_CLOCK | 1 << 0 | 1 << 8 | 1 << 9,
    LCRH_8N1_FIFO = 0x70,
    IFLS_QUARTERS = 0x09, /* 8 of 32, both */
    INT_NEEDED = INT_RX | INT_TX | INT_RX_TIMEOUT | INT_OVERRUN,
    DAMAGED_FRAME = 1 << 8,
    DAMAGED_BREAK = 1 << 10 | DAMAGED_FRAME,
};

static int irq(const struct machine *machine)
{
    return UART0_IRQ + machine->config.board->uart;
}

void uart_reset(struct machine *machine)
{
    struct uart *uart = &machine->uart;

    uart->ibrd = uart->fbrd = uart->lcrh = uart->ier = 0;
    uart->raw = INT_ALL; /* of before */
    uart->cr = 0x300;
    uart->ifls = 0x12;
    uart->n_tx = uart->n_rx = 0;
    uart->tx_done = uart->rx_next = uart->rx_last = NEVER;
    core_line(machine, irq(machine), 0);
}

static uint64_t bit_ticks(const struct uart *uart)
{
    return 16 * TICKS_PER_24MHZ * (uint64_t)(64 * uart->ibrd + uart->fbrd) / 64;
}

/* A start bit, 8 bits, a stop bit. */
static uint64_t byte_ticks(const struct uart *uart)
{
    return 10 * bit_ticks(uart);
}

/* The FIFO's level that a field of IFLS means. */
static int level(uint32_t field)
{
    static const int eighths[8] = {1, 2, 4, 6, 7, 7, 7, 7};

    return UART_FIFO * eighths[field & 7] / 8;
}

static void set_line(struct machine *machine)
{
    core_line(machine, irq(machine),
              (machine->uart.raw & machine->uart.ier) != 0);
}

/* --- the desk's end --- */

void uart_flush(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    int done = 0;

    while (done < uart->n_output) {
        ssize_t n = write(machine->config.out, uart->output + done,
                          (size_t)(uart->n_output - done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            machine_fail(machine, "nobody listens to the serial line");
            break;
        }
        done += (int)n;
    }
    uart->n_output = 0;
}

static double baud(const struct uart *uart)
{
    return 1e6 * TICKS_PER_US / (double)bit_ticks(uart);
}

/* Of a desk that is a terminal; the others follow every change. */
static double desk_baud(const struct machine *machine)
{
    static const struct {
        speed_t code;
        int baud;
    } speeds[] = {{B115200, 115200}, {B921600, 921600}, {B1000000, 1000000}};
    struct termios line;

    if (tcgetattr(machine->config.in, &line) == 0)
        for (unsigned i = 0; i < sizeof speeds / sizeof *speeds; i++)
            if (cfgetospeed(&line) == speeds[i].code)
                return speeds[i].baud;
    return baud(&machine->uart);
}

static int is_same_speed(double a, double b)
{
    return a > 0.97 * b && a < 1.03 * b;
}

static void send(struct machine *machine, uint8_t byte)
{
    struct uart *uart = &machine->uart;

    if (!is_same_speed(desk_baud(machine), baud(uart)))
        byte ^= 0xA5;
    uart->output[uart->n_output++] = byte;
    if (uart->n_output == sizeof uart->output)
        uart_flush(machine);
}

/* Looks for input, for at most `wait_ms`. */
void uart_poll(struct machine *machine, int wait_ms)
{
    struct uart *uart = &machine->uart;
    struct pollfd input = {.fd = machine->config.in, .events = POLLIN};
    ssize_t n;

    uart_flush(machine);
    uart->poll = machine->now + POLL_TICKS;
    if (uart->is_closed || uart->input_at < uart->n_input ||
        poll(&input, 1, wait_ms) <= 0)
        return;
    n = read(machine->config.in, uart->input, sizeof uart->input);
    uart->is_closed = n <= 0;
    uart->n_input = n > 0 ? (int)n : 0;
    uart->input_at = 0;
}

int uart_is_idle(const struct machine *machine)
{
    const struct uart *uart = &machine->uart;

    return uart->n_tx == 0 && uart->n_rx == 0 &&
           uart->input_at == uart->n_input;
}

/* --- time --- */

/* The interrupt comes when the FIFO falls through its level, not below it. */
static void update_tx(struct machine *machine)
{
    struct uart *uart = &machine->uart;

    while (uart->n_tx && machine->now >= uart->tx_done) {
        send(machine, uart->tx[0]);
        memmove(uart->tx, uart->tx + 1, (size_t)--uart->n_tx);
        uart->tx_done = uart->n_tx ? uart->tx_done + byte_ticks(uart) : NEVER;
        if (uart->n_tx == level(uart->ifls))
            uart->raw |= INT_TX;
    }
}

static void receive(struct machine *machine, uint16_t byte)
{
    struct uart *uart = &machine->uart;

    uart->rx_last = machine->now;
    if (uart->n_rx == UART_FIFO) {
        uart->raw |= INT_OVERRUN;
        return;
    }
    uart->rx[uart->n_rx++] = byte;
    if (uart->n_rx == level(uart->ifls >> 3))
        uart->raw |= INT_RX;
}

static void receive_next(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    uint16_t byte = uart->input[uart->input_at++];
    double speed = desk_baud(machine);

    if (!is_same_speed(speed, baud(uart)))
        byte = byte || speed > baud(uart) ? (byte ^ 0xA5) | DAMAGED_FRAME
                                          : DAMAGED_BREAK;
    receive(machine, byte);
}

static void update_rx(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    uint64_t timeout = TIMEOUT_BITS * bit_ticks(uart);
    double break_s = machine->config.break_s;

    if (break_s >= 0 && !uart->had_break &&
        (double)machine->now >= break_s * 1e6 * TICKS_PER_US) {
        uart->had_break = 1;
        receive(machine, DAMAGED_BREAK);
    }

    if (machine->now >= uart->poll)
        uart_poll(machine, 0);
    if (uart->rx_next == NEVER && uart->input_at < uart->n_input)
        uart->rx_next = machine->now + byte_ticks(uart);
    while (machine->now >= uart->rx_next) {
        receive_next(machine);
        uart->rx_next = uart->input_at < uart->n_input
                            ? uart->rx_next + byte_ticks(uart)
                            : NEVER;
    }
    if (uart->n_rx && uart->rx_last != NEVER &&
        machine->now >= uart->rx_last + timeout) {
        uart->raw |= INT_RX_TIMEOUT;
        uart->rx_last = NEVER;
    }
}

/* When the transmit FIFO is at its level, or empty. */
static uint64_t next_tx(const struct uart *uart)
{
    int n = uart->n_tx - level(uart->ifls);

    if (!uart->n_tx)
        return NEVER;
    return uart->tx_done +
           (uint64_t)((n > 0 ? n : uart->n_tx) - 1) * byte_ticks(uart);
}

uint64_t uart_update(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    uint64_t next;

    if (!(uart->cr & 1))
        return NEVER;
    update_tx(machine);
    update_rx(machine);
    set_line(machine);

    next = next_tx(uart);
    if (uart->rx_next < next)
        next = uart->rx_next;
    if (uart->n_rx && uart->rx_last != NEVER &&
        uart->rx_last + TIMEOUT_BITS * bit_ticks(uart) < next)
        next = uart->rx_last + TIMEOUT_BITS * bit_ticks(uart);
    if ((!uart->is_closed || machine->config.break_s >= 0) && uart->poll < next)
        next = uart->poll;
    return next;
}

/* --- registers --- */

static uint32_t read_data(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    uint32_t byte = uart->rx[0];

    if (!uart->n_rx) {
        machine_fail(machine, "UART0 is read and has received nothing");
        return 0;
    }
    memmove(uart->rx, uart->rx + 1, (size_t)--uart->n_rx * sizeof *uart->rx);
    if (uart->n_rx < level(uart->ifls >> 3))
        uart->raw &= ~(uint32_t)INT_RX;
    if (!uart->n_rx)
        uart->raw &= ~(uint32_t)INT_RX_TIMEOUT;
    set_line(machine);
    return byte;
}

static void write_data(struct machine *machine, uint8_t byte)
{
    struct uart *uart = &machine->uart;

    if ((uart->cr & 0x109) != 0x109 || !(uart->cr >> 4 & 7))
        machine_fail(machine, "UART0 is written to and is not on");
    else if (uart->n_tx == UART_FIFO)
        machine_fail(machine, "UART0 is written to and is full");
    else
        uart->tx[uart->n_tx++] = byte;
    if (uart->n_tx == 1)
        uart->tx_done = machine->now + byte_ticks(uart);
    machine_attend(machine);
}

uint32_t uart_read(struct machine *machine, uint32_t offset)
{
    struct uart *uart = &machine->uart;

    update_tx(machine);
    switch (offset) {
    case 0x00:
        return read_data(machine);
    case 0x18:
        return (uint32_t)(uart->n_tx > 0) << 3 |
               (uint32_t)(uart->n_rx == 0) << 4 |
               (uint32_t)(uart->n_tx == UART_FIFO) << 5 |
               (uint32_t)(uart->n_rx == UART_FIFO) << 6 |
               (uint32_t)(uart->n_tx == 0) << 7;
    case 0x30:
        return uart->cr;
    case 0x40:
        uart->in_flight = 0;
        return uart->raw & uart->ier;
    }
    machine_fail(machine, "no register of UART0 to read at 0x%02x", offset);
    return 0;
}

/* Whoever turns the line on must mean the desk's speed and format: the slow
 * speed at first, either of both later. */
static void turn_on(struct machine *machine)
{
    struct uart *uart = &machine->uart;
    const struct machine_config *config = &machine->config;

    if (!uart->ibrd || uart->fbrd > 63 || uart->cr != CR_ON ||
        uart->lcrh != LCRH_8N1_FIFO || uart->ier != INT_NEEDED) {
        machine_fail(machine,
                     "UART0: IBRD %u, FBRD %u, CR 0x%03x, LCRH 0x%02x, "
                     "IER 0x%03x",
                     uart->ibrd, uart->fbrd, uart->cr, uart->lcrh, uart->ier);
        return;
    }
    if (uart->is_rate_new)
        machine_fail(machine, "UART0's rate comes after its format");
    if (uart->raw)
        machine_fail(machine, "UART0 starts with interrupts 0x%03x waiting",
                     uart->raw);
    if (uart->ifls != IFLS_QUARTERS)
        machine_fail(machine, "UART0: levels 0x%02x", uart->ifls);
    if (!(baud(uart) > 0.995 * config->baud &&
          baud(uart) < 1.005 * config->baud) &&
        !(uart->n_turns_on && baud(uart) > 0.995 * config->fast_baud &&
          baud(uart) < 1.005 * config->fast_baud))
        machine_fail(machine, "UART0 has %.0f baud and the desk has %d",
                     baud(uart), config->baud);
    if (uart->n_turns_on++ == 0 && !config->is_bare) {
        /* Noise of the plug: a command, if damage were none. */
        uart->rx[uart->n_rx++] = 'R' | DAMAGED_FRAME;
        uart->rx_last = machine->now;
    }
    chip_need_pad(machine, config->board->pad_tx, 0x404, "UART0 TX");
    chip_need_pad(machine, config->board->pad_rx, 0x014, "UART0 RX");
    machine->uart.poll = machine->now;
}

/* What is still on its way would be cut off. */
static void turn_off(struct machine *machine)
{
    struct uart *uart = &machine->uart;

    if (uart->n_tx)
        machine_fail(machine, "UART0 is turned off while it sends");
    uart->n_rx = 0;
    uart->rx_next = uart->rx_last = NEVER;
}

/* First the clock, then the rate, then the format, which takes over the rate;
 * all that before the UART is on. */
static void check_order(struct machine *machine, uint32_t offset,
                        uint32_t value)
{
    const struct uart *uart = &machine->uart;
    int has_clock = (uart->cr & 0x78) == CR_CLOCK;

    if (offset >= 0x24 && offset <= 0x2C && (uart->cr & 1 || !has_clock))
        machine_fail(machine, "UART0 is set up with its clock off, or itself "
                              "on");
    if (offset == 0x30 && value & 1 && !has_clock)
        machine_fail(machine, "UART0 is on before its clock");
}

void uart_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    struct uart *uart = &machine->uart;
    uint32_t was_on = uart->cr & 1;

    check_order(machine, offset, value);
    uart->in_flight = core_is_in(machine, irq(machine));
    machine_attend(machine);
    switch (offset) {
    case 0x00:
        write_data(machine, (uint8_t)value);
        break;
    case 0x24:
        uart->ibrd = value;
        uart->is_rate_new = 1;
        break;
    case 0x28:
        uart->fbrd = value;
        uart->is_rate_new = 1;
        break;
    case 0x2C:
        uart->lcrh = value;
        uart->is_rate_new = 0;
        break;
    case 0x30:
        if (was_on && !(value & 1))
            turn_off(machine);
        uart->cr = value;
        if (!was_on && value & 1)
            turn_on(machine);
        break;
    case 0x34:
        uart->ifls = value;
        break;
    case 0x38:
        uart->ier = value;
        break;
    case 0x44:
        if (value & ~(uint32_t)INT_ALL)
            machine_fail(machine, "0x%08x written to UART0's IEC", value);
        uart->raw &= ~value;
        break;
    default:
        machine_fail(machine, "no register of UART0 to write at 0x%02x",
                     offset);
    }
    set_line(machine);
}
