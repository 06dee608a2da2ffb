/* bare.c - the checksums on a core without anything else: start, lines of text
 * to the emulator by semihosting, end. Nothing is copied at the start: the
 * emulator loads all sections where they belong. */
#include "checksum.h"

#include <stddef.h>

void start(void);

/* ---- semihosting
 * ------------------------------------------------------------- Both operations
 * have their argument in a register, whatever the byte order. */
enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, DONE = 0x20026 };

static void semihost(uintptr_t operation, uintptr_t argument)
{
#if defined __riscv
    register uintptr_t a0 __asm__("a0") = operation;
    register uintptr_t a1 __asm__("a1") = argument;

    __asm__ volatile(".balign 16\n"
                     ".option push\n"
                     ".option norvc\n"
                     "slli zero, zero, 0x1f\n"
                     "ebreak\n"
                     "srai zero, zero, 7\n"
                     ".option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
#else
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;

#if __ARM_ARCH_PROFILE == 'M'
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
#else
    __asm__ volatile("svc 0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
#endif
#endif
}

/* ---- the C library's part in what compilers make of loops
 * ----------------------*/
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);

void *memcpy(void *to, const void *from, size_t n)
{
    return memmove(to, from, n);
}

void *memmove(void *to, const void *from, size_t n)
{
    char *a = to;
    const char *b = from;

    if (a < b) {
        for (size_t i = 0; i < n; i++)
            a[i] = b[i];
    } else {
        while (n-- > 0)
            a[n] = b[n];
    }
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    char *a = to;

    for (size_t i = 0; i < n; i++)
        a[i] = (char)byte;
    return to;
}

/* ---- start
 * ---------------------------------------------------------------------*/
void run(void);

void run(void)
{
    for (const struct checksum *c = checksums; c->name; c++) {
        uint32_t sum = c->compute();
        char text[11] = " 00000000\n";

        for (int i = 0; i < 8; i++)
            text[1 + i] = "0123456789abcdef"[sum >> (28 - 4 * i) & 15];
        semihost(SYS_WRITE0, (uintptr_t)c->name);
        semihost(SYS_WRITE0, (uintptr_t)text);
    }
    semihost(SYS_EXIT, DONE);
    for (;;) {
    }
}

#if defined __riscv

__asm__(".section .first, \"ax\"\n"
        ".global start\n"
        "start: la sp, stack_end\n"
        "j run\n"
        ".text");

#elif __ARM_ARCH_PROFILE == 'M'

void start(void)
{
#ifdef __ARM_FP /* or Helium: access to its registers */
    volatile uint32_t *cpacr = (volatile uint32_t *)UINT32_C(0xe000ed88);

    *cpacr |= UINT32_C(0xf) << 20;
    __asm__ volatile("dsb\nisb" ::: "memory");
#endif
    run();
}

static void fault(void)
{
    semihost(SYS_EXIT, 0);
    for (;;) {
    }
}

extern char stack_end[];

static const void *const vectors[] __attribute__((section(".first"), used)) = {
    stack_end, (const void *)start, (const void *)fault, (const void *)fault};

#else

__asm__(".section .first, \"ax\"\n"
        ".arm\n"
        ".global start\n"
        "start: setend be\n"
        "ldr sp, =stack_end\n"
        "b run\n"
        ".text");

#endif
