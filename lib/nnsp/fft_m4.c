/* fft_m4.c - the stages of the FFT, for Cortex-M4 and later cores with the DSP
 * extension: the same bits as fft_stage.c. Compilers run out of registers here
 * and need half as many instructions again. */
#include "nnsp/fft_stage.h"

#if NNSP_FFT_M4

#define FUNCTION(name)                                                         \
    ".syntax unified\n"                                                        \
    ".section .text." name ", \"ax\", %progbits\n"                             \
    ".balign 4\n"                                                              \
    ".thumb\n"                                                                 \
    ".thumb_func\n"                                                            \
    ".global " name "\n"                                                       \
    ".type " name ", %function\n" name ":\n"                                   \
    "push   {r4-r11, lr}\n"
#define FUNCTION_END(name) ".size " name ", . - " name "\n.text\n"

/* ---- elements that are not turned ---------------------------------------- */

/* r0 goes over the numbers, r1 is the distance of elements; the end of z is on
 * the stack. Loads x, b, c, d; leaves
 *   s in lr r4    t in r2 r3    u in r5 r8    v in r6 r7
 * and where b, c, d stand in r10, r11, r12. */
#define FIRST(name)                                                            \
    FUNCTION(name)                                                             \
    "add    r2, r0, #2048\n"                                                   \
    "lsls   r1, #3\n"                                                          \
    "push   {r1, r2}\n"                                                        \
    "1:\n"                                                                     \
    "add    r10, r0, r1\n"                                                     \
    "add    r11, r0, r1, lsl #1\n"                                             \
    "add    r12, r10, r1, lsl #1\n"                                            \
    "ldrd   r2, r3, [r0]\n"                                                    \
    "ldrd   r4, r5, [r11]\n"                                                   \
    "ldrd   r6, r7, [r10]\n"                                                   \
    "ldrd   r8, r9, [r12]\n"                                                   \
    "add    lr, r2, r4\n"                                                      \
    "sub    r2, r2, r4\n"                                                      \
    "add    r4, r3, r5\n"                                                      \
    "sub    r3, r3, r5\n"                                                      \
    "add    r5, r6, r8\n"                                                      \
    "sub    r6, r6, r8\n"                                                      \
    "add    r8, r7, r9\n"                                                      \
    "sub    r7, r7, r9\n"
#define FIRST_END(name)                                                        \
    "add    r0, r0, r1, lsl #2\n"                                              \
    "ldr    r2, [sp, #4]\n"                                                    \
    "cmp    r0, r2\n"                                                          \
    "blo    1b\n"                                                              \
    "add    sp, #8\n"                                                          \
    "pop    {r4-r11, pc}\n" FUNCTION_END(name)

__asm__(FIRST("nnsp_fft_m4_join_first") "add    r9, lr, r5\n"
                                        "sub    lr, lr, r5\n"
                                        "add    r5, r4, r8\n"
                                        "sub    r4, r4, r8\n"
                                        "strd   r9, r5, [r0]\n"
                                        "strd   lr, r4, [r11]\n"
                                        "add    r5, r2, r7\n"
                                        "sub    r8, r3, r6\n"
                                        "strd   r5, r8, [r10]\n"
                                        "sub    r2, r2, r7\n"
                                        "add    r3, r3, r6\n"
                                        "strd   r2, r3, [r12]\n" FIRST_END(
                                            "nnsp_fft_m4_join_first"));

__asm__(FIRST("nnsp_fft_m4_part_first") "add    r9, lr, r5\n"
                                        "asr    r9, r9, #1\n"
                                        "sub    lr, lr, r5\n"
                                        "asr    lr, lr, #1\n"
                                        "adds   r5, r4, r8\n"
                                        "asrs   r5, r5, #1\n"
                                        "sub    r4, r4, r8\n"
                                        "asrs   r4, r4, #1\n"
                                        "strd   r9, r5, [r0]\n"
                                        "strd   lr, r4, [r11]\n"
                                        "subs   r5, r2, r7\n"
                                        "asrs   r5, r5, #1\n"
                                        "add    r8, r3, r6\n"
                                        "asr    r8, r8, #1\n"
                                        "strd   r5, r8, [r10]\n"
                                        "adds   r2, r2, r7\n"
                                        "asrs   r2, r2, #1\n"
                                        "subs   r3, r3, r6\n"
                                        "asrs   r3, r3, #1\n"
                                        "strd   r2, r3, [r12]\n" FIRST_END(
                                            "nnsp_fft_m4_part_first"));

/* ---- elements that are --------------------------------------------------- */

/* y = x conj(w) / 2 and y = x w / 2; each a pair of registers. */
#define TURN_BACK(y_re, y_im, x_re, x_im, w_re, w_im)                          \
    "smmulr " y_re ", " x_re ", " w_re "\n"                                    \
    "smmlar " y_re ", " x_im ", " w_im ", " y_re "\n"                          \
    "smmulr " y_im ", " x_im ", " w_re "\n"                                    \
    "smmlsr " y_im ", " x_re ", " w_im ", " y_im "\n"
#define TURN(y_re, y_im, x_re, x_im, w_re, w_im)                               \
    "smmulr " y_re ", " x_re ", " w_re "\n"                                    \
    "smmlsr " y_re ", " x_im ", " w_im ", " y_re "\n"                          \
    "smmulr " y_im ", " x_im ", " w_re "\n"                                    \
    "smmlar " y_im ", " x_re ", " w_im ", " y_im "\n"

/* Both loops alike: r0 goes over i, r12 over the factors of j; r1 is the
 * distance of elements. On the stack:
 *   0  the end of z    4  z at the next j    8  from factors to factors
 *   12  z at the last j */
#define BEGIN(name)                                                            \
    FUNCTION(name)                                                             \
    "sub    sp, #20\n"                                                         \
    "mov    r2, #1536\n"                                                       \
    "udiv   r2, r2, r1\n" /* 64 / m times 24 bytes */                          \
    "lsls   r1, #3\n"                                                          \
    "add    r4, r0, #2048\n"                                                   \
    "add    r5, r0, r1\n"                                                      \
    "adds   r0, #8\n"                                                          \
    "str    r4, [sp]\n"                                                        \
    "strd   r2, r5, [sp, #8]\n"                                                \
    "ldr    r12, 3f\n"                                                         \
    "add    r12, r2\n"                                                         \
    "1:\n"                                                                     \
    "add    r2, r0, #8\n"                                                      \
    "str    r2, [sp, #4]\n"                                                    \
    "2:\n"
#define END(name)                                                              \
    "add    r0, r0, r1, lsl #2\n"                                              \
    "ldr    r2, [sp]\n"                                                        \
    "cmp    r0, r2\n"                                                          \
    "blo    2b\n"                                                              \
    "ldrd   r0, r2, [sp, #4]\n"                                                \
    "ldr    r3, [sp, #12]\n"                                                   \
    "add    r12, r2\n"                                                         \
    "cmp    r0, r3\n"                                                          \
    "bne    1b\n"                                                              \
    "add    sp, #20\n"                                                         \
    "pop    {r4-r11, pc}\n"                                                    \
    ".balign 4\n"                                                              \
    "3: .word nnsp_turns\n" FUNCTION_END(name)

__asm__(BEGIN("nnsp_fft_m4_join")
        /* b in r6 r7, d in r8 r9 */
        "add    r10, r0, r1\n"
        "ldrd   r2, r3, [r10]\n"
        "ldrd   r4, r5, [r12]\n" TURN_BACK(
            "r6", "r7", "r2", "r3", "r4",
            "r5") "add    r10, r10, r1, lsl #1\n"
                  "ldrd   r2, r3, [r10]\n"
                  "ldrd   r4, r5, [r12, #16]\n" TURN_BACK("r8", "r9", "r2",
                                                          "r3", "r4", "r5")
        /* u in r2 r3, v in r6 r7 */
        "add    r2, r6, r8\n"
        "sub    r6, r6, r8\n"
        "add    r3, r7, r9\n"
        "sub    r7, r7, r9\n"
        /* c in lr r11 */
        "sub    r11, r10, r1\n"
        "ldrd   r4, r5, [r11]\n"
        "ldrd   r8, r9, [r12, #8]\n" TURN_BACK("lr", "r11", "r4", "r5", "r8",
                                               "r9")
        /* s in r8 r9, t in lr r11 */
        "ldrd   r4, r5, [r0]\n"
        "add    r8, r4, lr, lsl #1\n"
        "sub    lr, r4, lr, lsl #1\n"
        "add    r9, r5, r11, lsl #1\n"
        "sub    r11, r5, r11, lsl #1\n"

        "add    r4, r8, r2, lsl #1\n"
        "add    r5, r9, r3, lsl #1\n"
        "strd   r4, r5, [r0]\n"
        "sub    r4, lr, r7, lsl #1\n"
        "add    r5, r11, r6, lsl #1\n"
        "strd   r4, r5, [r10]\n"
        "sub    r8, r8, r2, lsl #1\n"
        "sub    r9, r9, r3, lsl #1\n"
        "sub    r10, r10, r1\n"
        "strd   r8, r9, [r10]\n"
        "add    lr, lr, r7, lsl #1\n"
        "sub    r11, r11, r6, lsl #1\n"
        "sub    r10, r10, r1\n"
        "strd   lr, r11, [r10]\n" END("nnsp_fft_m4_join"));

__asm__(BEGIN("nnsp_fft_m4_part")
        /* s in r6 r7, t in r2 r3 */
        "add    r10, r0, r1, lsl #1\n"
        "ldrd   r2, r3, [r0]\n"
        "ldrd   r4, r5, [r10]\n"
        "add    r6, r2, r4\n"
        "add    r7, r3, r5\n"
        "sub    r2, r2, r4\n"
        "sub    r3, r3, r5\n"
        /* u in lr r11, v in r4 r5 */
        "sub    r10, r10, r1\n"
        "ldrd   r4, r5, [r10]\n"
        "add    r10, r10, r1, lsl #1\n"
        "ldrd   r8, r9, [r10]\n"
        "add    lr, r4, r8\n"
        "add    r11, r5, r9\n"
        "sub    r4, r4, r8\n"
        "sub    r5, r5, r9\n"

        "add    r8, r6, lr\n"
        "add    r9, r7, r11\n"
        "asr    r8, r8, #1\n"
        "asr    r9, r9, #1\n"
        "strd   r8, r9, [r0]\n"
        "sub    r6, r6, lr\n"
        "sub    r7, r7, r11\n"
        "ldrd   r8, r9, [r12, #8]\n"
        "sub    r10, r10, r1\n" TURN(
            "lr", "r11", "r6", "r7", "r8",
            "r9") "strd   lr, r11, [r10]\n"
                  "sub    r6, r2, r5\n"
                  "add    r7, r3, r4\n"
                  "ldrd   r8, r9, [r12]\n"
                  "sub    r10, r10, r1\n" TURN(
                      "lr", "r11", "r6", "r7", "r8",
                      "r9") "strd   lr, r11, [r10]\n"
                            "add    r6, r2, r5\n"
                            "sub    r7, r3, r4\n"
                            "ldrd   r8, r9, [r12, #16]\n"
                            "add    r10, r10, r1, lsl #1\n" TURN(
                                "lr", "r11", "r6", "r7", "r8",
                                "r9") "strd   lr, r11, [r10]\n" END("nnsp_fft_"
                                                                    "m4_part"));

void nnsp_fft_m4_join_first(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);
void nnsp_fft_m4_join(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);
void nnsp_fft_m4_part_first(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);
void nnsp_fft_m4_part(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

void nnsp_fft_join(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m)
{
    nnsp_fft_m4_join_first(z, m);
    if (m > 1)
        nnsp_fft_m4_join(z, m);
}

void nnsp_fft_part(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m)
{
    nnsp_fft_m4_part_first(z, m);
    if (m > 1)
        nnsp_fft_m4_part(z, m);
}

#endif
