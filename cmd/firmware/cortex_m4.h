/* cortex_m4.h - the registers of the core that the firmware uses, after the
 * ARMv7-M architecture manual (part B3 and C1). */
#ifndef CORTEX_M4_H
#define CORTEX_M4_H

#include <stddef.h>
#include <stdint.h>

/* System control block, 0xE000ED00. */
struct scb {
    volatile uint32_t cpuid;
    volatile uint32_t icsr;
    volatile uint32_t vtor;
    volatile uint32_t aircr;
    volatile uint32_t scr;
    volatile uint32_t ccr;
    volatile uint32_t shpr[3];
    volatile uint32_t shcsr;
    volatile uint32_t cfsr;
    volatile uint32_t hfsr;
    volatile uint32_t reserved0;
    volatile uint32_t mmfar;
    volatile uint32_t bfar;
    volatile uint32_t reserved1[19];
    volatile uint32_t cpacr; /* 0xE000ED88 */
};
_Static_assert(offsetof(struct scb, cpacr) == 0x88, "layout");

/* SysTick, 0xE000E010: a 24-bit counter down from `load`. */
struct systick {
    volatile uint32_t ctrl;
    volatile uint32_t load;
    volatile uint32_t val;
};

/* Interrupt controller, 0xE000E100; one bit an interrupt. */
struct nvic {
    volatile uint32_t iser[32];
    volatile uint32_t icer[32];
    volatile uint32_t ispr[32];
    volatile uint32_t icpr[32];
    volatile uint32_t reserved[64];
    volatile uint8_t ipr[240]; /* priority, in the upper bits */
};
_Static_assert(offsetof(struct nvic, ipr) == 0x300, "layout");

/* Data watchpoint and trace, 0xE0001000: the cycle counter. */
struct dwt {
    volatile uint32_t ctrl;
    volatile uint32_t cyccnt;
};

#define SCB      ((struct scb *)0xE000ED00u)
#define SYSTICK  ((struct systick *)0xE000E010u)
#define NVIC     ((struct nvic *)0xE000E100u)
#define DWT      ((struct dwt *)0xE0001000u)
#define MPU_CTRL ((volatile uint32_t *)0xE000ED94u)
#define DEMCR    (*(volatile uint32_t *)0xE000EDFCu)

enum {
    SYSTICK_ENABLE = 1 << 0,
    SYSTICK_TICKINT = 1 << 1,
    SYSTICK_CORE_CLOCK = 1 << 2,
    ICSR_PENDSTCLR = 1 << 25,
    ICSR_PENDSVCLR = 1 << 27,
    DEMCR_TRCENA = 1 << 24,
    DWT_CYCCNTENA = 1 << 0,
    CPACR_FPU = 0xF << 20, /* full access to coprocessors 10 and 11 */
};
#define AIRCR_SYSRESETREQ 0x05FA0004u

static inline void interrupts_off(void)
{
    __asm__ volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void)
{
    __asm__ volatile("cpsie i" ::: "memory");
}

/* Off, and back to what they were. */
static inline uint32_t interrupts_save(void)
{
    uint32_t mask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask)::"memory");
    return mask;
}

static inline void interrupts_restore(uint32_t mask)
{
    __asm__ volatile("msr primask, %0" ::"r"(mask) : "memory");
}

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("dsb\n\twfi" ::: "memory");
}

static inline void barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/* A core may have fewer bits of priority than 8; `priority` counts from 0, the
 * most urgent, to 7. */
static inline void interrupt_enable(int number, int priority)
{
    NVIC->ipr[number] = (uint8_t)(priority << 5);
    NVIC->iser[number / 32] = 1u << number % 32;
}

static inline void interrupt_disable(int number)
{
    NVIC->icer[number / 32] = 1u << number % 32;
    barrier();
}

#endif
