/* error.h - fill the caller's prism_error and return its code, in one expression. */
#ifndef PRS_BASE_ERROR_H
#define PRS_BASE_ERROR_H

#include "base/prs.h"

/** Fill `err` (may be NULL) with a code and a formatted sentence; resets every other member.
 *  Returns `code`, so that callers write `return prs_error_set(err, PRISM_EINVAL, "...")`.
 *  The text is cut at a UTF-8 boundary if too long.  Never allocates. */
prism_status prs_error_set(prism_error *err, prism_status code, const char *fmt, ...)
    PRS_PRINTF(3, 4);

/** As prs_error_set, for a failed system call: EIO, or ENOSPC for ENOSPC/EDQUOT, ENOMEM for ENOMEM,
 *  EREADONLY for EROFS; keeps errno and the file name; the text ends with the errno's message. */
prism_status prs_error_sys(prism_error *err, int sys_errno, const char *file, const char *fmt, ...)
    PRS_PRINTF(4, 5);

/** As prs_error_set with PRISM_ECORRUPT, a file and a byte offset. */
prism_status prs_error_corrupt(prism_error *err, const char *file, uint64_t offset, const char *fmt,
                               ...) PRS_PRINTF(4, 5);

/** PRISM_ENOMEM with a constant text. */
prism_status prs_error_nomem(prism_error *err);

/** Give an error already filled another code, keeping text, errno and place; returns `code`. */
prism_status prs_error_recode(prism_error *err, prism_status code);

/** Short constant name of a status, "ENOMEM"; "UNKNOWN" for a number that is none. */
const char *prs_status_name(prism_status status);

/** Add a place to an error already filled (NULL-safe). */
void prs_error_at(prism_error *err, uint64_t offset, uint32_t line, uint32_t column);
void prs_error_file(prism_error *err, const char *file);

#ifdef __clang_analyzer__ /* sees one file at a time: none of these returns PRISM_OK */
#define prs_error_set(err, code, ...) ((void)prs_error_set(err, code, __VA_ARGS__), (code))
#define prs_error_sys(err, ...) ((void)prs_error_sys(err, __VA_ARGS__), PRISM_EIO)
#define prs_error_corrupt(err, ...) ((void)prs_error_corrupt(err, __VA_ARGS__), PRISM_ECORRUPT)
#define prs_error_nomem(err) ((void)prs_error_nomem(err), PRISM_ENOMEM)
#endif

#endif
