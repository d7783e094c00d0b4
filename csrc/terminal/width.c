#include "terminal/terminal.h"
#include "terminal/width_table.h"

#include <stdint.h>

/* One character: its code point, or 0 for a byte that is not UTF-8. */
typedef struct character {
    uint32_t code;
    size_t size;
} character;

static const unsigned char *bytes_of(const char *text) {
    return (const unsigned char *)text;
}

/* The length of a sequence with this first byte, and the bits of the byte that
 * count. 0: no sequence begins with it. */
static size_t sequence(unsigned char first, uint32_t *bits) {
    if (first >= 0xC2 && first < 0xE0) {
        *bits = first & 0x1Fu;
        return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
        *bits = first & 0x0Fu;
        return 3;
    }
    if (first >= 0xF0 && first < 0xF5) {
        *bits = first & 0x07u;
        return 4;
    }
    return 0;
}

/* Is it in its shortest form, not a surrogate, and not past the last code
 * point? */
static bool is_code(uint32_t code, size_t size) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return code >= least[size] && code <= 0x10FFFF &&
           !(code >= 0xD800 && code <= 0xDFFF);
}

static character next_character(const unsigned char *at, size_t left) {
    character none = {0, 1};
    if (at[0] < 0x80)
        return (character){at[0], 1};
    uint32_t code = 0;
    size_t size = sequence(at[0], &code);
    if (size == 0 || size > left)
        return none;
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return none;
        code = code << 6 | (at[i] & 0x3Fu);
    }
    return is_code(code, size) ? (character){code, size} : none;
}

static bool is_among(const rs_code_range *ranges, size_t count, uint32_t code) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code < ranges[middle].first)
            high = middle;
        else if (code > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

#define AMONG(ranges, code)                                                    \
    is_among((ranges), sizeof(ranges) / sizeof *(ranges), (code))

static size_t columns_of(const unsigned char *at, character one) {
    if (one.code == 0 && at[0] != 0) /* not UTF-8 */
        return 1;
    if (one.code < 0x20 || (one.code >= 0x7F && one.code < 0xA0))
        return 0;
    if (one.code < 0x300)
        return one.code == 0xAD ? 0 : 1;
    if (AMONG(rs_zero_width, one.code))
        return 0;
    return AMONG(rs_double_width, one.code) ? 2 : 1;
}

size_t rs_width_prefix(const char *text, size_t size, size_t columns) {
    const unsigned char *bytes = bytes_of(text);
    size_t taken = 0, at = 0;
    while (at < size) {
        character one = next_character(bytes + at, size - at);
        taken += columns_of(bytes + at, one);
        if (taken > columns)
            break;
        at += one.size;
    }
    return at;
}

size_t rs_width(const char *text, size_t size) {
    const unsigned char *bytes = bytes_of(text);
    size_t columns = 0;
    for (size_t at = 0; at < size;) {
        character one = next_character(bytes + at, size - at);
        columns += columns_of(bytes + at, one);
        at += one.size;
    }
    return columns;
}
