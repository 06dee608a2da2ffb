/* decimal.h - numbers as people write them. */
#ifndef SE_ENCODING_DECIMAL_H
#define SE_ENCODING_DECIMAL_H

/* Reads a decimal number, which is all of `text`: strtod would take
 * hexadecimal, inf and nan as well, and blanks before it. Returns 0 if it is
 * none; one that is too large is HUGE_VAL. */
int se_decimal_read(double *value, const char *text);

#endif
