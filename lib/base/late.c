/* late.c - dlopen and dlsym. */
#include "base/late.h"

#include <dlfcn.h>
#include <string.h>

int se_late_load(struct se_late *late, struct se_report *report)
{
    if (late->is_loaded)
        return SE_OK;

    void *handle = dlopen(late->library, RTLD_LAZY | RTLD_LOCAL);

    if (!handle)
        return se_fail(report, SE_ERR_IO, "%s", dlerror());
    for (int i = 0; i < late->n_names; i++) {
        void *function = dlsym(handle, late->names[i]);

        if (!function) {
            dlclose(handle);
            return se_fail(report, SE_ERR_IO, "%s has no %s", late->library,
                           late->names[i]);
        }
        memcpy((char *)late->functions + (size_t)i * sizeof function, &function,
               sizeof function);
    }
    late->is_loaded = 1;
    return SE_OK;
}
