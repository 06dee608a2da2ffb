/* test_loss.c - the losses against the published test vectors
 * (facts/losses.md section 5) and against central differences. */
#include "base/rng.h"
#include "check.h"
#include "loss/loss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Every loss once, as the tests of all of them take it. */
static const char *const all[] = {
    "mse",       "magmse",  "magmae",       "cmse",
    "cmae",      "rimae",   "psa",          "psa:clip=0",
    "sdw",       "magcomp", "ccomp",        "blend",
    "asym",      "logmse",  "lsd",          "is",
    "kl",        "binsdr",  "xent",         "sdr",
    "magsdr",    "sisdr",   "corr",         "magcorr",
    "coherence", "wsdr",    "tsdr",         "tsisdr",
    "stoi",      "estoi",   "pmsqe:clip=0", "pmsqe:clip=0,form=f"};

enum { N_ALL = sizeof all / sizeof *all };

/* ---- a small inverse STFT ------------------------------------------------ */

enum { HOP = 3, WINDOW = 9, FFT = 12, TIME_BINS = FFT / 2 + 1, MAX_STEPS = 8 };

static double window_at(int n)
{
    return sqrt(2.0 / 3) * sin(M_PI * n / WINDOW);
}

static double bin_weight(int k)
{
    return (k == 0 || k == FFT / 2 ? 1.0 : 2.0) / FFT;
}

static void inverse(void *context, se_real *samples, const se_real *spectrum)
{
    (void)context;
    for (int n = 0; n < WINDOW; n++) {
        samples[n] = 0;
        for (int k = 0; k < TIME_BINS; k++) {
            double angle = 2 * M_PI * k * n / FFT;

            samples[n] += window_at(n) * bin_weight(k) *
                          (spectrum[2 * k] * cos(angle) -
                           spectrum[2 * k + 1] * sin(angle));
        }
    }
}

static void transpose(void *context, se_real *spectrum, const se_real *samples)
{
    (void)context;
    for (int k = 0; k < TIME_BINS; k++) {
        spectrum[2 * k] = spectrum[2 * k + 1] = 0;
        for (int n = 0; n < WINDOW; n++) {
            double angle = 2 * M_PI * k * n / FFT;
            double x = window_at(n) * bin_weight(k) * samples[n];

            spectrum[2 * k] += x * cos(angle);
            spectrum[2 * k + 1] -= x * sin(angle);
        }
    }
}

static const struct se_loss_synthesis *synthesis(void)
{
    static se_real masked[(MAX_STEPS - 1) * HOP + WINDOW];
    static se_real clean[(MAX_STEPS - 1) * HOP + WINDOW];
    static const struct se_loss_synthesis calls = {
        NULL, HOP, WINDOW, inverse, transpose, masked, clean};

    return &calls;
}

/* ---- random signals ------------------------------------------------------ */

/* What a loss is evaluated on: T frames, R rows, K bins. */
enum { T = 5, R = 3, K = TIME_BINS, M = T * R * K };

struct scene {
    se_real X[M][2], S[M][2];
    se_real noisy[M], clean[M], cross[M], g[M];
    struct se_loss_target target;
};

static void derive(struct scene *scene)
{
    for (int i = 0; i < M; i++) {
        const se_real *x = scene->X[i], *s = scene->S[i];

        scene->noisy[i] = hypot(x[0], x[1]);
        scene->clean[i] = hypot(s[0], s[1]);
        scene->cross[i] = x[0] * s[0] + x[1] * s[1];
    }
    scene->target = (struct se_loss_target){
        .frames = T,
        .rows = R,
        .bins = K,
        .noisy = scene->noisy,
        .clean = scene->clean,
        .cross = scene->cross,
        .noisy_spectrum = scene->X[0],
        .clean_spectrum = scene->S[0],
        .synthesis = synthesis(),
    };
}

/* Noise and speech of these amplitudes. */
static void make_scene(struct scene *scene, double noise, double speech)
{
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < M; i++) {
        for (int part = 0; part < 2; part++) {
            scene->S[i][part] = speech * se_rng_normal(&rng);
            scene->X[i][part] = scene->S[i][part] + noise * se_rng_normal(&rng);
        }
        scene->g[i] = se_rng_uniform(&rng, 0.05, 1);
    }
    derive(scene);
}

static void parse(struct se_loss *loss, const char *text)
{
    expect_ok(se_loss_parse(loss, text, &report));
}

static double evaluate(const struct se_loss *loss, se_real *d,
                       const struct scene *scene)
{
    return se_loss_eval(loss, d, scene->g, &scene->target, 1);
}

/* ---- published vectors --------------------------------------------------- */

enum { STEPS = 2, BINS = 3, N = STEPS * BINS };

/* With its factor our sum over frames of means over bins becomes the published
 * normalisation. */
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

TEST(published_vectors)
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

        parse(&loss, text);
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

/* ---- central differences ------------------------------------------------- */

static void check_gradient(const char *text, struct scene *scene)
{
    se_real d[M], unused[M];
    struct se_loss loss;

    parse(&loss, text);
    evaluate(&loss, d, scene);
    for (int i = 0; i < M; i++) {
        const se_real h = 1e-6, at = scene->g[i];
        double up, down, slope;

        scene->g[i] = at + h;
        up = evaluate(&loss, unused, scene);
        scene->g[i] = at - h;
        down = evaluate(&loss, unused, scene);
        scene->g[i] = at;
        slope = (up - down) / (2 * h);
        if (fabs(slope - d[i]) > 1e-6 * fabs(slope) + 1e-6)
            fail_test("%s: derivative %d is %.10g, central difference %.10g",
                      text, i, d[i], slope);
    }
}

/* Several rows, spans that do not divide the block, rows of fewer frames, sums
 * of terms. */
TEST(central_differences)
{
    const int frames[R] = {T, 0, 3};
    struct scene scene;

    make_scene(&scene, 0.7, 1);
    for (int fewer = 0; fewer < 2; fewer++) {
        scene.target.lengths = fewer ? frames : NULL;
        for (int i = 0; i < N_ALL; i++)
            check_gradient(all[i], &scene);
        check_gradient("sisdr:span=2,floor=0.1", &scene);
        check_gradient("tsisdr:span=2,floor=0.1", &scene);
        check_gradient("estoi:span=4,floor=1,bands=15", &scene);
        check_gradient("stoi:harm=5", &scene);
        check_gradient("estoi:harm=5,span=4", &scene);
        check_gradient("pmsqe:clip=0,form=f,level=0,span=4", &scene);
        check_gradient("0.5*blend:c=0.4,alpha=0.6+1e-1*sdr:span=2,floor=0.1"
                       "+2*asym+mse:exponent=0.5+0.1*tsdr:span=3",
                       &scene);
    }
}

/* ---- silence ------------------------------------------------------------- */

static double norm_of(const se_real *d)
{
    double sum = 0;

    for (int i = 0; i < M; i++) {
        expect(isfinite(d[i]));
        sum += d[i] * d[i];
    }
    return sqrt(sum);
}

/* Nothing but silence: finite values, no pull on the mask, open or closed, even
 * without the floor of a ratio. */
TEST(silence_is_harmless)
{
    static const char *const bare[] = {
        "sdr:floor=0",     "magsdr:floor=0",    "sisdr:floor=0", "corr:floor=0",
        "magcorr:floor=0", "coherence:floor=0", "wsdr:floor=0",  "tsdr:floor=0",
        "tsisdr:floor=0",  "stoi:floor=0",      "estoi:floor=0"};
    enum { N_BARE = sizeof bare / sizeof *bare };
    se_real d[M];
    struct scene scene;
    struct se_loss loss;

    for (int i = 0; i < N_ALL + N_BARE; i++)
        for (int open = 0; open < 3; open++) {
            make_scene(&scene, 0, 0);
            for (int k = 0; k < M; k++)
                scene.g[k] = open / 2.0;
            parse(&loss, i < N_ALL ? all[i] : bare[i - N_ALL]);
            expect(isfinite(evaluate(&loss, d, &scene)));
            expect(norm_of(d) == 0);
        }
}

/* A sequence of noise alone pulls at the mask no more than a noisy one of
 * speech times a few; scaled as the feed does, by a tenth of its power. What
 * knows no level does not pull at all. */
TEST(noise_alone_does_not_outweigh)
{
    static const char *const blind[] = {"sisdr",     "corr",   "magcorr",
                                        "coherence", "tsisdr", "xent",
                                        "stoi",      "estoi"};
    se_real d[M];
    struct scene scene;
    struct se_loss loss;

    for (int i = 0; i < N_ALL; i++) {
        double speech;

        parse(&loss, all[i]);
        make_scene(&scene, 1, 0.7);
        evaluate(&loss, d, &scene);
        speech = norm_of(d);
        make_scene(&scene, sqrt(5), 0);
        expect(isfinite(evaluate(&loss, d, &scene)));
        if (norm_of(d) > 8 * speech)
            fail_test("%s: noise pulls with %g, speech with %g", all[i],
                      norm_of(d), speech);
        for (size_t b = 0; b < sizeof blind / sizeof *blind; b++)
            expect(strcmp(all[i], blind[b]) != 0 || norm_of(d) == 0);
        for (int k = 0; k < M; k++)
            scene.g[k] = 0;
        expect(isfinite(evaluate(&loss, d, &scene)));
        expect(norm_of(d) < speech);
    }
}

/* ---- frames -------------------------------------------------------------- */

/* Row `row` of `scene` alone. */
static void cut_row(struct scene *cut, const struct scene *scene, int row)
{
    for (int t = 0; t < T; t++) {
        memcpy(cut->X[t * K], scene->X[(t * R + row) * K],
               sizeof cut->X[0] * K);
        memcpy(cut->S[t * K], scene->S[(t * R + row) * K],
               sizeof cut->S[0] * K);
        memcpy(cut->g + t * K, scene->g + (t * R + row) * K,
               sizeof cut->g[0] * K);
    }
    derive(cut);
}

/* Frames that do not count leave no trace, whatever is in them: all rows give
 * what each row gives alone, cut to its frames. */
TEST(frames_that_count)
{
    const int frames[R] = {0, 3, T};
    static struct scene scene, cut;
    se_real d[M], d_row[M];
    struct se_loss loss;

    for (int i = 0; i < N_ALL; i++) {
        double value, sum = 0;

        parse(&loss, all[i]);
        make_scene(&scene, 0.7, 1);
        scene.target.lengths = frames;
        value = evaluate(&loss, d, &scene);
        for (int r = 0; r < R; r++) {
            cut_row(&cut, &scene, r);
            cut.target.frames = frames[r];
            cut.target.rows = 1;
            sum += evaluate(&loss, d_row, &cut);
            for (int t = 0; t < T; t++)
                for (int k = 0; k < K; k++)
                    expect(d[(t * R + r) * K + k] ==
                           (t < frames[r] ? d_row[t * K + k] : 0));
        }
        expect_near(sum, value, 1e-12 * fabs(value));
    }
}

/* ---- envelopes ----------------------------------------------------------- */

/* Frames of speech count as whole ones: the clean signal itself correlates with
 * itself, however loud and whatever the level of its bands. */
TEST(estoi_of_the_clean)
{
    struct scene scene;
    struct se_loss loss;
    se_real d[M];

    parse(&loss, "estoi:floor=0");
    make_scene(&scene, 0, 100);
    for (int i = 0; i < M; i++)
        scene.g[i] = i % K < 1 ? 0.1 : 0.7; /* a band, and the others */
    expect(fabs(evaluate(&loss, d, &scene) / (T * R) + 1) < 1e-6);
    expect(norm_of(d) < 1e-3);
    scene.g[0] = 0.2;
    expect(evaluate(&loss, d, &scene) / (T * R) > -1 + 1e-4);
}

/* What is worse than the noisy frames counts more, what is better as before. */
TEST(harm)
{
    static const char *const names[] = {"stoi", "estoi"};
    se_real d[M], more[M];
    struct scene scene;
    struct se_loss loss;

    for (int i = 0; i < 2; i++)
        for (int worse = 0; worse < 2; worse++) {
            double value, with_harm;
            char text[32];

            make_scene(&scene, 0.3, 1);
            for (int k = 0; k < M; k++) {
                double ideal = scene.clean[k] / scene.noisy[k];

                scene.g[k] = worse ? 1 / ideal : ideal;
            }
            parse(&loss, names[i]);
            value = evaluate(&loss, d, &scene);
            snprintf(text, sizeof text, "%s:harm=3", names[i]);
            parse(&loss, text);
            with_harm = evaluate(&loss, more, &scene);
            expect(worse ? with_harm > value + 1e-3 : with_harm == value);
            expect(worse ? norm_of(more) > norm_of(d) * 1.01
                         : norm_of(more) == norm_of(d));
        }
}

/* ---- text ---------------------------------------------------------------- */

static void check_error(const char *text, const char *expected)
{
    struct se_loss loss;

    expect_status(se_loss_parse(&loss, text, &report), SE_ERR_ARG);
    expect_text(report.text, expected);
}

#define KNOWN                                                                  \
    "mse, magmse, magmae, cmse, cmae, rimae, psa, sdw, magcomp, ccomp, "       \
    "blend, asym, logmse, lsd, is, kl, binsdr, xent, sdr, magsdr, sisdr, "     \
    "corr, magcorr, coherence, wsdr, tsdr, tsisdr, stoi, estoi, pmsqe"

TEST(errors)
{
    check_error("mae", "loss 'mae' is not known; known are " KNOWN);
    check_error("", "loss '' is not known; known are " KNOWN);
    check_error("blend:beta=1",
                "loss blend: no parameter 'beta'; the first is c");
    check_error("cmse:c=1", "loss cmse: no parameter 'c'");
    check_error("blend:c=x", "loss blend: c=x: expected a number from 0");
    check_error("sdr:floor=-1", "loss sdr: floor=-1: expected a number from 0");
    check_error("sdr:floor=nan",
                "loss sdr: floor=nan: expected a number from 0");
    check_error("pmsqe:form=x", "loss pmsqe: form=x: expected s or f");
    check_error("blend:c", "loss blend: 'c': expected parameter=value");
    check_error("x*mse", "loss 'x*mse': expected a number before '*'");
    check_error("mse+mse+mse+mse+mse+mse+mse+mse+mse",
                "loss 'mse+mse+mse+mse+mse+mse+mse+mse+mse': more than 8 "
                "terms");
}

/* Whether the term is of that kind, whatever its parameters. */
static int is_kind(const char *term, const char *name)
{
    return strcspn(term, ":") == strlen(name) &&
           strncmp(term, name, strlen(name)) == 0;
}

/* The list for --help has every name, and every loss is among those tested. */
TEST(all_are_listed)
{
    for (int i = 0; se_loss_name(i); i++) {
        int tested = 0;

        if (!strstr(se_loss_list(), se_loss_name(i)))
            fail_test("%s is not in the list", se_loss_name(i));
        for (int j = 0; j < N_ALL; j++)
            tested |= is_kind(all[j], se_loss_name(i));
        if (!tested)
            fail_test("%s is not tested", se_loss_name(i));
    }
    expect(!se_loss_name(-1));
    expect(!se_loss_name(10000));
}

TEST(what_a_loss_needs)
{
    struct se_loss loss;

    parse(&loss, "mse+0.1*magsdr+lsd");
    expect_equal(loss.n_terms, 3);
    expect(!loss.needs_phase && !loss.needs_spectra);
    parse(&loss, "mse+0.1*sdr");
    expect(loss.needs_phase && !loss.needs_spectra);
    parse(&loss, "coherence+mse");
    expect(loss.needs_phase && loss.needs_spectra);
    expect(!loss.needs_synthesis);
    parse(&loss, "tsdr");
    expect(loss.needs_phase && loss.needs_spectra && loss.needs_synthesis);
}
