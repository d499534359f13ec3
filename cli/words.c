/* words.c - --vocabulary: which words of one's own are queries read with?
 *
 * A file of lines, see psearch-query(7), compressed if it likes.  What is wrong in it is told with
 * its line, as for an input file.
 * Tested by: tests/cli/search.sh */
#include "cli.h"
#include "input.h"

#include <stdlib.h>

int cli_read_words(cli_options *o, const prism_schema *schema) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in = NULL;
    char *text = NULL;
    size_t len = 0;
    if (o->vocabulary == NULL) return CLI_OK;
    prism_status status = input_open(o->vocabulary, &in, &err);
    if (status == PRISM_OK)
        status = input_read_all(in, PRISM_MAX_VOCABULARY_BYTES, &text, &len, &err);
    if (status == PRISM_OK) status = prism_vocabulary_from_text(schema, text, len, &o->words, &err);
    free(text);
    input_close(in);
    if (status == PRISM_OK) return CLI_OK;
    int code = cli_fail_in(o->vocabulary, &err);
    return code == CLI_SYSTEM ? code : CLI_REJECTED; /* a file that cannot be taken, as any other */
}
