/* dot_m4.c - four rows of weights times a vector, for Cortex-M4 and later
 * cores with the DSP extension: the same bits as dot.c.
 *
 * With L the lanes of two rows as they lie in memory and e their low bytes,
 * SMLALD sums L x = (256 o + e) x in 64 bits, SXTB16 and SMLAD sum e x in 32;
 * then the odd row is (the first - the second) / 256, exactly. Three
 * instructions for four products; bytes unpacked one row a time need four. */
#include "nnsp/dot.h"

#if NNSP_DOT_M4

/* For compilers that know no GNU assembler, and for who asks. */
#if defined __GNUC__ && defined __thumb2__ && !defined NNSP_INTRINSICS

/* Four columns of four rows: 14 instructions, 20 cycles. Every register but SP
 * and PC has its place, in the order that LDM wants:
 *   r0 r1  lanes of rows 0, 1   r6  weights   r8 r9        inputs
 *   r2 r3  lanes of rows 2, 3   r7  inputs    r10 - r12    weights
 *   r4 r5  rows 0 and 2                       lr           weights */
#define FOUR_COLUMNS                                                           \
    "ldm    r7!, {r8, r9}\n"                                                   \
    "ldm    r6!, {r10, r11, r12, lr}\n"                                        \
    "smlald r0, r1, r10, r8\n"                                                 \
    "sxtb16 r10, r10\n"                                                        \
    "smlad  r4, r10, r8, r4\n"                                                 \
    "smlald r2, r3, r11, r8\n"                                                 \
    "sxtb16 r11, r11\n"                                                        \
    "smlad  r5, r11, r8, r5\n"                                                 \
    "smlald r0, r1, r12, r9\n"                                                 \
    "sxtb16 r12, r12\n"                                                        \
    "smlad  r4, r12, r9, r4\n"                                                 \
    "smlald r2, r3, lr, r9\n"                                                  \
    "sxtb16 lr, lr\n"                                                          \
    "smlad  r5, lr, r9, r5\n"

/* The loop does 32 columns a turn and is entered late by what is missing to a
 * multiple of 32. On the stack: acc, the end of x. */
__asm__(".syntax unified\n"
        ".section .text.nnsp_dot4, \"ax\", %progbits\n"
        ".balign 4\n"
        ".thumb\n"
        ".thumb_func\n"
        ".global nnsp_dot4\n"
        ".type nnsp_dot4, %function\n"
        "nnsp_dot4:\n"
        "ubfx   r12, r3, #3, #2\n"
        "add    r3, r2, r3, lsl #1\n"
        "push   {r0, r3, r4-r11, lr}\n"
        "mov    r6, r1\n"
        "mov    r7, r2\n"
        "movs   r0, #0\n"
        "movs   r1, #0\n"
        "movs   r2, #0\n"
        "movs   r3, #0\n"
        "movs   r4, #0\n"
        "movs   r5, #0\n"
        "tbb    [pc, r12]\n"
        "0: .byte (1f - 0b) / 2, (4f - 0b) / 2, (3f - 0b) / 2, (2f - 0b) / 2\n"
        "1:\n" FOUR_COLUMNS FOUR_COLUMNS /* 32 columns to go */
        "2:\n" FOUR_COLUMNS FOUR_COLUMNS /* 24 */
        "3:\n" FOUR_COLUMNS FOUR_COLUMNS /* 16 */
        "4:\n" FOUR_COLUMNS FOUR_COLUMNS /* 8 */
        "ldr    r8, [sp, #4]\n"
        "cmp    r7, r8\n"
        "bne    1b\n"

        "subs   r0, r0, r4\n"
        "sbc    r1, r1, r4, asr #31\n"
        "subs   r2, r2, r5\n"
        "sbc    r3, r3, r5, asr #31\n"
        "lsrs   r0, r0, #8\n"
        "orr    r0, r0, r1, lsl #24\n"
        "lsrs   r2, r2, #8\n"
        "orr    r2, r2, r3, lsl #24\n"
        "ldr    r6, [sp], #8\n"
        "ldm    r6, {r7-r10}\n"
        "add    r7, r4\n"
        "add    r8, r0\n"
        "add    r9, r5\n"
        "add    r10, r2\n"
        "stm    r6, {r7-r10}\n"
        "pop    {r4-r11, pc}\n"
        ".size nnsp_dot4, . - nnsp_dot4\n"
        ".text\n");

#else

#include <arm_acle.h>

/* Four bytes in memory as a register; compilers make one load of it. */
static uint32_t word_at(const int8_t *bytes)
{
    const uint8_t *b = (const uint8_t *)bytes;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

void nnsp_dot4(int32_t acc[4], const int8_t *group, const int16_t *x,
               uint32_t n_columns)
{
    const int8_t *inputs = (const int8_t *)x;
    int64_t lanes[2] = {0, 0};
    int32_t even[2] = {0, 0};

    for (uint32_t i = 0; i < n_columns; i += 2, group += 8, inputs += 4) {
        uint32_t two = word_at(inputs);

        for (int half = 0; half < 2; half++) {
            uint32_t weights = word_at(group + 4 * half);

            lanes[half] = __smlald(weights, two, lanes[half]);
            even[half] = __smlad(__sxtb16(weights), two, even[half]);
        }
    }
    for (int half = 0; half < 2; half++) {
        acc[2 * half] += even[half];
        acc[2 * half + 1] += (int32_t)((lanes[half] - even[half]) >> 8);
    }
}

#endif

#endif
