/* decimal.c - decimal numbers. */
#include "encoding/decimal.h"

#include <stdlib.h>
#include <string.h>

int se_decimal_read(double *value, const char *text)
{
    char *end;

    if (!*text || text[strspn(text, "0123456789.eE+-")])
        return 0;
    *value = strtod(text, &end);
    return !*end;
}
