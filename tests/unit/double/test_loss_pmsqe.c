/* test_loss_pmsqe.c - the perceptual loss against vectors computed by another
 * program, and what it must and must not see. Differences, silence and padding
 * are tested with those of all losses. */
#include "check.h"
#include "loss/loss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { T = 4, K = 257, N = T * K };

struct scene {
    se_real noisy[N], clean[N], mask[N], d[N];
};

/* Speech of three loud frames and a quiet one in noise. */
static void make_scene(struct scene *scene)
{
    for (int t = 0; t < T; t++)
        for (int k = 0; k < K; k++) {
            double s = 0.01 * exp(-k / 40.0) * (1 + 0.9 * cos(0.7 * k + t)) *
                       (t == 3 ? 1e-6 : 1);

            scene->clean[t * K + k] = sqrt(s);
            scene->noisy[t * K + k] =
                sqrt(s + 2e-5 * (1 + 0.8 * cos(1.3 * k + 2 * t)));
            scene->mask[t * K + k] = 0.5 + 0.4 * sin(0.37 * k + 1.1 * t);
        }
}

/* A frame's mean of the loss. */
static double evaluate(struct scene *scene, const char *text)
{
    const struct se_loss_target target = {.frames = T,
                                          .rows = 1,
                                          .bins = K,
                                          .noisy = scene->noisy,
                                          .clean = scene->clean};
    struct se_loss loss;

    expect_ok(se_loss_parse(&loss, text, &report));
    return se_loss_eval(&loss, scene->d, scene->mask, &target, 1.0 / T) / T;
}

static const struct {
    int t, k;
} places[] = {{0, 5}, {0, 20}, {1, 11}, {1, 60}, {2, 104}, {2, 150}, {3, 30}};

enum { N_PLACES = sizeof places / sizeof *places };

static const struct {
    const char *text;
    double value, sum, slope[N_PLACES];
} vectors[] = {
    {"pmsqe:form=s,clip=0,level=0",
     1.90917148,
     12.3243,
     {0.0100693, 0.0199602, -0.176371, -0.0789411, 2.72029e-3, 1.38760e-3,
      -7.86736e-3}},
    {"pmsqe:form=f,clip=0,level=0",
     3.30734394,
     0.0802865,
     {1.43618e-3, -1.50419e-4, -8.94282e-5, -4.33269e-6, 8.23989e-6, 6.52208e-6,
      -2.68729e-7}},
};

TEST(vectors)
{
    struct scene scene;

    make_scene(&scene);
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        double value = evaluate(&scene, vectors[v].text), sum = 0;

        if (fabs(value - vectors[v].value) > 1e-8)
            fail_test("%s: %.10g, expected %.10g", vectors[v].text, value,
                      vectors[v].value);
        for (int i = 0; i < N_PLACES; i++) {
            double d = scene.d[places[i].t * K + places[i].k];
            double expected = vectors[v].slope[i];

            if (fabs(d - expected) > 1e-5 * fabs(expected))
                fail_test("%s: derivative at %d, %d is %.8g, expected %.8g",
                          vectors[v].text, places[i].t, places[i].k, d,
                          expected);
        }
        for (int t = 0; t < T; t++) {
            expect(scene.d[t * K] == 0);
            expect(scene.d[t * K + K - 1] == 0);
        }
        for (int i = 0; i < N; i++)
            sum += fabs(scene.d[i]);
        expect_near(sum / vectors[v].sum, 1, 1e-5);
    }
}

/* With clip, slopes beyond so many root mean squares are held there, all others
 * are as they were. */
TEST(clip)
{
    struct scene scene, clipped;
    double square = 0, limit;
    int n_held = 0;

    make_scene(&scene);
    make_scene(&clipped);
    evaluate(&scene, "pmsqe:clip=0");
    for (int i = 0; i < N; i++)
        square += scene.d[i] * scene.d[i];
    limit = 1.5 * sqrt(square / N);
    evaluate(&clipped, "pmsqe:clip=1.5");
    for (int i = 0; i < N; i++) {
        double expected = fmax(fmin(scene.d[i], limit), -limit);

        expect_near(clipped.d[i], expected, 1e-12);
        n_held += fabs(scene.d[i]) > limit;
    }
    expect(n_held > 0 && n_held < N / 10);
}

/* With level=0 the level of a span does not matter; by default a quiet span is
 * not taken for a loud one. */
TEST(level_of_the_span)
{
    struct scene scene;
    double loud;

    make_scene(&scene);
    loud = evaluate(&scene, "pmsqe:level=0");
    for (int i = 0; i < N; i++) {
        scene.clean[i] *= 0.01;
        scene.noisy[i] *= 0.01;
    }
    expect_near(evaluate(&scene, "pmsqe:level=0"), loud, 1e-6);
    expect(evaluate(&scene, "pmsqe") < 0.9 * loud);
}

/* Form f at the levels of spans does not see that of the mask. */
TEST(level_of_the_mask)
{
    struct scene scene;
    double along = 0, sum = 0, value;

    make_scene(&scene);
    value = evaluate(&scene, "pmsqe:form=f,clip=0,level=0");
    for (int i = 0; i < N; i++) {
        along += scene.mask[i] * scene.d[i];
        sum += fabs(scene.mask[i] * scene.d[i]);
        scene.mask[i] *= 0.1;
    }
    expect(fabs(along) < 1e-4 * sum);
    expect_near(evaluate(&scene, "pmsqe:form=f,level=0"), value, 1e-3);
    for (int i = 0; i < N; i++)
        scene.mask[i] = 0.1 * scene.clean[i] / scene.noisy[i];
    expect(evaluate(&scene, "pmsqe:form=f,level=0") < 1e-3);
    expect(evaluate(&scene, "pmsqe:level=0") > 0.1);
}

/* Only the clean spectrum itself has no disturbance. */
TEST(best_mask)
{
    static const char *const texts[] = {
        "pmsqe", "pmsqe:form=f", "pmsqe:level=0", "pmsqe:form=f,level=0"};
    struct scene scene;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        make_scene(&scene);
        expect(evaluate(&scene, texts[i]) > 0.1);
        for (int k = 0; k < N; k++)
            scene.mask[k] = scene.clean[k] / scene.noisy[k];
        expect(evaluate(&scene, texts[i]) < 1e-4);
    }
}
