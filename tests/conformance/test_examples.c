/* test_examples.c - the worked examples of docs/analysis.md, to the letter. */
#include "kit.h"

static const struct {
    const char *text, *tokens;
} examples[] = {
    {"達267%。", "达' / 达$, 267 / 267%"},
    {"AI公司", "ai, 公' / 公司, 司' / 司$"},
    {"近24州", "近' / 近$, 24, 州' / 州$"},
    {"Uber One訂閱服務", "uber, one, 订' / 订阅, 阅' / 阅服, 服' / 服务, 务' / 务$"},
    {"GPT-4, C++", "gpt / gpt4, 4, c / c++"},
    {"$10B ＡＢＣ１", "10b / $10b, abc1"},
    {"user@huawei.com", "user, huawei / huaweicom, com"},
    {"南京市長江大橋",
     "南' / 南京, 京' / 京市, 市' / 市长, 长' / 长江, 江' / 江大, 大' / 大桥, 桥' / 桥$"},
    {"南京市长江大桥",
     "南' / 南京, 京' / 京市, 市' / 市长, 长' / 长江, 江' / 江大, 大' / 大桥, 桥' / 桥$"},
    {"10:30 key:value", "10, 30, key, valu"},
    {"3.14 1.2.3 example.com", "3.14, 1.2.3, exampl / examplecom, com"},
    {"U.S.A. e.g.", "usa, eg"},
    {"1,234.56 1,2", "1234.56, 1,2"},
    {"don't O'Neil's Banquo’s", "dont, oneil, banquo"},
    {"10B 24h 5G iPhone15Pro", "10b, 24h, 5g, iphone15pro"},
    {"㎏ ㍿", "kg, 株' / 株式, 式' / 式会, 会' / 会社, 社' / 社$"},
    {"c++ c# .net #tag @user $10b 5€ 267%",
     "c / c++, c / c#, net / .net, tag / #tag, user / @user, 10b / $10b, 5 / €5, 267 / 267%"},
};

START_TEST(worked_examples) {
    kit *k = kit_open("");
    for (size_t i = 0; i < PRS_COUNT(examples); i++) {
        ck_assert_str_eq(kit_terms(k, examples[i].text), examples[i].tokens);
    }
    kit_close(k);
}
END_TEST

TEST_SUITE(examples, worked_examples)
