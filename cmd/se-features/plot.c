/* plot.c - mixtures as a picture. */
#include "plot.h"

#include "common/cli.h"
#include "common/picture.h"
#include "picture/mixture.h"

#include <stdio.h>

void features_plot(const char *path, const struct se_mixer *mixer,
                   uint64_t seed, int n)
{
    struct se_canvas *canvas;
    struct se_report report;
    char title[64];
    const struct se_mixture_plot mixtures = {mixer, seed, n, title};

    snprintf(title, sizeof title, "Mixtures of seed %llu",
             (unsigned long long)seed);
    cli_check(se_canvas_open(&canvas, path, SE_MIXTURES_WIDTH,
                             se_mixtures_height(n), &report),
              &report);

    int status = se_mixtures_draw(canvas, &mixtures, &report);

    if (status == SE_OK)
        status = picture_commit(canvas, &report);
    else
        se_canvas_discard(canvas);
    cli_check(status, &report);
}
