/* remark.c - remarks on their way to the program. */
#include "base/remark.h"

#include "base/line.h"
#include "base/status.h"

#include <stdarg.h>

static _Thread_local int n_damaged;
static void (*listener)(enum se_remark_kind kind, const char *text);

void se_remark_listen(void (*who)(enum se_remark_kind kind, const char *text))
{
    listener = who;
}

static void pass_on(enum se_remark_kind kind, const char *format, va_list args)
{
    char text[sizeof((struct se_report *)0)->text];

    if (!listener)
        return;
    se_line_format(text, sizeof text, format, args);
    listener(kind, text);
}

void se_remark(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    pass_on(SE_REMARK_WARNING, format, args);
    va_end(args);
}

void se_advise(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    pass_on(SE_REMARK_ADVICE, format, args);
    va_end(args);
}

void se_remark_damage(void)
{
    n_damaged++;
}

int se_remark_take_damage(void)
{
    int n = n_damaged;

    n_damaged = 0;
    return n;
}
