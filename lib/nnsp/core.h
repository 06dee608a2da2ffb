/* core.h - which kernels a core gets. Plain C defines each of them (dot.c,
 * fft_stage.c, ...); the files beside it whose names end in _m4 and _mve do the
 * same with the instructions of a core. All are always compiled, and what
 * stands here picks the one that has something in it. */
#ifndef NNSP_CORE_H
#define NNSP_CORE_H

/* Helium, the M-profile vector extension, in integers: Cortex-M55 and later. */
#if defined __ARM_FEATURE_MVE && __ARM_FEATURE_MVE && !defined __ARM_BIG_ENDIAN
#define NNSP_MVE 1
#else
#define NNSP_MVE 0
#endif

/* The DSP extension: Cortex-M4 and later, by a compiler with GNU's assembler
 * ... */
#if defined __ARM_FEATURE_DSP && __ARM_FEATURE_DSP && defined __GNUC__
#define NNSP_OPS_M4 1
#else
#define NNSP_OPS_M4 0
#endif

#if NNSP_OPS_M4 && defined __thumb2__ && !defined NNSP_INTRINSICS && !NNSP_MVE
#define NNSP_FFT_M4 1
#else
#define NNSP_FFT_M4 0
#endif

/* ... or by any. */
#if defined __ARM_FEATURE_DSP && __ARM_FEATURE_DSP &&                          \
    !defined __ARM_BIG_ENDIAN && !NNSP_MVE
#define NNSP_DOT_M4 1
#else
#define NNSP_DOT_M4 0
#endif

#endif
