/* font.c - asks fontconfig. */
#include "picture/font.h"

#include "picture/fontconfig_late.h"

#include <stdio.h>
#include <string.h>

static int is_ascii(const char *text)
{
    while (*text > 0)
        text++;
    return *text == '\0';
}

/* What the font lacks of the wanted ones; 0: nothing. */
static uint32_t first_lacking(FcPattern *font, const FcCharSet *wanted)
{
    FcChar32 map[FC_CHARSET_MAP_SIZE], next, missing = 0;
    FcCharSet *has = NULL, *lacking;

    if (FcPatternGetCharSet(font, FC_CHARSET, 0, &has) != FcResultMatch)
        return 0;
    lacking = FcCharSetSubtract(wanted, has);

    FcChar32 base = FcCharSetFirstPage(lacking, map, &next);

    for (int i = 0; base != FC_CHARSET_DONE && i < FC_CHARSET_MAP_SIZE; i++) {
        if (!map[i])
            continue;
        missing = base + 32 * (FcChar32)i + (FcChar32)__builtin_ctz(map[i]);
        break;
    }
    FcCharSetDestroy(lacking);
    return missing;
}

/* The font for "sans-serif" that has most of the characters; NULL: any. */
static FcPattern *match(FcCharSet *wanted)
{
    FcPattern *pattern =
        FcPatternBuild(NULL, FC_FAMILY, FcTypeString, "sans-serif", NULL);
    FcResult result;
    FcPattern *font;

    if (wanted)
        FcPatternAddCharSet(pattern, FC_CHARSET, wanted);
    FcConfigSubstitute(NULL, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    font = FcFontMatch(NULL, pattern, &result);
    FcPatternDestroy(pattern);
    return font;
}

/* The bytes at the start of the text that all are, or all are not, in `has`;
 * their characters as well. */
static size_t run_length(const char *text, const FcCharSet *has,
                         FcCharSet *characters, int *is_there)
{
    int left = (int)strlen(text), n;
    const char *at = text;
    FcChar32 c;

    *is_there = 1;
    for (; left > 0; at += n, left -= n) {
        n = FcUtf8ToUcs4((const FcChar8 *)at, &c, left);
        if (n <= 0)
            break;
        if (at == text)
            *is_there = FcCharSetHasChar(has, c);
        else if (FcCharSetHasChar(has, c) != *is_there)
            break;
        FcCharSetAddChar(characters, c);
    }
    return (size_t)(at - text);
}

/* The family of the font that has most of the characters. */
static void choose(struct se_font_run *run, FcCharSet *characters)
{
    FcPattern *font = match(characters);
    FcChar8 *name;

    if (!font)
        return;
    if (FcPatternGetString(font, FC_FAMILY, 0, &name) == FcResultMatch)
        snprintf(run->family, sizeof run->family, "%s", (const char *)name);
    run->missing = first_lacking(font, characters);
    FcPatternDestroy(font);
}

size_t se_font_run(struct se_font_run *run, const char *text)
{
    *run = (struct se_font_run){.family = "sans-serif"};
    if (is_ascii(text) || se_fontconfig_load(NULL) != SE_OK)
        return strlen(text);

    FcPattern *usual = match(NULL);
    FcCharSet *characters = FcCharSetCreate(), *has;
    size_t n = strlen(text);
    int is_there = 1;

    if (usual &&
        FcPatternGetCharSet(usual, FC_CHARSET, 0, &has) == FcResultMatch)
        n = run_length(text, has, characters, &is_there);
    if (!is_there)
        choose(run, characters);
    FcCharSetDestroy(characters);
    if (usual)
        FcPatternDestroy(usual);
    return n > 0 ? n : strlen(text);
}
