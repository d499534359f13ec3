/* stopwords.c - which words and characters bind a sentence and say little about a document?
 *
 * They are always indexed.  The query side alone asks: English stop words are optional in a ranked
 * query that holds another word, and a bigram of two function characters is optional, outside
 * quotes.
 *
 * English     The 33 words of Lucene's default list, as the analyzer emits them.  The stemmer
 *             leaves each as it is, so one list serves both forms; the test holds the linked
 *             stemmer to that.
 * Han         Particles, pronouns, copulas, prepositions, conjunctions and auxiliaries of modern
 *             Chinese that are words by themselves, after Traditional -> Simplified.
 *
 * Both lists are sorted by their bytes and searched by halves.
 * Tested by   tests/unit/analysis/test_stopwords.c */
#include "analysis/analyzer.h"

static const char *const stopwords[] = {
    "a",   "an",    "and",  "are",   "as",    "at",   "be",   "but", "by",  "for",  "if",
    "in",  "into",  "is",   "it",    "no",    "not",  "of",   "on",  "or",  "such", "that",
    "the", "their", "then", "there", "these", "they", "this", "to",  "was", "will", "with",
};

static const char *const function_chars[] = {
    "不", "与", "且", "个", "为", "么", "之", "也", "了", "于", "些", "从", "他", "以", "们", "但",
    "你", "其", "再", "则", "到", "即", "却", "又", "及", "只", "各", "向", "吗", "吧", "呢", "和",
    "哪", "啊", "嘛", "因", "在", "她", "如", "它", "对", "将", "就", "已", "并", "很", "得", "您",
    "我", "或", "所", "才", "把", "是", "更", "最", "某", "此", "每", "没", "由", "的", "着", "等",
    "给", "而", "若", "虽", "被", "让", "该", "谁", "过", "还", "这", "那", "都", "非",
};

static bool is_listed(const char *const *list, size_t n, prs_bytes word) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        prs_bytes entry = prs_bytes_of(list[middle], strlen(list[middle]));
        int order = prs_bytes_compare(entry, word);
        if (order == 0) return true;
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool prs_is_stopword(const uint8_t *term, size_t len) {
    return is_listed(stopwords, PRS_COUNT(stopwords), prs_bytes_of(term, len));
}

bool prs_is_function_char(const uint8_t *utf8, size_t len) {
    return is_listed(function_chars, PRS_COUNT(function_chars), prs_bytes_of(utf8, len));
}
