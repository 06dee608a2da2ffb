/* ticker.h - progress of work that takes a while. */
#ifndef SE_BASE_TICKER_H
#define SE_BASE_TICKER_H

/* Zeroed: nothing is called. */
struct se_ticker {
    /* `done` of `total` are done. Called by one thread at a time. A result
     * other than 0 stops the work, where it can be resumed. */
    int (*progress)(void *context, int done, int total);
    void *context;
};

/* Calls it; returns whether the work is to stop. */
static inline int se_ticker_tick(const struct se_ticker *ticker, int done,
                                 int total)
{
    return ticker->progress && ticker->progress(ticker->context, done, total);
}

#endif
