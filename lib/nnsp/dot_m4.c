/* dot_m4.c - rows of weights times a vector, for Cortex-M4 and later
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
 *   r0     row 0                 r6  weights   r8 r9        inputs
 *   r1 r2  lanes of rows 0, 1    r7  inputs    r10 - r12    weights
 *   r3     row 2                               lr           weights
 *   r4 r5  lanes of rows 2, 3 */
#define FOUR_COLUMNS                                                           \
    "ldm    r7!, {r8, r9}\n"                                                   \
    "ldm    r6!, {r10, r11, r12, lr}\n"                                        \
    "smlald r1, r2, r10, r8\n"                                                 \
    "sxtb16 r10, r10\n"                                                        \
    "smlad  r0, r10, r8, r0\n"                                                 \
    "smlald r4, r5, r11, r8\n"                                                 \
    "sxtb16 r11, r11\n"                                                        \
    "smlad  r3, r11, r8, r3\n"                                                 \
    "smlald r1, r2, r12, r9\n"                                                 \
    "sxtb16 r12, r12\n"                                                        \
    "smlad  r0, r12, r9, r0\n"                                                 \
    "smlald r4, r5, lr, r9\n"                                                  \
    "sxtb16 lr, lr\n"                                                          \
    "smlad  r3, lr, r9, r3\n"
#define EIGHT_COLUMNS FOUR_COLUMNS FOUR_COLUMNS

/* Of each group: the lanes begin at 256 times the odd row's bias and the even
 * one's. The loop does 72 columns a turn and is entered late by what is missing
 * to a multiple of 72. On the stack:
 *   0  z    4  bias    8  shift    12  x    16  end of x
 *   20  where the loop is entered    24  end of bias */
__asm__(".syntax unified\n"
        ".section .text.nnsp_dot, \"ax\", %progbits\n"
        ".balign 4\n"
        ".thumb\n"
        ".thumb_func\n"
        ".global nnsp_dot\n"
        ".type nnsp_dot, %function\n"
        "nnsp_dot:\n"
        "push   {r4-r11, lr}\n"
        "ldr    r12, [sp, #36]\n"
        "sub    sp, #28\n"
        "ldm    r1, {r6, r7, r8}\n"
        "add    r9, r2, r3, lsl #1\n"
        "movs   r4, #72\n"
        "udiv   r10, r3, r4\n"
        "mls    r10, r10, r4, r3\n"
        "lsr    r10, r10, #3\n"
        "add    r11, r7, r12, lsl #4\n"
        "str    r2, [sp, #12]\n"
        "strd   r0, r7, [sp]\n"
        "str    r8, [sp, #8]\n"
        "strd   r9, r10, [sp, #16]\n"
        "str    r11, [sp, #24]\n"

        "6:\n"
        "ldr    r10, [sp, #20]\n"
        "ldr    r8, [sp, #4]\n"
        "ldr    r7, [sp, #12]\n"
        "ldm    r8!, {r0, r1, r3, r4}\n"
        "str    r8, [sp, #4]\n"
        "asrs   r2, r1, #24\n"
        "adds   r1, r0, r1, lsl #8\n"
        "adc    r2, r2, r0, asr #31\n"
        "asrs   r5, r4, #24\n"
        "adds   r4, r3, r4, lsl #8\n"
        "adc    r5, r5, r3, asr #31\n"
        "tbh    [pc, r10, lsl #1]\n"
        "0: .short (1f - 0b) / 2, (17f - 0b) / 2, (16f - 0b) / 2\n"
        ".short (15f - 0b) / 2, (14f - 0b) / 2, (13f - 0b) / 2\n"
        ".short (12f - 0b) / 2, (11f - 0b) / 2, (10f - 0b) / 2\n"
        "1:\n" EIGHT_COLUMNS  /* 72 columns to go */
        "10:\n" EIGHT_COLUMNS /* 64 */
        "11:\n" EIGHT_COLUMNS "12:\n" EIGHT_COLUMNS "13:\n" EIGHT_COLUMNS
        "14:\n" EIGHT_COLUMNS "15:\n" EIGHT_COLUMNS "16:\n" EIGHT_COLUMNS
        "17:\n" EIGHT_COLUMNS /* 8 */
        "ldr    r8, [sp, #16]\n"
        "cmp    r7, r8\n"
        "bne    1b\n"

        "ldr    r9, [sp, #8]\n"
        "ldr    r7, [sp]\n"
        "ldr    r8, [r9], #4\n" /* four shifts, one in each byte */
        "str    r9, [sp, #8]\n"
        "subs   r1, r1, r0\n"
        "sbc    r2, r2, r0, asr #31\n"
        "lsrs   r1, r1, #8\n"
        "orr    r1, r1, r2, lsl #24\n"
        "subs   r4, r4, r3\n"
        "sbc    r5, r5, r3, asr #31\n"
        "lsrs   r4, r4, #8\n"
        "orr    r4, r4, r5, lsl #24\n"
        "asr    r0, r0, r8\n"
        "lsr    r8, r8, #8\n"
        "asr    r1, r1, r8\n"
        "lsr    r8, r8, #8\n"
        "asr    r3, r3, r8\n"
        "lsr    r8, r8, #8\n"
        "asr    r4, r4, r8\n"
        "stm    r7!, {r0, r1, r3, r4}\n"
        "str    r7, [sp]\n"
        "ldr    r8, [sp, #4]\n"
        "ldr    r9, [sp, #24]\n"
        "cmp    r8, r9\n"
        "bne    6b\n"
        "add    sp, #28\n"
        "pop    {r4-r11, pc}\n"
        ".size nnsp_dot, . - nnsp_dot\n"
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

static void dot_group(int32_t z[4], const int32_t bias[4], const int8_t *group,
                      const int16_t *x, uint32_t n_columns)
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
        z[2 * half] = bias[2 * half] + even[half];
        z[2 * half + 1] =
            bias[2 * half + 1] + (int32_t)((lanes[half] - even[half]) >> 8);
    }
}

void nnsp_dot(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
              uint32_t n_columns, uint32_t n_groups)
{
    const int8_t *group = rows->weights;

    for (uint32_t r = 0; r < 4 * n_groups; r += 4, group += 4 * n_columns) {
        dot_group(z + r, rows->bias + r, group, x, n_columns);
        for (int i = 0; i < 4; i++)
            z[r + i] >>= rows->shift[r + i];
    }
}

#endif

#endif
