/* registers.h - the registers of the Apollo4 Plus that the firmware uses, after
 * the vendor's register pages. Reserved words are never touched. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stddef.h>
#include <stdint.h>

struct clkgen {
    volatile uint32_t reserved[17];
    volatile uint32_t misc;      /* 0x44 */
    volatile uint32_t hf2adj[3]; /* 0x48: locks HFRC2 to the crystal */
};
_Static_assert(offsetof(struct clkgen, misc) == 0x44, "layout");

struct stimer {
    volatile uint32_t stcfg;
    volatile uint32_t sttmr; /* counts up */
};

struct gpio {
    volatile uint32_t pincfg[128];
    volatile uint32_t padkey; /* 0x200 */
    volatile uint32_t rd[4];  /* 0x204 */
    volatile uint32_t wt[4];
    volatile uint32_t wts[4]; /* 0x224 */
    volatile uint32_t wtc[4];
};
_Static_assert(offsetof(struct gpio, wts) == 0x224, "layout");

/* As ARM's PL011, but for the clock bits in `cr`. */
struct uart {
    volatile uint32_t dr;
    volatile uint32_t rsr;
    volatile uint32_t reserved0[4];
    volatile uint32_t fr; /* 0x18 */
    volatile uint32_t reserved1[2];
    volatile uint32_t ibrd; /* 0x24 */
    volatile uint32_t fbrd;
    volatile uint32_t lcrh;
    volatile uint32_t cr;
    volatile uint32_t ifls;
    volatile uint32_t ier; /* 0x38 */
    volatile uint32_t ies;
    volatile uint32_t mis;
    volatile uint32_t iec;
};
_Static_assert(offsetof(struct uart, iec) == 0x44, "layout");

struct mcuctrl {
    volatile uint32_t chippn;
    volatile uint32_t reserved0[2];
    volatile uint32_t chiprev; /* 0x0C */
    volatile uint32_t reserved1[20];
    volatile uint32_t vrctrl; /* 0x60 */
    volatile uint32_t reserved2[49];
    volatile uint32_t xtalhstrims; /* 0x128 */
    volatile uint32_t xtalhsctrl;
    volatile uint32_t reserved3[131];
    volatile uint32_t simobuck[16]; /* 0x33C */
    volatile uint32_t pwrsw0;
    volatile uint32_t pwrsw1; /* 0x380 */
};
_Static_assert(offsetof(struct mcuctrl, vrctrl) == 0x60, "layout");
_Static_assert(offsetof(struct mcuctrl, xtalhstrims) == 0x128, "layout");
_Static_assert(offsetof(struct mcuctrl, simobuck) == 0x33C, "layout");
_Static_assert(offsetof(struct mcuctrl, pwrsw1) == 0x380, "layout");

struct pwrctrl {
    volatile uint32_t mcuperfreq;
    volatile uint32_t devpwren;
    volatile uint32_t devpwrstatus;
    volatile uint32_t audsspwren;
    volatile uint32_t audsspwrstatus;
    volatile uint32_t reserved0[59];
    volatile uint32_t vrctrl; /* 0x100 */
    volatile uint32_t reserved1;
    volatile uint32_t vrstatus;
};
_Static_assert(offsetof(struct pwrctrl, vrstatus) == 0x108, "layout");

struct pdm {
    volatile uint32_t ctrl;
    volatile uint32_t corecfg0;
    volatile uint32_t corecfg1;
    volatile uint32_t corectrl;
    volatile uint32_t fifocnt;
    volatile uint32_t fiforead;
    volatile uint32_t fifoflush;
    volatile uint32_t fifothr;
    volatile uint32_t reserved[56];
    volatile uint32_t inten; /* 0x100 */
    volatile uint32_t intstat;
    volatile uint32_t intclr;
};
_Static_assert(offsetof(struct pdm, inten) == 0x100, "layout");

struct cache {
    volatile uint32_t cachecfg;
    volatile uint32_t reserved;
    volatile uint32_t cachectrl;
};

#define CLKGEN  ((struct clkgen *)0x40004000u)
#define STIMER  ((struct stimer *)0x40008800u)
#define GPIO    ((struct gpio *)0x40010000u)
#define UART0   ((struct uart *)0x4001C000u)
#define MCUCTRL ((struct mcuctrl *)0x40020000u)
#define PWRCTRL ((struct pwrctrl *)0x40021000u)
#define PDM0    ((struct pdm *)0x40201000u)
#define CACHE   ((struct cache *)0x48000000u)

enum { UART0_IRQ = 15, PDM0_IRQ = 48, N_IRQ = 84 };

enum {
    STCFG_HFRC_6MHZ = 1, /* and not frozen, bit 31 */
    STCFG_XTAL_32KHZ = 3,
    PADKEY_OPEN = 0x73,

    DEVPWREN_UART0 = 1 << 9,
    AUDSSPWREN_PDM0 = 1 << 2,

    MCUPERFREQ_LOW_POWER = 1, /* 96 MHz */
    MCUPERFREQ_HIGH = 2,      /* 192 MHz */
    MCUPERFREQ_ACK = 1 << 2,
    MCUPERFREQ_STATUS = 3 << 3,
    VRCTRL_SIMOBUCK = 1 << 0,
    VRSTATUS_SIMOBUCK = 3 << 4, /* both set: active */

    CACHECFG_ENABLE = 1 << 0,
    /* Direct mapped, 64 KB, clocks gated. */
    CACHECFG_64K = 14 << 4 | 1 << 10 | 1 << 20,
    CACHECFG_CODE = 1 << 8,
    CACHECFG_DATA = 1 << 9,
    CACHECTRL_INVALIDATE = 1 << 0,
    CACHECTRL_READY = 1 << 2,

    UART_FR_RXFE = 1 << 4,
    UART_FR_TXFF = 1 << 5,
    UART_FR_BUSY = 1 << 3,
    UART_LCRH_8N1_FIFO = 0x70,
    UART_CR_CLOCK_24MHZ = 1 << 3 | 1 << 4,
    UART_CR_ON = 1 << 0 | 1 << 8 | 1 << 9,
    UART_IFLS_QUARTERS = 1 << 3 | 1, /* both FIFOs call at 8 of 32 */
    UART_INT_RX = 1 << 4,
    UART_INT_TX = 1 << 5,
    UART_INT_RX_TIMEOUT = 1 << 6,
    UART_INT_OVERRUN = 1 << 10,
    UART_INT_ALL = 0x7FF,

    PDM_CTRL_CLKEN = 1 << 0,
    PDM_CTRL_HFRC2 = 0 << 1,
    PDM_CTRL_XTALHS = 1 << 1,
    PDM_CTRL_HFRC = 2 << 1,
    PDM_CTRL_RSTB = 1 << 4,
    PDM_CTRL_EN = 1 << 6,
    PDM_INT_THR = 1 << 0,
    PDM_INT_OVF = 1 << 1,
    PDM_INT_ALL = 0x1F,

    CLKGEN_MISC_FORCE_HFRC2 = 1 << 5,
    HF2ADJ0_ENABLE = 1 << 0,
    HF2ADJ1_TRIM = 5,
    HF2ADJ2_XTAL_32MHZ = 2 | 0x189374 << 2,
    XTALHS_TRIMS = 44 | 4 << 6 | 3 << 10 | 3 << 15 | 15 << 17 | 127 << 21,
    XTALHS_ON = 1 << 0 | 1 << 1 | 1 << 3,
    XTALHS_INJECT = 1 << 4,
};

#endif
