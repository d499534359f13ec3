/* test_complaints.c - does each complaint that users of other engines made stay answered?
 *
 * A case says that a query finds a text, or does not, at the level of terms and positions: the
 * query is analyzed like the text, and "finds" means what the engine does with a quoted query: its
 * tokens, at their relative positions, are among the text's.  A query with a sign asks for the
 * sign's form only (C++ is not C); a compound asks for its parts.  Then the engine itself is asked,
 * with an index of the one text.
 *
 * The number of a case is its rank in the research list of complaints.  Each has a case that finds
 * and one that does not, but for 14 (an upgrade of a library, test_id.c and the tests of opening an
 * index) and 19 (synonyms of several words, which the library does not have). */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct complaint {
    int number;
    bool finds;
    const char *query, *text, *options;
} complaint;

static const complaint cases[] = {
    {1, true, "文章", "相關文章列表", ""},
    {1, true, "江大", "南京市長江大橋", ""},
    {1, false, "章文", "相關文章列表", ""},
    {2, true, "研究生命", "研究生命起源", ""},
    {2, true, "生命起源", "研究生命起源", ""},
    {2, true, "生命起", "研究生命起源", ""},
    {2, false, "研究起源", "研究生命起源", ""},
    {3, true, "istanbul", "İstanbul", ""}, /* ranges: test_mixed.c and test_streams.c */
    {3, false, "istanbu", "İstanbul", ""},
    {4, true, "我", "他與我同行", ""},
    {4, true, "行", "他與我同行", ""},
    {4, true, "同行", "他與我同行", ""},
    {4, false, "你", "他與我同行", ""},
    {5, true, "12306", "铁路12306客服", ""},
    {5, true, "铁路12306", "铁路12306客服", ""},
    {5, true, "gen-itgc", "重跑gen-itgc后", ""},
    {5, true, "重跑gen", "重跑gen-itgc后", ""},
    {5, true, "14th", "the 14th day", ""},
    {5, true, "14th", "數據 14th day", ""},
    {5, false, "123", "铁路12306客服", ""},
    {6, true, "東京", "東京都", ""},
    {6, true, "カラ", "カラオケ", ""},
    {6, true, "서울", "서울시청", ""},
    {6, false, "京東", "東京都", ""},
    {7, true, "数据", "數據", ""},
    {7, true, "數據", "数据", ""},
    {7, true, "发财", "發財", ""},
    {7, true, "乾隆", "乾隆", ""},
    {7, true, "干燥", "乾燥", ""},
    {7, false, "数据", "數據", "ts_fold=off"},
    {8, false, "景点", "經典", ""}, /* equal in pinyin only */
    {8, false, "中国", "国中", ""},
    {8, true, "经典", "經典", ""},
    {9, true, "covid-19", "COVID-19", ""},
    {9, true, "covid19", "COVID-19", ""},
    {9, true, "covid", "COVID-19", ""},
    {9, true, "addon", "an add-on", ""},
    {9, true, "f-16", "an F-16", ""},
    {9, false, "f16", "F 16", ""},
    {9, false, "1020", "10-20", ""},
    {10, true, "C++", "C++17 or C++", ""},
    {10, false, "C++", "plain C", ""},
    {10, false, "C#", "C++ and C", ""},
    {10, true, "C", "C++", ""},
    {10, true, "#include", "#include <x.h>", ""},
    {10, false, "#include", "include", ""},
    {10, true, "@Page", "@Page directive", ""},
    {10, true, ".NET", "the .NET runtime", ""},
    {10, false, ".NET", "the net", ""},
    {11, true, "huawei", "user@huawei.com", ""},
    {11, true, "user@huawei.com", "mail user@huawei.com", ""},
    {11, true, "example.com", "https://www.example.com/path", ""},
    {11, true, "path", "https://www.example.com/path", ""},
    {11, false, "example.org", "https://www.example.com/path", ""},
    {12, true, "$250", "costs $250 now", ""},
    {12, false, "$250", "costs €250 now", ""},
    {12, true, "€5", "nur 5€", ""},
    {12, true, "7%", "about 7%", ""},
    {12, false, "7%", "about 5%", ""},
    {12, false, "7%", "about 7", ""},
    {12, true, "7", "about 7%", ""},
    {13, true, "to be or not to be", "To be, or not to be", ""},
    {13, true, "的", "我的", ""},
    {13, true, "it", "IT", ""},
    {13, false, "to be", "be to", ""},
    {16, true, "Banquo", "Banquo’s ghost", ""},
    {16, true, "don't", "don’t", ""},
    {16, true, "oneil", "O’Neil", ""},
    {16, false, "ban", "Banquo’s ghost", ""},
    {17, true, "ABC1", "ＡＢＣ１", ""},
    {17, true, "カラオケ", "ｶﾗｵｹ", ""},
    {17, true, "ガ", "ｶﾞ", ""},
    {17, false, "カ", "ｶﾞ", ""},
    {17, true, "100%", "１００％", ""},
    {18, true, "cafes", "cafés", ""},
    {18, true, "Müller", "Muller", ""},
    {18, false, "Müller", "Muller", "diacritics=keep"},
    {18, true, "ångström", "ÅNGSTRÖM", "fold_except=åö"},
    {18, false, "angstrom", "ÅNGSTRÖM", "fold_except=åö"},
    {20, true, "🚀", "launch🚀day", ""},
    {20, true, "❤\ufe0f", "I ❤\ufe0f NY", ""},
    {20, false, "👩", "👩‍🚀", ""},
    {20, false, "🇨🇳", "🇨🇦", ""},
};

typedef struct term {
    prs_token token;
    char text[64];
} term;

static size_t analyze(kit *k, const char *text, term *out, size_t cap) {
    kit_run(k, text, strlen(text));
    ck_assert_uint_le(k->n, cap);
    for (size_t i = 0; i < k->n; i++) {
        prs_bytes bytes = kit_term(k, i);
        ck_assert_uint_lt(bytes.len, sizeof out[i].text);
        out[i].token = k->tokens[i].token;
        memcpy(out[i].text, bytes.ptr, bytes.len);
        out[i].text[bytes.len] = '\0';
    }
    return k->n;
}

static bool has_term(const term *text, size_t n, const term *wanted, uint32_t pos) {
    for (size_t i = 0; i < n; i++) {
        const prs_token *t = &text[i].token;
        if (t->pos == pos && t->kind == wanted->token.kind &&
            strcmp(text[i].text, wanted->text) == 0)
            return true;
    }
    return false;
}

/* Is this token of the query asked for?  Not a concatenation beside its parts, not a word whose
 * sign was typed, and not HANEND: the query's last character need not be the last of a run in the
 * text. */
static bool is_asked(const term *query, size_t n, size_t i) {
    const prs_token *t = &query[i].token;
    if ((t->flags & PRS_TOKEN_CONCAT) != 0 || t->kind == PRS_KIND_HANEND) return false;
    if ((t->flags & PRS_TOKEN_SIGIL) != 0) return true;
    for (size_t j = 0; j < n; j++) {
        if (query[j].token.pos == t->pos && (query[j].token.flags & PRS_TOKEN_SIGIL) != 0)
            return false;
    }
    return true;
}

static bool matches_at(const term *text, size_t n_text, const term *query, size_t n_query,
                       uint32_t pos) {
    bool is_any = false;
    for (size_t i = 0; i < n_query; i++) {
        if (!is_asked(query, n_query, i)) continue;
        is_any = true;
        if (!has_term(text, n_text, &query[i], pos + query[i].token.pos)) return false;
    }
    return is_any;
}

static bool finds(kit *k, const char *query_text, const char *text) {
    static term query[64], words[128];
    size_t n_query = analyze(k, query_text, query, PRS_COUNT(query));
    size_t n_words = analyze(k, text, words, PRS_COUNT(words));
    for (uint32_t pos = 0; pos < k->n_pos; pos++) {
        if (matches_at(words, n_words, query, n_query, pos)) return true;
    }
    return false;
}

START_TEST(stay_answered) {
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        kit *k = kit_open(cases[i].options);
        ck_assert_msg(finds(k, cases[i].query, cases[i].text) == cases[i].finds,
                      "complaint %d: %s %s %s", cases[i].number, cases[i].query,
                      cases[i].finds ? "must find" : "must not find", cases[i].text);
        kit_close(k);
    }
}
END_TEST

/* Those that hang on how an unquoted query is read: a long question (15), single characters (4, 8),
 * unquoted compounds and signs. */
static const complaint unquoted[] = {
    {15, true, "人工智能芯片的供应链有什么风险", "芯片供应链遇到风险", ""},
    {15, true, "請問數據中心為什麼推高當地的電價", "数据中心与电价", ""},
    {15, false, "请问数据中心为什么推高电价", "南京市长江大桥", ""},
    {15, false, "\"人工智能芯片的供应链有什么风险\"", "芯片供应链遇到风险", ""},
    {4, true, "我", "他與我同行", ""},
    {4, false, "+我 +你", "他與我同行", ""},
    {8, false, "中國", "國王在途中", ""},
    {9, true, "addon", "an add-on", ""},
    {9, true, "add-on", "an addon", ""},
    {10, false, "C++", "plain C", ""},
    {12, false, "$250", "costs €250 now", ""},
};

START_TEST(stay_answered_by_the_engine) {
    for (size_t i = 0; i < PRS_COUNT(cases); i++) {
        char quoted[128];
        snprintf(quoted, sizeof quoted, "\"%s\"", cases[i].query);
        ck_assert_msg(kit_finds(quoted, cases[i].text, cases[i].options) == cases[i].finds,
                      "complaint %d: %s %s %s", cases[i].number, quoted,
                      cases[i].finds ? "must find" : "must not find", cases[i].text);
    }
    for (size_t i = 0; i < PRS_COUNT(unquoted); i++) {
        const complaint *c = &unquoted[i];
        ck_assert_msg(kit_finds(c->query, c->text, c->options) == c->finds,
                      "complaint %d: %s %s %s", c->number, c->query,
                      c->finds ? "must find" : "must not find", c->text);
    }
}
END_TEST

START_TEST(have_cases_on_both_sides) {
    unsigned seen[21] = {0};
    for (size_t i = 0; i < PRS_COUNT(cases); i++) seen[cases[i].number] |= cases[i].finds ? 1 : 2;
    for (size_t i = 0; i < PRS_COUNT(unquoted); i++)
        seen[unquoted[i].number] |= unquoted[i].finds ? 1 : 2;
    for (unsigned number = 1; number <= 20; number++) {
        if (number == 14 || number == 19) continue;
        ck_assert_msg(seen[number] == 3, "complaint %u", number);
    }
}
END_TEST

START_TEST(traditional_and_simplified_are_one_stream) {
    static const char *const pairs[][2] = {
        {"美國參議員針對AI公司的數據中心展開調查", "美国参议员针对AI公司的数据中心展开调查"},
        {"揭示其如何推高當地電價達267%", "揭示其如何推高当地电价达267%"},
        {"這場豪賭是品牌重生策略", "这场豪赌是品牌重生策略"},
        {"訂閱服務面臨FTC及近24州的聯合訴訟", "订阅服务面临FTC及近24州的联合诉讼"},
        {"後來頭髮乾了，麵條還在裡面", "后来头发干了，面条还在里面"},
    };
    kit *k = kit_open("");
    for (size_t i = 0; i < PRS_COUNT(pairs); i++) {
        char *traditional = strdup(kit_terms(k, pairs[i][0]));
        ck_assert_str_eq(traditional, kit_terms(k, pairs[i][1]));
        free(traditional);
    }
    kit_close(k);
}
END_TEST

TEST_SUITE(complaints, stay_answered, stay_answered_by_the_engine, have_cases_on_both_sides,
           traditional_and_simplified_are_one_stream)
