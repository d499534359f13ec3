/* width.c - how many columns does a text take, and where may a line of it end?
 *
 * Two small tables in the order of code points, walked by bisection: what is two columns wide
 * (East Asian Width W and F) and what is none (marks and format characters).  The C library's
 * wcwidth would need a locale, and answers for the text's language, not for the terminal.
 *
 * A line of Chinese may end between any two characters, but not before a closing mark or after an
 * opening one; a line of English only at a space.
 *
 * Source: Unicode 15 EastAsianWidth.txt and UAX #14 classes CL, CP, EX, IS, OP, QU, much reduced.
 * Tested by: tests/cli/human.sh */
#include "width.h"

#include <string.h>
#include <sys/ioctl.h>

typedef struct range {
    uint32_t from, to;
} range;

static const range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26a1, 0x26a1},
    {0x26bd, 0x26be},   {0x26c4, 0x26c5},   {0x26d4, 0x26d4},   {0x26f2, 0x26f3},
    {0x2705, 0x2705},   {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2b1b, 0x2b1c},
    {0x2b50, 0x2b50},   {0x2b55, 0x2b55},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18cff}, {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320},
    {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6fc}, {0x1f7e0, 0x1f7f0}, {0x1f90c, 0x1f9ff},
    {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

static const range none[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x06d6, 0x06dc},   {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x0900, 0x0902},
    {0x093c, 0x093c},   {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e},   {0x1160, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f},
    {0x202a, 0x202e},   {0x2060, 0x206f}, {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a},
    {0xfe00, 0xfe0f},   {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0x1f3fb, 0x1f3ff},
    {0xe0000, 0xe0fff},
};

static bool within(uint32_t cp, const range *ranges, size_t n) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cp > ranges[middle].to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && cp >= ranges[low].from;
}

unsigned width_of(uint32_t cp) {
    if (cp < 0x300) return 1;
    if (within(cp, none, sizeof none / sizeof none[0])) return 0;
    return within(cp, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

bool width_is_control(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
           (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

size_t width_read(const char *p, const char *end, uint32_t *cp) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = (unsigned char)*p;
    size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    *cp = 0xfffd;
    if (n == 0 || n > (size_t)(end - p)) return 1;
    uint32_t v = n == 1 ? c : c & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)p[i] & 0xc0) != 0x80) return 1;
        v = v << 6 | ((unsigned char)p[i] & 0x3f);
    }
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return 1;
    *cp = v;
    return n;
}

static bool is_one_of(uint32_t cp, const char *characters) {
    const char *end = characters + strlen(characters);
    while (characters < end) {
        uint32_t other;
        characters += width_read(characters, end, &other);
        if (other == cp) return true;
    }
    return false;
}

bool width_is_closing(uint32_t cp) {
    return is_one_of(cp, "，。、；：！？）〕】》」』〉”’％…—·,.;:!?)]}%");
}

bool width_may_break(uint32_t before, uint32_t after) {
    if (width_of(before) != 2 && width_of(after) != 2) return false;
    if (width_of(after) == 0) return false;
    return !width_is_closing(after) && !is_one_of(after, "'\"") &&
           !is_one_of(before, "（〔【《「『〈“‘([{$#'\"");
}

unsigned width_terminal(int fd) {
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
