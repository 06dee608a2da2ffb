/* late.c - dlopen and dlsym. */
#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

int se_late_load(const struct se_late *late, struct se_report *report)
{
    void *handle = dlopen(late->library, RTLD_LAZY | RTLD_LOCAL);

    if (!handle)
        return se_fail(report, SE_ERR_IO, "%s", dlerror());
    for (int i = 0; i < late->n_calls; i++) {
        const struct se_late_call *call = &late->calls[i];
        void *function = dlsym(handle, call->name);

        if (!function) {
            dlclose(handle);
            return se_fail(report, SE_ERR_IO, "%s has no %s", late->library,
                           call->name);
        }
        memcpy((char *)late->functions + call->at, &function, sizeof function);
    }
    return SE_OK;
}
