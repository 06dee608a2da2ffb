/* dot_mve.c - rows of weights times a vector, for Cortex-M55 and later cores
 * with Helium (the M-profile vector extension): the same bits as dot.c.
 *
 * As dot_m4.c, eight columns at a time: with L the lanes of two rows and e
 * their low bytes, VMLALDAVA sums L x in 64 bits and VMLADAVA e x in 32; then
 * the odd row is (the first - the second) / 256, exactly. VLD2 brings apart the
 * two pairs of rows. */
#include "nnsp/dot.h"

#if NNSP_MVE

#include <arm_mve.h>

enum { EIGHT = 8 }; /* columns */

/* For compilers that know no GNU assembler, and for who asks. */
#if defined __GNUC__ && !defined NNSP_INTRINSICS

/* z[r] = the sum over columns of row r, of each group. */
void nnsp_dot_sums(int32_t *z, const int8_t *weights, const int16_t *x,
                   uint32_t n_eights, uint32_t n_groups);

/* Eight columns, loaded before: lanes in q0 and q1, inputs in q4; low bytes in
 * q2 and q3. No two neighbours want the same of the core's pipes, so that each
 * instruction overlaps half of the one before it. `a`: "a", or nothing for a
 * group's first columns.
 *   r0  z    r1  weights    r2  x    r3  groups to go    r9  inputs
 *   r4 r5  lanes of rows 0, 1    r8   row 0
 *   r6 r7  lanes of rows 2, 3    r10  row 2
 *   r11 r12  turns of the two loops */
#define EIGHT_COLUMNS(a)                                                       \
    "vmovlb.s8 q2, q0\n"                                                       \
    "vmlaldav" a ".s16 r4, r5, q0, q4\n"                                       \
    "vmovlb.s8 q3, q1\n"                                                       \
    "vmlaldav" a ".s16 r6, r7, q1, q4\n"                                       \
    "vld20.32 {q0, q1}, [r1]\n"                                                \
    "vmladav" a ".s16 r8, q2, q4\n"                                            \
    "vld21.32 {q0, q1}, [r1]!\n"                                               \
    "vmladav" a ".s16 r10, q3, q4\n"                                           \
    "vldrh.16 q4, [r9], #16\n"
#define LAST_COLUMNS(a)                                                        \
    "vmovlb.s8 q2, q0\n"                                                       \
    "vmlaldav" a ".s16 r4, r5, q0, q4\n"                                       \
    "vmovlb.s8 q3, q1\n"                                                       \
    "vmlaldav" a ".s16 r6, r7, q1, q4\n"                                       \
    "vmladav" a ".s16 r8, q2, q4\n"                                            \
    "vmladav" a ".s16 r10, q3, q4\n"
#define GROUP_BEGINS                                                           \
    "mov r9, r2\n"                                                             \
    "vld20.32 {q0, q1}, [r1]\n"                                                \
    "vld21.32 {q0, q1}, [r1]!\n"                                               \
    "vldrh.16 q4, [r9], #16\n"
#define GROUP_ENDS                                                             \
    "subs r4, r4, r8\n"                                                        \
    "sbc r5, r5, r8, asr #31\n"                                                \
    "lsrl r4, r5, #8\n"                                                        \
    "subs r6, r6, r10\n"                                                       \
    "sbc r7, r7, r10, asr #31\n"                                               \
    "lsrl r6, r7, #8\n"                                                        \
    "strd r8, r4, [r0]\n"                                                      \
    "strd r10, r6, [r0, #8]\n"                                                 \
    "adds r0, #16\n"                                                           \
    "subs r3, #1\n"

__asm__(".syntax unified\n"
        ".section .text.nnsp_dot_sums, \"ax\", %progbits\n"
        ".balign 4\n"
        ".thumb\n"
        ".thumb_func\n"
        ".global nnsp_dot_sums\n"
        ".type nnsp_dot_sums, %function\n"
        "nnsp_dot_sums:\n"
        "push {r4-r12, lr}\n"
        "vpush {d8, d9}\n"
        "subs r12, r3, #1\n"
        "ldr r3, [sp, #56]\n"
        "beq 6f\n"
        "subs r12, #1\n" /* the first and the last go on their own */
        "movs r4, #7\n"
        "udiv r11, r12, r4\n"
        "mls r12, r11, r4, r12\n"

        "1:\n" GROUP_BEGINS EIGHT_COLUMNS(
            "") "wls lr, r11, 3f\n"
                "2:\n" EIGHT_COLUMNS("a") EIGHT_COLUMNS("a") EIGHT_COLUMNS("a")
                    EIGHT_COLUMNS("a") EIGHT_COLUMNS("a") EIGHT_COLUMNS("a")
                        EIGHT_COLUMNS("a") "le lr, 2b\n"
                                           "3:\n"
                                           "wls lr, r12, 5f\n"
                                           "4:\n" EIGHT_COLUMNS(
                                               "a") "le lr, 4b\n"
                                                    "5:\n" LAST_COLUMNS("a")
                                                        GROUP_ENDS
        "bne 1b\n"
        "7:\n"
        "vpop {d8, d9}\n"
        "pop {r4-r12, pc}\n"

        "6:\n" GROUP_BEGINS LAST_COLUMNS("") GROUP_ENDS
        "bne 6b\n"
        "b 7b\n"
        ".size nnsp_dot_sums, . - nnsp_dot_sums\n"
        ".text\n");

#else

static void nnsp_dot_sums(int32_t *z, const int8_t *weights, const int16_t *x,
                          uint32_t n_eights, uint32_t n_groups)
{
    for (uint32_t n = n_groups; n > 0; n--, z += 4) {
        const int16_t *input = x;
        int64_t lanes[2] = {0, 0};
        int32_t even[2] = {0, 0};

        for (uint32_t i = n_eights; i > 0; i--) {
            int32x4x2_t rows =
                vld2q_s32((const int32_t *)(const void *)weights);
            int16x8_t inputs = vld1q_s16(input);

            for (int half = 0; half < 2; half++) {
                int8x16_t bytes = vreinterpretq_s8_s32(rows.val[half]);

                lanes[half] = vmlaldavaq_s16(
                    lanes[half], vreinterpretq_s16_s32(rows.val[half]), inputs);
                even[half] =
                    vmladavaq_s16(even[half], vmovlbq_s8(bytes), inputs);
            }
            weights += 4 * EIGHT;
            input += EIGHT;
        }
        for (int half = 0; half < 2; half++) {
            z[2 * half] = even[half];
            z[2 * half + 1] = (int32_t)((lanes[half] - even[half]) >> 8);
        }
    }
}

#endif

/* Sums to results: biases, shifts. */
static void finish(int32_t *z, const int32_t *bias, const uint8_t *shift,
                   uint32_t n_groups)
{
    for (uint32_t n = n_groups; n > 0; n--) {
        int32x4_t sum = vaddq_s32(vld1q_s32(z), vld1q_s32(bias));
        int32x4_t up = vnegq_s32(vreinterpretq_s32_u32(vldrbq_u32(shift)));

        vst1q_s32(z, vshlq_s32(sum, up));
        z += 4;
        bias += 4;
        shift += 4;
    }
}

void nnsp_dot(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
              uint32_t n_columns, uint32_t n_groups)
{
    nnsp_dot_sums(z, rows->weights, x, n_columns / EIGHT, n_groups);
    finish(z, rows->bias, rows->shift, n_groups);
}

#endif
