/* test_loss.c - all losses: gradients against central differences, silence,
 * noise alone, frames that do not count; and what is particular to some. */
#include "loss_scene.h"
#include "losses.h"

#include <stdio.h>
#include <string.h>

/* ---- central differences ------------------------------------------------- */

static void check_gradient(const char *text, struct scene *scene)
{
    se_real d[M], unused[M];
    struct se_loss loss;

    parse_loss(&loss, text);
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
        for (int i = 0; i < N_LOSSES; i++)
            check_gradient(losses[i], &scene);
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

    for (int i = 0; i < N_LOSSES + N_BARE; i++)
        for (int open = 0; open < 3; open++) {
            make_scene(&scene, 0, 0);
            for (int k = 0; k < M; k++)
                scene.g[k] = open / 2.0;
            parse_loss(&loss, i < N_LOSSES ? losses[i] : bare[i - N_LOSSES]);
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

    for (int i = 0; i < N_LOSSES; i++) {
        double speech;

        parse_loss(&loss, losses[i]);
        make_scene(&scene, 1, 0.7);
        evaluate(&loss, d, &scene);
        speech = norm_of(d);
        make_scene(&scene, sqrt(5), 0);
        expect(isfinite(evaluate(&loss, d, &scene)));
        if (norm_of(d) > 8 * speech)
            fail_test("%s: noise pulls with %g, speech with %g", losses[i],
                      norm_of(d), speech);
        for (size_t b = 0; b < sizeof blind / sizeof *blind; b++)
            expect(strcmp(losses[i], blind[b]) != 0 || norm_of(d) == 0);
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

    for (int i = 0; i < N_LOSSES; i++) {
        double value, sum = 0;

        parse_loss(&loss, losses[i]);
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

    parse_loss(&loss, "estoi:floor=0");
    make_scene(&scene, 0, 100);
    for (int i = 0; i < M; i++)
        scene.g[i] = i % K < 1 ? 0.1 : 0.7; /* a band, and the others */
    expect(fabs(evaluate(&loss, d, &scene) / (T * R) + 1) < 1e-6);
    expect(norm_of(d) < 1e-3);
    scene.g[0] = 0.2;
    expect(evaluate(&loss, d, &scene) / (T * R) > -1 + 1e-4);
}

/* What a span loses against the noisy one, whose correlation is r, counts
 * 1 + (harm - 1) (1 - r)^2 times; what is better counts as before. */
TEST(harm)
{
    static const char *const names[] = {"stoi:floor=0", "estoi:floor=0"};
    static const int one_row[R] = {T};
    se_real d[M], more[M];
    struct scene scene;
    struct se_loss loss;

    for (int i = 0; i < 2; i++)
        for (int worse = 0; worse < 2; worse++) {
            double value, with_harm, noisy;
            char text[32];

            make_scene(&scene, 0.3, 1);
            scene.target.lengths = one_row;
            for (int k = 0; k < M; k++) {
                double ideal = scene.clean[k] / scene.noisy[k];

                scene.g[k] = worse ? 1 / ideal : ideal;
            }
            parse_loss(&loss, names[i]);
            value = evaluate(&loss, d, &scene);
            snprintf(text, sizeof text, "%s,harm=3", names[i]);
            parse_loss(&loss, text);
            with_harm = evaluate(&loss, more, &scene);
            expect(worse ? norm_of(more) > norm_of(d) * 1.01
                         : norm_of(more) == norm_of(d));
            for (int k = 0; k < M; k++)
                scene.g[k] = 1;
            parse_loss(&loss, names[i]);
            noisy = evaluate(&loss, d, &scene);
            expect(worse == (value > noisy + 1e-3));
            expect_near(with_harm - value,
                        2 * pow(1 + noisy / T, 2) * fmax(value - noisy, 0),
                        1e-6);
        }
}
