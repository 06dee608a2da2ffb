/* test_loss_vectors.c - values and gradients of losses against those that NumPy
 * computes from their formulas, in double precision. */
#include "check.h"
#include "loss/loss.h"

#include <math.h>

enum { STEPS = 2, BINS = 3, N = STEPS * BINS };

/* Those of other programs are means over frames and bins: with its factor our
 * sum over frames of means over bins becomes the same. */
static const struct {
    const char *text;
    double factor, value, gradient[N];
} vectors[] = {
    {"magmse",
     0.5,
     0.0113494609,
     {0.03140786, 0.03365009, -0.0300973, -0.0002776462, 0.1138647,
      -0.008666667}},
    {"cmse",
     0.5,
     0.0756743333,
     {0.04166667, 0.034, -0.02833333, 0.0003233333, 0.1291667, 0.078}},
    {"psa:clip=0",
     0.5,
     0.0311797377,
     {0.04166667, 0.034, -0.02833333, 0.0003233333, 0.1291667, 0.078}},
    {"psa",
     0.5,
     0.031169163,
     {0.04166667, 0.034, -0.02833333, 0.00029, 0.1291667, 0.078}},
    {"magmae",
     0.5,
     0.0902283085,
     {0.186339, 0.1424001, -0.1536591, -0.008975275, 0.3004626, -0.120185}},
    {"cmae",
     0.5,
     0.229058983,
     {0.08333333, 0.1397391, -0.1086534, 0.004448044, 0.1840549, 0.08039955}},
    {"rimae",
     0.5,
     0.272666667,
     {0.08333333, 0.1833333, -0.1833333, 0.01166667, 0.4166667, 0.1666667}},
    {"logmse:eps=1e-6",
     0.5,
     0.11390853,
     {0.0323965, 0.3535144, -0.06727765, -0.7461618, 0.04114052, -0.07804436}},
    {"lsd:floor=1e-8",
     0.5,
     2.87212282,
     {0.5348803, 5.836702, -1.110784, -8.136563, 0.4485982, -0.8510035}},
    {"magcomp",
     0.5,
     0.00266334464,
     {0.002888512, 0.0156871, -0.004755929, -0.006260063, 0.005024538,
      -0.003632426}},
    {"ccomp",
     0.5,
     0.234176624,
     {0.006132155, 0.01632219, -0.003870955, 0.03005972, 0.007370837,
      0.1131139}},
    {"blend",
     0.5,
     0.0721173286,
     {0.003861605, 0.01587763, -0.004490437, 0.004635873, 0.005728428,
      0.03139147}},
    {"asym",
     0.5,
     0.00102640862,
     {-0., -0., -0.004755929, -0.006260063, -0., -0.003632426}},
    {"sdr:floor=0",
     0.5,
     -9.3435433,
     {2.391247, 1.951258, -1.626048, 0.01855608, 7.412866, 4.476415}},
    {"magsdr:floor=0",
     0.5,
     -17.583277,
     {12.01842, 12.87643, -11.51693, -0.1062431, 43.57105, -3.316356}},
    {"sisdr:floor=0",
     0.5,
     -9.62409604,
     {-0.3137077, 1.44827, -3.489215, 0.01896411, 0.1164874, 4.509172}},
    {"magcorr:floor=0",
     0.5,
     -0.99518533,
     {0.0005469628, 0.01822432, -0.03283492, -0.0002136995, 0.02112201,
      -0.01066523}},
    {"corr:floor=0",
     0.5,
     -0.949568219,
     {-0.00337194, 0.01556697, -0.03750441, 0.0002038389, 0.001252084,
      0.04846758}},
    {"coherence:floor=0",
     0.5,
     -0.943780047,
     {-0.00999315, 0.03686692, -0.06854352, 0.0005680074, 0.01058098,
      0.07112266}},
    {"wsdr:floor=0",
     0.5,
     -0.923746543,
     {0.02138306, -0.008283762, -0.08378637, 0.0002123106, 0.1012747,
      0.07452164}},
    {"is:floor=0",
     0.5,
     0.312071605,
     {0.05944216, 0.4765982, -0.1554908, -3.14602, 0.07334552, -0.173754}},
    {"kl:eps=0",
     0.5,
     0.00876724619,
     {0.01560669, 0.04923056, -0.02331793, -0.008592935, 0.0332425,
      -0.01335389}},
    {"sdw:alpha=0.35",
     0.5,
     0.0559921,
     {0.009583333, 0.03116667, -0.01289167, 0.0001848333, 0.02145833,
      0.05503333}},
    {"mse",
     1.5,
     0.0164164331,
     {0.03434099, 0.09293922, -0.04483343, -0.00702599, 0.08182864,
      -0.02254361}},
    {"binsdr",
     1.5,
     -10.0977047,
     {13.20956, 7.21551, -9.384053, -3.087767, 9.50614, -19.54127}},
    {"xent",
     1.5,
     0.485625385,
     {-0.5121969, -0.2795085, -0.530931, -0.05270463, -0.8016603, -0.4006168}},
    {"blend:alpha=0",
     0.5,
     0.00266334464,
     {0.002888512, 0.0156871, -0.004755929, -0.006260063, 0.005024538,
      -0.003632426}},
    {"blend:alpha=1",
     0.5,
     0.234176624,
     {0.006132155, 0.01632219, -0.003870955, 0.03005972, 0.007370837,
      0.1131139}},
};

TEST(vectors)
{
    static const se_real X[N][2] = {{1, .5},    {-.8, .3}, {.2, -.9},
                                    {.05, .02}, {1.5, -1}, {-.4, -.6}};
    static const se_real S[N][2] = {{.7, .6},    {-.2, .1},  {.25, -.7},
                                    {.01, -.03}, {1.4, -.6}, {.3, -.2}};
    static const se_real G[N] = {.9, .4, .7, .3, .95, .45};
    se_real noisy[N], clean[N], cross[N], d[N];
    const struct se_loss_target target = {.frames = STEPS,
                                          .rows = 1,
                                          .bins = BINS,
                                          .noisy = noisy,
                                          .clean = clean,
                                          .cross = cross,
                                          .noisy_spectrum = X[0],
                                          .clean_spectrum = S[0]};

    for (int i = 0; i < N; i++) {
        noisy[i] = hypot(X[i][0], X[i][1]);
        clean[i] = hypot(S[i][0], S[i][1]);
        cross[i] = X[i][0] * S[i][0] + X[i][1] * S[i][1];
    }
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        const char *text = vectors[v].text;
        double factor = vectors[v].factor, value = vectors[v].value, got;
        struct se_loss loss;

        expect_ok(se_loss_parse(&loss, text, &report));
        got = factor * se_loss_eval(&loss, d, G, &target, factor);
        if (fabs(got - value) > 1e-7 * fabs(value) + 1e-9)
            fail_test("%s: %.10g, expected %.10g", text, got, value);
        for (int i = 0; i < N; i++) {
            double expected = vectors[v].gradient[i];

            if (fabs(d[i] - expected) > 1e-6 * fabs(expected) + 1e-9)
                fail_test("%s: derivative %d is %.10g, expected %.10g", text, i,
                          d[i], expected);
        }
    }
}

/* Speech that no mask of 0..1 reaches, stronger than the noisy bin or opposite
 * to it, counts as what the nearest such mask leaves. */
TEST(psa_clip)
{
    static const se_real noisy[] = {1, 1}, clean[] = {2, 2}, cross[] = {2, -2};
    static const se_real mask[] = {1, 0};
    static const struct {
        const char *text;
        double value, gradient[2];
    } cases[] = {{"psa", 0, {0, 0}}, {"psa:clip=0", 2.5, {-1, 2}}};
    const struct se_loss_target target = {.frames = 1,
                                          .rows = 1,
                                          .bins = 2,
                                          .noisy = noisy,
                                          .clean = clean,
                                          .cross = cross};

    for (int i = 0; i < 2; i++) {
        se_real d[2];
        struct se_loss loss;

        expect_ok(se_loss_parse(&loss, cases[i].text, &report));
        expect_equal(se_loss_eval(&loss, d, mask, &target, 1), cases[i].value);
        expect_equal(d[0], cases[i].gradient[0]);
        expect_equal(d[1], cases[i].gradient[1]);
    }
}
