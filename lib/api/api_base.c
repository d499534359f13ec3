/* api_base.c - what can be asked of the library before there is anything to open? */
#include "base/cpu.h"
#include "base/error.h"

const char *prism_version(void) {
    return PRISM_VERSION_STRING;
}

const char *prism_status_name(prism_status status) {
    return prs_status_name(status);
}

prism_status prism_cpu_use(const char *level, prism_error *err) {
    if (level == NULL) {
        prs_cpu_unforce();
        return PRISM_OK;
    }
    prs_cpu_level found = prs_cpu_parse(level);
    if (prs_cpu_name(found) == NULL)
        return prs_error_set(err, PRISM_EINVAL, "%s is no kernel level", level);
    return prs_cpu_force(found, err);
}
