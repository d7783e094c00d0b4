/*
 * How a string's plain bytes are passed over: eight at a time.
 */
#ifndef RS_SCAN_H
#define RS_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define RS_ONES UINT64_C(0x0101010101010101)

/* Can a string not simply go on over this byte? */
static inline bool rs_is_special(char c) {
    return (unsigned char)c < 0x20 || (unsigned char)c >= 0x80 || c == '"' ||
           c == '\\';
}

/* Is one of eight bytes special? Borrows make it set too many bits, but never
 * without a special byte. */
static inline uint64_t rs_special_bits(uint64_t word) {
    uint64_t control = word - RS_ONES * 0x20;
    uint64_t quote = (word ^ RS_ONES * '"') - RS_ONES;
    uint64_t backslash = (word ^ RS_ONES * '\\') - RS_ONES;
    return (control | quote | backslash | word) & RS_ONES * 0x80;
}

/* The first special byte from at on, or end. */
static inline const char *rs_find_special(const char *at, const char *end) {
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        if (rs_special_bits(word) != 0) {
            break;
        }
        at += 8;
    }
    while (at < end && !rs_is_special(*at)) {
        at++;
    }
    return at;
}

#endif
