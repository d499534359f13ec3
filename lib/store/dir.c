/* dir.c - which names may a file of an index have?
 *
 * A narrow alphabet, so that no name can leave the directory or surprise a shell (R24).
 * Tested by tests/unit/store/test_dir.c */
#include "store/dir.h"

bool prs_dir_name_ok(const char *name) {
    size_t n = 0;
    if (name[0] == '.') return false;
    for (; name[n] != '\0'; n++) {
        char c = name[n];
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!good || n >= PRS_DIR_NAME_MAX) return false;
    }
    return n > 0;
}
