/* fontconfig_late.c - finds the functions of fontconfig. */
#define SE_PICTURE_FONTCONFIG_LATE_NAMES
#include "picture/fontconfig_late.h"

struct se_fontconfig_calls se_fontconfig;

int se_fontconfig_load(struct se_report *report)
{
    static const char *const names[] = {
        SE_PICTURE_FONTCONFIG_LATE_CALLS(SE_LATE_NAME)};
    static struct se_late late = {
        .library = "libfontconfig.so.1",
        .names = names,
        .n_names = sizeof names / sizeof *names,
        .functions = &se_fontconfig,
    };

    return se_late_load(&late, report);
}
