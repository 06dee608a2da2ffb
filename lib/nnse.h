/* nnse.h - the library as other programs use it: nets that enhance speech.
 *
 *     cc program.c $(pkg-config --cflags --libs nnse)
 *
 * A file:
 *
 *     struct se_report report;
 *     struct se_model model;
 *     struct se_enhance_result result;
 *     struct se_enhance_job job = {
 *         .input = "noisy.wav",
 *         .output = "clean.wav",
 *         .enhancer = {.attenuation_limit_db = INFINITY},
 *     };
 *
 *     if (se_model_load(&model, "def_se_nn_arch72_mel.txt", "best", &report) ||
 *         se_enhance_file(&result, &model, &job, &report))
 *         fprintf(stderr, "%s\n", report.text);
 *
 * Sound as it comes, of any rate: enhance/stream.h; frames of 10 ms at 16 kHz:
 * enhance/enhancer.h. Integers in place of float, as a board does it:
 * quant/quantise.h. The runtime of the board itself: nnsp/nnsp.h. */
#ifndef NNSE_H
#define NNSE_H

#include "enhance/enhancer.h"
#include "enhance/file.h"
#include "enhance/stream.h"
#include "quant/quantise.h"

#endif
