/* lexer.h - a query text, one lexeme at a time: what is an operator and what is text. */
#ifndef PRS_QUERY_LEXER_H
#define PRS_QUERY_LEXER_H

#include "query/notes.h"
#include "query/range_text.h"
#include "schema/schema.h"

typedef enum prs_lexeme_kind {
    PRS_LEX_END,
    PRS_LEX_WORD,   /* text up to white space, a parenthesis or a quote */
    PRS_LEX_PREFIX, /* pre* (content without the star) */
    PRS_LEX_PHRASE, /* "..." with what follows it: * ~n ^n */
    PRS_LEX_OPEN,
    PRS_LEX_CLOSE, /* ) with ^n */
    PRS_LEX_MUST,  /* + */
    PRS_LEX_NOT,   /* - or NOT */
    PRS_LEX_AND,
    PRS_LEX_OR,
    PRS_LEX_FIELD,   /* name: directly before its target */
    PRS_LEX_EXISTS,  /* the * of field:* */
    PRS_LEX_RANGE,   /* [a TO b], >=a: behind a field's name, or in a group of values */
    PRS_LEX_ALL,     /* *:* */
    PRS_LEX_DROPPED, /* a form that is not in this version; the note is out */
} prs_lexeme_kind;

typedef struct prs_lexeme {
    prs_lexeme_kind kind;
    uint32_t at, end;  /* all of its bytes, suffixes included */
    uint32_t from, to; /* content of WORD, PREFIX, PHRASE; still with its backslashes */
    double boost;      /* ^n, else 1 */
    bool boosted;
    bool near, prefix_last; /* PHRASE: ~n, * */
    uint32_t slop;          /* near: n */
    const prs_field *field; /* FIELD */
    prs_range_text range;   /* RANGE */
} prs_lexeme;

/* The lexer.  Members are private. */
typedef struct prs_lexer {
    const char *text;
    uint32_t len, at;
    const prism_schema *schema;
    const prs_notes *notes;
    prs_lexeme_kind before;   /* the last lexeme: what may follow depends on it */
    bool values;              /* in a group of values: ranges may stand without a field's name */
    const prs_field *field;   /* of the last FIELD */
    bool no_quote, no_corner; /* no closing quote from `at` on: not looked for again */
} prs_lexer;

/** Params: text [borrowed], len <= PRISM_MAX_QUERY_BYTES; schema tells what a field is */
void prs_lexer_init(prs_lexer *lexer, const char *text, size_t len, const prism_schema *schema,
                    const prs_notes *notes);
/** The next lexeme; PRS_LEX_END for ever at the end.
 *  Errors : EPARSE in strict mode
 *  Cost   : linear in the text over all calls */
prism_status prs_lexer_next(prs_lexer *lexer, prs_lexeme *out);

/** Ranges may stand without a field's name from the next lexeme on, or no longer: told by the
 *  parser where a group of values begins and ends. */
void prs_lexer_set_values(prs_lexer *lexer, bool values);

/** Copy content without its backslashes to out (room for to - from bytes); returns the length. */
size_t prs_lexer_unescape(const prs_lexer *lexer, const prs_lexeme *lexeme, char *out);

#endif
