/* ticker.h - progress of work that takes a while. */
#ifndef SE_BASE_TICKER_H
#define SE_BASE_TICKER_H

/* Zeroed: nobody listens. */
struct se_ticker {
    /* `done` of `total` are done. From one thread at a time. What is not 0
     * stops the work, where that can be taken up again. */
    int (*tell)(void *context, int done, int total);
    void *context;
};

/* Whether the work shall stop. */
static inline int se_ticker_tell(const struct se_ticker *ticker, int done,
                                 int total)
{
    return ticker->tell && ticker->tell(ticker->context, done, total);
}

#endif
