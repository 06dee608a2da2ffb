/* nnse_file.c - the public library's files, apart from its streams: who links
 * those alone needs no library of sound files. */
#include "base/locale.h"
#include "enhance/file.h"
#include "nnse_private.h"

int nnse_file(const struct nnse_net *net, const struct nnse_config *config,
              const char *in, const char *out)
{
    struct se_enhance_job job = {.input = in, .output = out};
    struct se_enhance_result result;
    struct nnse_config known;
    locale_t host = se_locale_enter();
    int status = se_nnse_read_config(&known, config);

    if (status == SE_OK)
        status = se_nnse_pick_net(&net);
    if (status == SE_OK)
        status = se_nnse_enhancer_config(&job.enhancer, net, &known);
    if (status == SE_OK)
        status = se_enhance_file(&result, &net->model, &job, &se_nnse_last);
    se_locale_leave(host);
    return se_nnse_status(status);
}
