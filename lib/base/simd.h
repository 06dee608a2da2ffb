/* simd.h - one function compiled for several generations of x86-64.
 *
 * Put SE_MULTIVERSION before the definition of a function whose loops gain
 * from wide vectors; the loader then picks the best copy for the machine. All
 * copies must give the same bits: the build forbids contraction to fused
 * multiply-adds and the compiler may not reorder sums, so plain C loops do;
 * intrinsics would not belong here.
 *
 * Empty on other machines and C libraries; under clang, where 14 exports a
 * symbol for each static function so cloned; and under the sanitizers, where
 * the plain copy is the one to examine. */
#ifndef SE_BASE_SIMD_H
#define SE_BASE_SIMD_H

#if defined __x86_64__ && defined __gnu_linux__ && defined __GNUC__ &&         \
    !defined __clang__ && !defined __SANITIZE_ADDRESS__ &&                     \
    !defined __SANITIZE_THREAD__
#define SE_MULTIVERSION                                                        \
    __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define SE_MULTIVERSION
#endif

#endif
