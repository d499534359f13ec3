/* writer_lock.h - every exported call of a writer enters and leaves. */
#ifndef PRS_API_WRITER_LOCK_H
#define PRS_API_WRITER_LOCK_H

#include "write/writer.h"

/** Lock and see whether the writer may be used; unlocked again if not.
 *  Errors : EINVAL writer is NULL, EMISUSE after fork, the writer's sticky failure */
prism_status prs_api_enter(prism_writer *writer, prism_error *err) PRS_NODISCARD;
/** Unlock; returns `status`. */
prism_status prs_api_leave(prism_writer *writer, prism_status status);
/** What was built for a schema carries its field numbers: it must be the writer's, or its equal.
 *  Params : what names the thing in the error   Errors : EINVAL, ENOMEM */
prism_status prs_api_check_schema(const prism_writer *writer, const prism_schema *schema,
                                  const char *what, prism_error *err) PRS_NODISCARD;

#endif
