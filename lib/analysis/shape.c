/* shape.c - is a word initials, a grouped number, too long? */
#include "analysis/shape.h"

/* The chain is walked once for each text: scan.c asks only at its first letter. */
uint32_t prs_shape_initials(const prs_word_rules *rules, const uint8_t *text, uint32_t len,
                            uint32_t at, uint32_t max_bytes) {
    uint32_t start = at;
    for (uint32_t n_letters = 1;; n_letters++) {
        prs_uax_segment seg = prs_wordbreak_read(rules, text, len, at);
        prs_cluster letter = prs_wordbreak_cluster(text, len, at);
        if (seg.end != letter.end || seg.end - start > max_bytes) return 0;
        uint32_t end = n_letters > 1 ? seg.end : 0;
        if (seg.end == len) return end;
        prs_cluster dot = prs_wordbreak_cluster(text, len, seg.end);
        if (dot.uc->cls != PRS_CLASS_DOT || dot.end != dot.base_end) return end;
        end = n_letters > 1 && dot.end - start <= max_bytes ? dot.end : end;
        if (dot.end == len) return end;
        prs_cluster next = prs_wordbreak_cluster(text, len, dot.end);
        prs_role role = prs_wordbreak_role(rules, &next);
        if (role == PRS_ROLE_DIGIT) return 0;
        if (!prs_role_is_letter(role)) return end;
        at = dot.end;
    }
}

bool prs_shape_is_grouped(const uint8_t *text, uint32_t start, uint32_t end) {
    enum { WHOLE, FRACTION, REST } part = WHOLE;
    uint32_t n_digits = 0, n_commas = 0, n;
    for (uint32_t at = start; at < end; at += n) {
        const prs_uc *uc = prs_unicode_get(prs_utf8_decode(text + at, text + end, &n));
        bool is_complete = n_commas > 0 && n_digits == 3;
        if (uc->cls == PRS_CLASS_DIGIT) {
            n_digits++;
        } else if (part == WHOLE && uc->sign == ',') {
            if (n_digits == 0 || n_digits > 3 || (n_commas > 0 && n_digits < 3)) return false;
            n_commas++;
            n_digits = 0;
        } else if (part == WHOLE && uc->sign == '.') {
            if (!is_complete) return false;
            part = FRACTION;
        } else if (uc->cls == PRS_CLASS_LETTER || uc->cls == PRS_CLASS_HEBREW) {
            if (part == WHOLE && !is_complete) return false;
            part = REST;
        } else {
            return false;
        }
    }
    return part != WHOLE || (n_commas > 0 && n_digits == 3);
}

uint32_t prs_shape_cut(const uint8_t *text, uint32_t start, uint32_t end, uint32_t max_bytes,
                       uint32_t *next) {
    uint32_t at = start, limit = start + max_bytes;
    while (at < end) {
        prs_cluster c = prs_wordbreak_cluster(text, end, at);
        if (c.end > limit) {
            *next = at > start ? at : c.end;
            break;
        }
        at = c.end;
    }
    if (at > start) return at;
    for (at = limit; (text[at] & 0xc0) == 0x80;) at--;
    return at;
}
