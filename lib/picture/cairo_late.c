/* cairo_late.c - finds the functions of Cairo. */
#define SE_PICTURE_CAIRO_LATE_NAMES
#include "picture/cairo_late.h"

#include "base/late.h"

struct se_cairo_calls se_cairo;

static const struct se_late_call calls[] = {
#define X(name) {#name, offsetof(struct se_cairo_calls, name)},
    SE_PICTURE_CAIRO_LATE_CALLS(X)
#undef X
};

int se_cairo_load(struct se_report *report)
{
    static const struct se_late late = {
        "libcairo.so.2", calls, sizeof calls / sizeof *calls, &se_cairo};

    return se_cairo.cairo_translate ? SE_OK : se_late_load(&late, report);
}
