/* locale.h - text as files have it, whatever language a host program speaks. */
#ifndef SE_BASE_LOCALE_H
#define SE_BASE_LOCALE_H

#include <locale.h>

/* From here to se_locale_leave, which is given what this returns, decimals of
 * this thread have a point, and the small letter of I is i. */
locale_t se_locale_enter(void);
void se_locale_leave(locale_t host);

#endif
