/* test_mixed.c - which terms stand at which position, in which order, covering which bytes? */
#include "kit.h"

typedef struct example {
    const char *text, *tokens;
} example;

static void check_terms(const char *options, const example *examples, size_t n) {
    kit *k = kit_open(options);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(kit_terms(k, examples[i].text), examples[i].tokens);
    kit_close(k);
}

static void check_places(const char *options, const example *examples, size_t n) {
    kit *k = kit_open(options);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(kit_places(k, examples[i].text), examples[i].tokens);
    kit_close(k);
}

START_TEST(joins_compounds) {
    static const example examples[] = {
        {"wi-fi", "wi / wifi, fi"},
        {"GPT-4", "gpt / gpt4, 4"},
        {"node.js", "node / nodejs, js"},
        {"AT&T", "at / att, t"},
        {"snake_case_name", "snake / snakecasename, case, name"},
        {"state-of-the-art", "state / stateoftheart, of, the, art"},
        {"a-b-c-d-e", "a, b, c, d, e"},
        {"aa-bb-cc-dd-ee-ff-gg", "aa, bb, cc, dd, ee, ff, gg"},
        {"10-20", "10, 20"},
        {"2024-01-02", "2024, 01, 02"},
        {"wi - fi", "wi, fi"},
        {"wi--fi", "wi, fi"},
        {"wi-\xc2\xad"
         "fi",
         "wi, fi"},
        {"running-shoes", "run / runningshoes, shoe"}, /* parts are stemmed, concatenations not */
        {"U.S.-based", "us / usbased, base"},
        {"don't-care", "dont / dontcare, care"},
        {"Ａ－Ｂ", "a / ab, b"},
        {"中-文", "中' / 中$, 文' / 文$"},
        {"AI-公司", "ai, 公' / 公司, 司' / 司$"},
        {".net-core", "net / netcore / .net, core"},
        {"c++-like", "c / c++, like"},
        {"abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyzabcdefghijk", /* 64 bytes */
         "abcdefghijklmnopqrstuvwxyz / "
         "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk, "
         "abcdefghijklmnopqrstuvwxyzabcdefghijk"},
        {"abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyzabcdefghijkl",
         "abcdefghijklmnopqrstuvwxyz, abcdefghijklmnopqrstuvwxyzabcdefghijkl"},
    };
    check_terms("", examples, PRS_COUNT(examples));
    static const example off[] = {{"GPT-4 aa.bb-c", "gpt, 4, aa, bb, c"}, {"C++", "c / c++"}};
    check_terms("compounds=off", off, PRS_COUNT(off));
}
END_TEST

START_TEST(adds_sigil_forms) {
    static const example examples[] = {
        {"C++ C# C", "c / c++, c / c#, c"},
        {"c#4 c#d", "c, 4, c, d"},
        {"$10B $250 €250", "10b / $10b, 250 / $250, 250 / €250"},
        {"5€ 5 €", "5 / €5, 5"},
        {"￥100 100元", "100 / ¥100, 100, 元' / 元$"},
        {"7% 7‰ 7", "7 / 7%, 7 / 7‰, 7"},
        {".NET #tag @user", "net / .net, tag / #tag, user / @user"},
        {"$10%", "10 / $10 / 10%"},
        {"-5 +5", "5, 5"},
        {"＃ＴＡＧ ５％", "tag / #tag, 5 / 5%"},
    };
    check_terms("", examples, PRS_COUNT(examples));
    static const example off[] = {{"C++ $10 .net", "c, 10, net"}};
    check_terms("sigils=off", off, PRS_COUNT(off));
}
END_TEST

START_TEST(covers_the_right_bytes) {
    static const example examples[] = {
        {"GPT-4, C++", "gpt@0+1[0,3) / gpt4@0+2[0,5), 4@1+1[4,5), c@2+1[7,8) / c++@2+1[7,10)"},
        {"\n$10B 5€", "10b@0+1[2,5) / $10b@0+1[1,5), 5@1+1[6,7) / €5@1+1[6,10)"},
        {"達267%。", "达'@0+1[0,3) / 达$@0+1[0,3), 267@1+1[3,6) / 267%@1+1[3,7)"},
        {"數據\u0301x",
         "数'@0+1[0,3) / 数据\u0301@0+2[0,8), 据\u0301'@1+1[3,8) / 据\u0301$@1+1[3,8), x@2+1[8,9)"},
        {"ﾊﾞｶ", "バ'@0+1[0,6) / バカ@0+2[0,9), カ'@1+1[6,9) / カ$@1+1[6,9)"},
        {"Straße İ e\u0301x", "strass@0+1[0,7), i@1+1[8,10), ex@2+1[11,15)"},
        {"ﬁn \U00020000", "fin@0+1[0,4), \U00020000'@1+1[5,9) / \U00020000$@1+1[5,9)"},
        {"㎏ ㍿",
         "kg@0+1[0,3), 株'@1+1[4,7) / 株式@1+2[4,7), 式'@2+1[4,7) / 式会@2+2[4,7), 会'@3+1[4,7) / "
         "会社@3+2[4,7), 社'@4+1[4,7) / 社$@4+1[4,7)"},
        {"a\r\n❤\ufe0f", "a@0+1[0,1), ❤@1+1[3,9)"},
        {"1,234.5 U.S.A.", "1234.5@0+1[0,7), usa@1+1[8,14)"},
    };
    check_places("", examples, PRS_COUNT(examples));
}
END_TEST

START_TEST(keeps_positions_in_every_han_mode) {
    static const char text[] = "AI 達數據 c++ ภาษ 한국 wi-fi";
    static const example uni_bi[] = {
        {text, "ai, 达' / 达数, 数' / 数据, 据' / 据$, c / c++, ภ' / ภา, า' / าษ, ษ' / ษ$, "
               "한' / 한국, 국' / 국$, wi / wifi, fi"}};
    static const example bi[] = {
        {text, "ai, 达数, 数据, 据$, c / c++, ภา, าษ, ษ$, 한국, 국$, wi / wifi, fi"}};
    static const example uni[] = {
        {text, "ai, 达' / 达$, 数' / 数$, 据' / 据$, c / c++, ภ' / ภ$, า' / า$, ษ' / ษ$, "
               "한' / 한$, 국' / 국$, wi / wifi, fi"}};
    static const example words[] = {
        {text, "ai, 达' / 达数, 数' / 数据 / 数据~, 据' / 据$, c / c++, ภ' / ภา, า' / าษ, ษ' / ษ$, "
               "한' / 한국 / 한국~, 국' / 국$, wi / wifi, fi"}};
    check_terms("", uni_bi, 1);
    check_terms("han=uni_bi_words", words, 1);
    check_terms("han=bi", bi, 1);
    check_terms("han=uni", uni, 1);
}
END_TEST

START_TEST(stacks_exact_forms) {
    static const example dual[] = {
        {"Running as 10b", "run / running=, as / as=, 10b"},
        {"running-shoes C++", "run / running= / runningshoes, shoe / shoes=, c / c= / c++"},
        {"Книги 數", "книги, 数' / 数$"},
    };
    check_terms("stem=dual", dual, PRS_COUNT(dual));
    static const example russian[] = {{"Книги h264", "книг / книги=, h264"}};
    check_terms("stem=dual stem_language=russian", russian, PRS_COUNT(russian));
    static const example off[] = {{"Running shoes", "running, shoes"}};
    check_terms("stem=off", off, PRS_COUNT(off));
}
END_TEST

START_TEST(obeys_the_other_options) {
    static const example word[] = {{"한국 사람", "한국, 사람"}};
    check_terms("hangul=word", word, 1);
    static const example traditional[] = {{"數", "數' / 數$"}};
    check_terms("ts_fold=off", traditional, 1);
    static const example keep[] = {{"Café 數", "café, 数' / 数$"}};
    check_terms("diacritics=keep", keep, 1);
    static const example no_emoji[] = {{"a 🚀 b", "a, b"}};
    check_terms("emoji=off", no_emoji, 1);
    static const example emoji[] = {{"a 🚀 b ❤ 👩‍🚀", "a, 🚀, b, 👩‍🚀"}};
    check_terms("", emoji, 1);
    static const example lines[] = {{"數\n據", "数' / 数据, 据' / 据$"},
                                    {"數\n\n據", "数' / 数$, 据' / 据$"}};
    check_terms("join_linebreak=on", lines, 2);
    static const example apart[] = {{"數\n據", "数' / 数$, 据' / 据$"}};
    check_terms("", apart, 1);
    static const example cut[] = {{"abcdefghijklmnopqrst uv", "abcdefghijklmnop, qrst, uv"}};
    check_terms("max_token_bytes=16 stem=off", cut, 1);
}
END_TEST

START_TEST(drops_words_that_fold_to_nothing) {
    static const example examples[] = {
        {"a ʼ b", "a, b"}, {"a-ʼ-b", "a, b"}, {"", ""}, {" \n!?", ""}};
    check_terms("", examples, PRS_COUNT(examples));
}
END_TEST

/* Flags as letters: S run start, E run end, C concatenation, P part, G sigil, J joined. */
static void check_flags(kit *k, const char *text, const char *expected) {
    char flags[256] = "";
    kit_run(k, text, strlen(text));
    for (size_t i = 0; i < k->n; i++) {
        if (i > 0) strcat(flags, " ");
        uint8_t f = k->tokens[i].token.flags;
        for (unsigned b = 0; b < 6; b++) {
            if ((f >> b & 1) != 0) strncat(flags, &"SECPGJ"[b], 1);
        }
        if (f == 0) strcat(flags, "-");
    }
    ck_assert_str_eq(flags, expected);
}

START_TEST(flags_tokens) {
    kit *k = kit_open("");
    check_flags(k, "数据中 x", "S S J EJ EJ EJ -");
    check_flags(k, "数", "SE SE");
    check_flags(k, "wi-fi now", "P C PJ -");
    check_flags(k, "a,b c++ c++d", "- J - G - J");
    check_flags(k, "AI公 ①x", "- SEJ SEJ - J");
    kit_close(k);
}
END_TEST

START_TEST(counts_positions_and_bad_parts) {
    kit *k = kit_open("");
    static const char text[] = "a\xff"
                               "b\xe4\xb8 中\xf0\x9f";
    kit_run(k, text, sizeof text - 1);
    ck_assert_uint_eq(k->n_pos, 3);
    ck_assert_uint_eq(k->n_bad, 3);
    kit_close(k);
}
END_TEST

TEST_SUITE(mixed, joins_compounds, adds_sigil_forms, covers_the_right_bytes,
           keeps_positions_in_every_han_mode, stacks_exact_forms, obeys_the_other_options,
           drops_words_that_fold_to_nothing, flags_tokens, counts_positions_and_bad_parts)
