/* cairo_late.c - finds the functions of Cairo. */
#define SE_PICTURE_CAIRO_LATE_NAMES
#include "picture/cairo_late.h"

struct se_cairo_calls se_cairo;

int se_cairo_load(struct se_report *report)
{
    static const char *const names[] = {
        SE_PICTURE_CAIRO_LATE_CALLS(SE_LATE_NAME)};
    static struct se_late late = {
        .library = "libcairo.so.2",
        .names = names,
        .n_names = sizeof names / sizeof *names,
        .functions = &se_cairo,
    };

    return se_late_load(&late, report);
}
