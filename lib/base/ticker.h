/* ticker.h - progress of work that takes a while. */
#ifndef SE_BASE_TICKER_H
#define SE_BASE_TICKER_H

/* Zeroed: no one is informed. */
struct se_ticker {
    /* `done` of `total` are done. From one thread at a time. What is not 0
     * stops the work, where that can be taken up again. */
    int (*progress)(void *context, int done, int total);
    void *context;
};

/* Informs; whether the work is to stop. */
static inline int se_ticker_tick(const struct se_ticker *ticker, int done,
                                 int total)
{
    return ticker->progress && ticker->progress(ticker->context, done, total);
}

#endif
