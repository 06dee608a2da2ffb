/* nnse_private.h - what the parts of the public library (nnse*.c) have in
 * common. */
#ifndef NNSE_PRIVATE_H
#define NNSE_PRIVATE_H

#include "nnse.h"

#include "enhance/enhancer.h"
#include "quant/quantise.h"

struct nnse_net {
    struct se_model model;
    struct se_quant_net *integer; /* NULL: it cannot be had ... */
    int integer_status;           /* ... and why */
    struct se_report integer_report;
};

/* What nnse_error returns. */
extern _Thread_local struct se_report se_nnse_last;

/* What a status of ours is called in nnse.h. */
static inline int se_nnse_status(int status)
{
    return status == SE_ERR_MACHINE ? NNSE_ERROR_IO : status;
}

/* *net NULL becomes the built-in one. */
int se_nnse_pick_net(const struct nnse_net **net);

/* Of a caller that was compiled with an older header, the fields that it knows;
 * of a newer one, those that are known here; of NULL, the defaults. */
int se_nnse_read_config(struct nnse_config *known,
                        const struct nnse_config *config);

int se_nnse_enhancer_config(struct se_enhancer_config *config,
                            const struct nnse_net *net,
                            const struct nnse_config *from);

#endif
