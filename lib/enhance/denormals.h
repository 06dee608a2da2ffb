/* denormals.h - flush-to-zero: subnormal numbers, with which processors compute
 * up to a hundred times as slowly as with others, count as zero.
 *
 * They come with sound that fades out, and from plug-in hosts. The setting is
 * the thread's own. On processors other than x86-64 and AArch64 nothing
 * happens. */
#ifndef SE_ENHANCE_DENORMALS_H
#define SE_ENHANCE_DENORMALS_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* Returns what the thread had set, for se_denormals_restore. */
static inline uint64_t se_denormals_flush(void)
{
#if defined(__x86_64__)
    enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x40 };
    unsigned before = _mm_getcsr();

    _mm_setcsr(before | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
    return before;
#elif defined(__aarch64__)
    uint64_t before;

    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | 1u << 24));
    return before;
#else
    return 0;
#endif
}

static inline void se_denormals_restore(uint64_t before)
{
#if defined(__x86_64__)
    _mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
#else
    (void)before;
#endif
}

#endif
