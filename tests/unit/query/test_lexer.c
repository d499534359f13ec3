/* Are kinds, ranges and suffixes of lexemes right?  What they lead to is tested with the parser. */
#include "harness/test.h"

#include "query/lexer.h"

#include <stdio.h>

static prism_schema *schema;
static prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
static prs_notes notes = {&opts, NULL};

/* The lexemes of a text as "KIND[content]^boost", content without backslashes. */
static const char *lex(const char *text) {
    static const char *const names[] = {"END", "W",  "PRE", "PH", "(",     ")",   "+",   "-",
                                        "AND", "OR", "F",   "EX", "RANGE", "ALL", "DROP"};
    static char out[1024];
    size_t at = 0;
    prs_lexer lexer;
    prs_lexeme l;
    ck_assert_int_eq(prs_schema_default(&schema, NULL), PRISM_OK);
    prs_lexer_init(&lexer, text, strlen(text), schema, &notes);
    out[0] = '\0';
    uint32_t before = 0;
    for (;;) {
        char content[256];
        ck_assert_int_eq(prs_lexer_next(&lexer, &l), PRISM_OK);
        ck_assert(l.at >= before && l.end >= l.at && l.end <= strlen(text));
        before = l.end;
        if (l.kind == PRS_LEX_END) break;
        bool has_content = l.kind >= PRS_LEX_WORD && l.kind <= PRS_LEX_PHRASE;
        size_t n = has_content ? prs_lexer_unescape(&lexer, &l, content) : 0;
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", at > 0 ? " " : "", names[l.kind]);
        if (l.kind == PRS_LEX_FIELD)
            at += (size_t)snprintf(out + at, sizeof out - at, "[%s]", l.field->name);
        if (n > 0) at += (size_t)snprintf(out + at, sizeof out - at, "[%.*s]", (int)n, content);
        if (l.prefix_last) at += (size_t)snprintf(out + at, sizeof out - at, "*");
        if (l.near) at += (size_t)snprintf(out + at, sizeof out - at, "~%u", l.slop);
        if (l.boosted) at += (size_t)snprintf(out + at, sizeof out - at, "^%g", l.boost);
    }
    ck_assert_int_eq(prs_lexer_next(&lexer, &l), PRISM_OK);
    ck_assert_int_eq(l.kind, PRS_LEX_END);
    prs_schema_unref(schema);
    return out;
}

START_TEST(kinds) {
    static const struct {
        const char *text, *lexemes;
    } cases[] = {
        {"", ""},
        {" \t\n　", ""},
        {"a b", "W[a] W[b]"},
        {"+a -b NOT c", "+ W[a] - W[b] - W[c]"},
        {"a AND b OR c", "W[a] AND W[b] OR W[c]"},
        {"ANDa aOR (AND)", "W[ANDa] W[aOR] ( AND )"},
        {"title:a", "F[title] W[a]"},
        {"title:AND", "F[title] W[AND]"},
        {"-title:(a)^3", "- F[title] ( W[a] )^3"},
        {"title:\"a b\"*~2^.5", "F[title] PH[a b]*~2^0.5"},
        {"tags:*^2 *:* tags:*x", "F[tags] EX^2 ALL F[tags] DROP"},
        {"a* a*b a?b ?", "PRE[a] DROP DROP W[?]"},
        {"a~ a~1 /x/ /x", "DROP DROP DROP W[/x]"},
        {"date:[a TO b]^2 c", "F[date] RANGE^2 W[c]"},
        {"date:[a TO b", "F[date] W[[a] W[TO] W[b]"},
        {"date:>=a^2 c", "F[date] RANGE^2 W[c]"},
        {"date:<\"a b\"^2 c", "F[date] RANGE^2 W[c]"},
        {"[a TO b] >a", "W[[a] W[TO] W[b]] W[>a]"},
        {"date:-5 date:- x", "F[date] W[-5] F[date] W[-] W[x]"},
        {"a\\ b\\\"c", "W[a b\"c]"},
        {"\\", "W[\\]"},
        {"\"a\\\"b\"c", "PH[a\"b] W[c]"},
        {"“a”「b」＂c＂", "PH[a] PH[b] PH[c]"},
        {"（a）＋b　－c", "( W[a] ) W[＋b] - W[c]"},
        {"title：a", "F[title] W[a]"},
        {"a(b)c", "W[a] ( W[b] ) W[c]"},
        {"a\"b", "W[a\"b]"},
        {"- a", "W[a]"},
        {"a^2.5 b^x", "W[a]^2.5 W[b^x]"},
        {"\"\"", "PH"},
        {"\xff\xfe", "W[\xff\xfe]"},
    };
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        const char *got = lex(cases[i].text);
        ck_assert_msg(strcmp(got, cases[i].lexemes) == 0, "%s\n  gives    %s\n  expected %s",
                      cases[i].text, got, cases[i].lexemes);
    }
}
END_TEST

/* Every kind of white space parts words, and its neighbours do not. */
START_TEST(white_space_of_all_kinds) {
    static const uint32_t spaces[] = {0x01,   0x09,   0x20,   0x7f,   0x80,   0x85,
                                      0xa0,   0x1680, 0x2000, 0x2005, 0x200b, 0x2028,
                                      0x2029, 0x202f, 0x205f, 0x3000};
    static const uint32_t others[] = {0x7e,   0xa1,   0x167f, 0x1681, 0x1fff, 0x200c,
                                      0x2027, 0x202e, 0x2030, 0x205e, 0x2060, 0x3001};
    for (size_t i = 0; i < PRS_COUNT(spaces) + PRS_COUNT(others); i++) {
        bool space = i < PRS_COUNT(spaces);
        uint32_t cp = space ? spaces[i] : others[i - PRS_COUNT(spaces)];
        char text[16];
        size_t n = 0;
        text[n++] = 'a';
        if (cp < 0x80) {
            text[n++] = (char)cp;
        } else if (cp < 0x800) {
            text[n++] = (char)(0xc0 | cp >> 6);
            text[n++] = (char)(0x80 | (cp & 0x3f));
        } else {
            text[n++] = (char)(0xe0 | cp >> 12);
            text[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
            text[n++] = (char)(0x80 | (cp & 0x3f));
        }
        text[n++] = 'b';
        text[n] = '\0';
        bool parted = strcmp(lex(text), "W[a] W[b]") == 0;
        ck_assert_msg(parted == space, "U+%04X", cp);
    }
}
END_TEST

START_TEST(huge_slop_is_held) {
    ck_assert_str_eq(lex("\"a b\"~99999999999999999999"), "PH[a b]~10000000");
}
END_TEST

TEST_SUITE(lexer, kinds, white_space_of_all_kinds, huge_slop_is_held)
