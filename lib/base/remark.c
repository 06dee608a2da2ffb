/* remark.c - remarks on their way to the program. */
#include "base/remark.h"

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

static void (*listener)(const char *text);

void se_remark_listen(void (*who)(const char *text))
{
    listener = who;
}

void se_remark(const char *format, ...)
{
    char text[sizeof((struct se_report *)0)->text];
    va_list args;

    if (!listener)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    listener(text);
}
