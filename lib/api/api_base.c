/* api_base.c - what can be asked of the library before there is anything to open? */
#include "base/error.h"

const char *prism_version(void) {
    return PRISM_VERSION_STRING;
}

const char *prism_status_name(prism_status status) {
    return prs_status_name(status);
}
