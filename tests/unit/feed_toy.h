/* feed_toy.h - toy data and features of eight mel bands, for tests of feeds. */
#ifndef SE_TESTS_FEED_TOY_H
#define SE_TESTS_FEED_TOY_H

#include "check.h"
#include "toy.h"

enum { BANDS = 8, FRAMES = 40 }; /* the latter: of a mixture */

static struct toy toy;
static struct se_feature *feature;

BEFORE_ALL()
{
    toy_open(&toy, 1);
    expect_ok(se_feature_create(&feature, SE_FEAT_MEL, BANDS, &report));
}

AFTER_ALL()
{
    se_feature_destroy(feature);
    toy_close(&toy);
}

#endif
