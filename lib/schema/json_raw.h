/* json_raw.h - walking sound JSON text without parsing it again.
 *
 * All functions want text that simdjson has found sound, with PRS_JSON_PADDING readable bytes
 * behind it. */
#ifndef PRS_SCHEMA_JSON_RAW_H
#define PRS_SCHEMA_JSON_RAW_H

#include "base/prs.h"

/** The byte behind the string whose opening quote is at p.   Cost: about 10 GB/s */
const char *prs_json_skip_string(const char *p);
/** The byte behind the value of compact text at p. */
const char *prs_json_skip_value(const char *p);
/** Copy a text without the white space outside strings; returns the bytes written.
 *  Params : out has room for len + PRS_JSON_PADDING bytes and is another place than text
 *  Cost   : about 6 GB/s in long strings */
size_t prs_json_compact(const char *text, size_t len, char *out);

#endif
