/* startup.c - from the reset vector to main(), and what happens on a fault. */

#include "startup.h"
#include "board.h"
#include "console.h"
#include "cortex_m4.h"

/* From the linker script, all aligned to 4. */
extern uint32_t image_vectors[], data_image[], data_start[], data_end[];
extern uint32_t bss_start[], bss_end[];

int main(void);

/* Takes nothing from whatever ran before: the boot loader may leave interrupts
 * on, vectors that are not ours, an MPU that forbids our RAM, and a deep sleep
 * that stops our clocks. */
__attribute__((used, noreturn)) static void begin(void)
{
    SCB->vtor = (uint32_t)image_vectors;
    SCB->cpacr |= CPACR_FPU;
    barrier();
    SCB->scr = 0;
    *MPU_CTRL = 0;
    SYSTICK->ctrl = 0;
    SCB->icsr = ICSR_PENDSTCLR | ICSR_PENDSVCLR;
    for (int i = 0; i < 8; i++) {
        NVIC->icer[i] = ~0u;
        NVIC->icpr[i] = ~0u;
    }

    /* Plain loops through volatile: memcpy and memset may not be called
     * before .data and .bss are there. */
    for (volatile uint32_t *to = data_start, *from = data_image; to < data_end;)
        *to++ = *from++;
    for (volatile uint32_t *to = bss_start; to < bss_end;)
        *to++ = 0;

    interrupts_on();
    main();
    board_reset();
}

/* A boot loader that jumps here may have left its own stack pointer, the
 * process's stack in use (CONTROL), and interrupts masked in other ways. */
__attribute__((naked, noreturn)) void startup_reset(void)
{
    __asm__ volatile("cpsid i\n\t"
                     "movs r0, #0\n\t"
                     "msr control, r0\n\t"
                     "isb\n\t"
                     "msr basepri, r0\n\t"
                     "msr faultmask, r0\n\t"
                     "ldr r0, =stack_end\n\t"
                     "msr msp, r0\n\t"
                     "b begin");
}

/* `frame` is what the core put on the stack: r0-r3, r12, lr, pc, xpsr. */
__attribute__((used, noreturn)) static void tell_fault(const uint32_t *frame)
{
    interrupts_off();
    CONSOLE_PRINT("\nfault: pc %x, lr %x, cfsr %x, hfsr %x, address %x\n",
                  frame[6], frame[5], SCB->cfsr, SCB->hfsr, SCB->bfar);
    board_flush();
    for (;;)
        wait_for_interrupt();
}

__attribute__((naked, noreturn)) void startup_fault(void)
{
    __asm__ volatile("mrs r0, msp\n\t"
                     "b tell_fault");
}
