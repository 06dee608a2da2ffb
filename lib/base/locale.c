/* locale.c - the C locale, for a while. */
#include "base/locale.h"

#include <pthread.h>

static locale_t plain;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_plain(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Without memory, `plain` is 0: the thread's locale stays as it is. */
locale_t se_locale_enter(void)
{
    pthread_once(&once, open_plain);
    return uselocale(plain);
}

void se_locale_leave(locale_t host)
{
    uselocale(host);
}
