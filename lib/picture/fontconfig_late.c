/* fontconfig_late.c - finds the functions of fontconfig. */
#define SE_PICTURE_FONTCONFIG_LATE_NAMES
#include "picture/fontconfig_late.h"

#include "base/late.h"

struct se_fontconfig_calls se_fontconfig;

static const struct se_late_call calls[] = {
#define X(name) {#name, offsetof(struct se_fontconfig_calls, name)},
    SE_PICTURE_FONTCONFIG_LATE_CALLS(X)
#undef X
};

int se_fontconfig_load(struct se_report *report)
{
    static const struct se_late late = {"libfontconfig.so.1", calls,
                                        sizeof calls / sizeof *calls,
                                        &se_fontconfig};

    return se_fontconfig.FcUtf8ToUcs4 ? SE_OK : se_late_load(&late, report);
}
