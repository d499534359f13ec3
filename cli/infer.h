/* infer.h - the schema that a file asks for. */
#ifndef PSEARCH_INFER_H
#define PSEARCH_INFER_H

#include "cli.h"

/** Read the file of --infer (NDJSON, CSV, TSV, also packed) and print the guessed schema.  An exit
 *  code, told. */
int infer_print(const cli_options *o);

#endif
