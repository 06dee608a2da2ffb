/* onnx.c - the two graphs of a net: alone, and from sound to sound. */
#include "export/onnx.h"

#include "dsp/log.h"
#include "dsp/mel.h"
#include "export/net_private.h"
#include "export/weights_private.h"

#include <math.h>
#include <stdlib.h>

int se_onnx_check(const struct se_model *model, struct se_report *report)
{
    return se_export_check(model, "ONNX", report);
}

int se_onnx_write_net(const char *path, const struct se_model *model,
                      struct se_report *report)
{
    struct se_graph graph = {0};
    int status;

    se_graph_input(&graph, "features",
                   (struct se_shape){2, {SE_GRAPH_FRAMES, model->arch.n_in}});
    status = se_export_net(&graph, model, report);
    se_export_metadata(&graph, model);
    if (status == SE_OK)
        return se_graph_write(&graph, path, "net", report);
    se_graph_free(&graph);
    return status;
}

/* ---- sound to spectrum and back ---- */

enum { PARTS = 2 * SE_BINS }; /* real parts, then imaginary ones */

static double window(int n)
{
    return sqrt(2.0 / 3.0) * sin(M_PI * n / SE_WINDOW);
}

/* Analysis of a frame, [SE_WINDOW][PARTS]. */
static void fill_forward(float *matrix)
{
    for (int n = 0; n < SE_WINDOW; n++)
        for (int k = 0; k < SE_BINS; k++) {
            double angle = 2.0 * M_PI * (k * n % SE_FFT) / SE_FFT;

            matrix[n * PARTS + k] = (float)(window(n) * cos(angle));
            matrix[n * PARTS + SE_BINS + k] = (float)(-window(n) * sin(angle));
        }
}

/* Synthesis of a frame, [PARTS][SE_WINDOW]. */
static void fill_inverse(float *matrix)
{
    for (int k = 0; k < SE_BINS; k++)
        for (int n = 0; n < SE_WINDOW; n++) {
            double angle = 2.0 * M_PI * (k * n % SE_FFT) / SE_FFT;
            int is_alone = k == 0 || k == SE_BINS - 1;
            double scale = (is_alone ? 1.0 : 2.0) / SE_FFT * window(n);

            matrix[k * SE_WINDOW + n] = (float)(scale * cos(angle));
            matrix[(SE_BINS + k) * SE_WINDOW + n] =
                (float)(-scale * sin(angle));
        }
}

/* Bins to bands and the DC filter's response, [SE_BINS][n_bands]. */
static int fill_bands(float *matrix, int n_bands, struct se_report *report)
{
    struct se_mel *mel;
    int status = se_mel_create(&mel, n_bands, report);

    if (status != SE_OK)
        return status;
    for (int i = 0; i < SE_BINS * n_bands; i++)
        matrix[i] = 0.0f;
    for (int band = 0; band < n_bands; band++) {
        const float *weights;
        int first, n = se_mel_band(mel, band, &first, &weights);

        for (int k = 0; k < n; k++)
            matrix[(first + k) * n_bands + band] =
                weights[k] * (float)se_feature_dc_response(first + k);
    }
    se_mel_destroy(mel);
    return SE_OK;
}

/* "sound" -> "frames": each hop with the two before it. */
static void add_frames(struct se_graph *graph)
{
    const struct se_shape hops = {2, {SE_GRAPH_FRAMES, SE_HOP}};
    const struct se_shape kept = {2, {2, SE_HOP}};

    se_graph_input(graph, "sound", hops);
    se_graph_input(graph, "history", kept);
    se_graph_output(graph, "history.next", kept);
    se_graph_join(graph, "hops", 0, (const char *const[3]){"history", "sound"});
    se_graph_rows(graph, "history.next", "hops", -2, SE_GRAPH_END);
    se_graph_rows(graph, "hops.0", "hops", 0, -2);
    se_graph_rows(graph, "hops.1", "hops", 1, -1);
    se_graph_join(graph, "frames", 1,
                  (const char *const[3]){"hops.0", "hops.1", "sound"});
}

static void split(struct se_graph *graph, const char *sizes, const char *in,
                  const char *const out[3])
{
    se_graph_node(graph, &(struct se_node){.op = "Split",
                                           .in = {in, sizes},
                                           .out = {out[0], out[1], out[2]},
                                           .attributes = {{"axis", 0, {1}}}});
}

/* "frames" -> "re", "im", "power". */
static void add_spectrum(struct se_graph *graph)
{
    const int64_t bins[] = {SE_BINS, SE_BINS};

    se_graph_integers(graph, "sizes.bins", 2, bins);
    se_graph_apply(graph, "spectrum", "MatMul", "frames", "forward");
    split(graph, "sizes.bins", "spectrum",
          (const char *const[]){"re", "im", NULL});
    se_graph_apply(graph, "re.2", "Mul", "re", "re");
    se_graph_apply(graph, "im.2", "Mul", "im", "im");
    se_graph_apply(graph, "power", "Add", "re.2", "im.2");
}

/* "power" -> "features", as dsp/feature.h defines them. */
static void add_features(struct se_graph *graph, const struct se_model *model)
{
    const int n = model->arch.n_in;
    const struct se_shape each = {1, {n}};
    int is_mel = model->feat_type == SE_FEAT_MEL;

    se_graph_number(graph, "floor", SE_LOG_FLOOR);
    se_graph_number(graph, "log10.e", (float)M_LOG10E);
    se_graph_number(graph, "grid", 256.0f);
    se_graph_number(graph, "grid.lowest", -32768.0f);
    se_graph_number(graph, "grid.highest", 32767.0f);
    se_graph_array(graph, "mean", each, model->mean);
    se_graph_array(graph, "inv_std", each, model->inv_std);

    se_graph_apply(graph, "bands", is_mel ? "MatMul" : "Mul", "power",
                   "response");
    se_graph_apply(graph, "bands.floored", "Max", "bands", "floor");
    se_graph_apply(graph, "log", "Log", "bands.floored", NULL);
    se_graph_apply(graph, "log10", "Mul", "log", "log10.e");
    se_graph_apply(graph, "centred", "Sub", "log10", "mean");
    se_graph_apply(graph, "standardised", "Mul", "centred", "inv_std");
    se_graph_apply(graph, "steps", "Mul", "standardised", "grid");
    se_graph_node(
        graph, &(struct se_node){.op = "Clip",
                                 .in = {"steps", "grid.lowest", "grid.highest"},
                                 .out = {"steps.limited"}});
    se_graph_apply(graph, "steps.whole", "Floor", "steps.limited", NULL);
    se_graph_apply(graph, "features", "Div", "steps.whole", "grid");
}

/* "spectrum" -> "re.due", "im.due", of the frame that the mask belongs to. */
static void add_waiting(struct se_graph *graph, int lookahead)
{
    const struct se_shape waiting = {2, {lookahead, PARTS}};

    se_graph_input(graph, "waiting", waiting);
    se_graph_output(graph, "waiting.next", waiting);
    se_graph_join(graph, "spectra", 0,
                  (const char *const[3]){"waiting", "spectrum"});
    se_graph_rows(graph, "waiting.next", "spectra", -lookahead, SE_GRAPH_END);
    se_graph_rows(graph, "spectrum.due", "spectra", 0, -lookahead);
    split(graph, "sizes.bins", "spectrum.due",
          (const char *const[]){"re.due", "im.due", NULL});
}

/* "mask" and its frame's spectrum -> "enhanced": the thirds of three frames
 * overlap. */
static void add_synthesis(struct se_graph *graph, const char *re,
                          const char *im)
{
    const int64_t thirds[] = {SE_HOP, SE_HOP, SE_HOP};
    const struct se_shape one = {2, {1, SE_HOP}}, two = {2, {2, SE_HOP}};

    se_graph_integers(graph, "sizes.thirds", 3, thirds);
    se_graph_apply(graph, "re.masked", "Mul", re, "mask");
    se_graph_apply(graph, "im.masked", "Mul", im, "mask");
    se_graph_join(graph, "masked", 1,
                  (const char *const[3]){"re.masked", "im.masked"});
    se_graph_apply(graph, "pieces", "MatMul", "masked", "inverse");
    split(graph, "sizes.thirds", "pieces",
          (const char *const[]){"third.0", "third.1", "third.2"});

    se_graph_input(graph, "overlap.1", one);
    se_graph_output(graph, "overlap.1.next", one);
    se_graph_join(graph, "thirds.1", 0,
                  (const char *const[3]){"overlap.1", "third.1"});
    se_graph_rows(graph, "late.1", "thirds.1", 0, -1);
    se_graph_rows(graph, "overlap.1.next", "thirds.1", -1, SE_GRAPH_END);

    se_graph_input(graph, "overlap.2", two);
    se_graph_output(graph, "overlap.2.next", two);
    se_graph_join(graph, "thirds.2", 0,
                  (const char *const[3]){"overlap.2", "third.2"});
    se_graph_rows(graph, "late.2", "thirds.2", 0, -2);
    se_graph_rows(graph, "overlap.2.next", "thirds.2", -2, SE_GRAPH_END);

    se_graph_apply(graph, "late", "Add", "late.1", "late.2");
    se_graph_apply(graph, "enhanced", "Add", "third.0", "late");
    se_graph_output(graph, "enhanced",
                    (struct se_shape){2, {SE_GRAPH_FRAMES, SE_HOP}});
}

/* The constant matrices: "forward", "inverse", "response". */
static int add_matrices(struct se_graph *graph, const struct se_model *model,
                        struct se_report *report)
{
    const int n = model->arch.n_in;
    float *matrix = malloc((size_t)SE_WINDOW * PARTS * sizeof *matrix);
    int status = SE_OK;

    if (!matrix)
        return se_fail_memory(report, "a graph");
    fill_forward(matrix);
    se_graph_array(graph, "forward", (struct se_shape){2, {SE_WINDOW, PARTS}},
                   matrix);
    fill_inverse(matrix);
    se_graph_array(graph, "inverse", (struct se_shape){2, {PARTS, SE_WINDOW}},
                   matrix);
    if (model->feat_type == SE_FEAT_MEL) {
        status = fill_bands(matrix, n, report);
        if (status == SE_OK)
            se_graph_array(graph, "response",
                           (struct se_shape){2, {SE_BINS, n}}, matrix);
    } else {
        for (int k = 0; k < SE_BINS; k++)
            matrix[k] = (float)se_feature_dc_response(k);
        se_graph_array(graph, "response", (struct se_shape){1, {SE_BINS}},
                       matrix);
    }
    free(matrix);
    return status;
}

int se_onnx_write_sound(const char *path, const struct se_model *model,
                        struct se_report *report)
{
    struct se_graph graph = {0};
    int status = add_matrices(&graph, model, report);

    add_frames(&graph);
    add_spectrum(&graph);
    add_features(&graph, model);
    if (status == SE_OK)
        status = se_export_net(&graph, model, report);
    if (model->arch.len_lookahead > 0) {
        add_waiting(&graph, model->arch.len_lookahead);
        add_synthesis(&graph, "re.due", "im.due");
    } else {
        add_synthesis(&graph, "re", "im");
    }
    se_export_metadata(&graph, model);
    if (status == SE_OK)
        return se_graph_write(&graph, path, "sound", report);
    se_graph_free(&graph);
    return status;
}
