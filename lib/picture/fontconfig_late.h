/* fontconfig_late.h - fontconfig, loaded for words beyond ASCII (base/late.h).
 */
#ifndef SE_PICTURE_FONTCONFIG_LATE_H
#define SE_PICTURE_FONTCONFIG_LATE_H

#include "base/late.h"

#include <fontconfig/fontconfig.h>

#define SE_PICTURE_FONTCONFIG_LATE_CALLS(X)                                    \
    X(FcCharSetAddChar)                                                        \
    X(FcCharSetCreate)                                                         \
    X(FcCharSetDestroy)                                                        \
    X(FcCharSetFirstPage)                                                      \
    X(FcCharSetHasChar)                                                        \
    X(FcCharSetSubtract)                                                       \
    X(FcConfigSubstitute)                                                      \
    X(FcDefaultSubstitute)                                                     \
    X(FcFontMatch)                                                             \
    X(FcPatternAddCharSet)                                                     \
    X(FcPatternBuild)                                                          \
    X(FcPatternDestroy)                                                        \
    X(FcPatternGetCharSet)                                                     \
    X(FcPatternGetString)                                                      \
    X(FcUtf8ToUcs4)

struct se_fontconfig_calls {
    SE_PICTURE_FONTCONFIG_LATE_CALLS(SE_LATE_POINTER)
};

extern struct se_fontconfig_calls se_fontconfig;

/* Before the first call. SE_ERR_IO: the library is not installed. */
int se_fontconfig_load(struct se_report *report);

#ifndef SE_PICTURE_FONTCONFIG_LATE_NAMES
#define FcCharSetAddChar    se_fontconfig.FcCharSetAddChar
#define FcCharSetCreate     se_fontconfig.FcCharSetCreate
#define FcCharSetDestroy    se_fontconfig.FcCharSetDestroy
#define FcCharSetFirstPage  se_fontconfig.FcCharSetFirstPage
#define FcCharSetHasChar    se_fontconfig.FcCharSetHasChar
#define FcCharSetSubtract   se_fontconfig.FcCharSetSubtract
#define FcConfigSubstitute  se_fontconfig.FcConfigSubstitute
#define FcDefaultSubstitute se_fontconfig.FcDefaultSubstitute
#define FcFontMatch         se_fontconfig.FcFontMatch
#define FcPatternAddCharSet se_fontconfig.FcPatternAddCharSet
#define FcPatternBuild      se_fontconfig.FcPatternBuild
#define FcPatternDestroy    se_fontconfig.FcPatternDestroy
#define FcPatternGetCharSet se_fontconfig.FcPatternGetCharSet
#define FcPatternGetString  se_fontconfig.FcPatternGetString
#define FcUtf8ToUcs4        se_fontconfig.FcUtf8ToUcs4
#endif

#endif
