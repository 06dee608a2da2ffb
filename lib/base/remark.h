/* remark.h - what was odd and has been dealt with: the result is there, but
 * somebody should know. The library prints nothing; a program listens. */
#ifndef SE_BASE_REMARK_H
#define SE_BASE_REMARK_H

/* Who is to get remarks, one line each, from any thread; NULL, as at the start:
 * nobody. To be set before other threads are. */
void se_remark_listen(void (*listener)(const char *text));

void se_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
