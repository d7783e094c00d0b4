/*
 * ASCII letters and digits, independent of the host's locale.
 */
#ifndef RS_ASCII_H
#define RS_ASCII_H

#include <stdbool.h>

#include "parse/slice.h"

static inline char rs_lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline char rs_upper(char c) {
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static inline bool rs_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool rs_is_letter(char c) {
    return rs_lower(c) >= 'a' && rs_lower(c) <= 'z';
}

static inline bool rs_is_alnum(char c) {
    return rs_is_digit(c) || rs_is_letter(c);
}

/* The value of a hexadecimal digit, or -1. */
static inline int rs_hex_digit(char c) {
    c = rs_lower(c);
    return rs_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A blank between words, as in JSON and in HTTP. */
static inline bool rs_is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Does the slice begin with this text, given in lower case, in any case? */
static inline bool rs_slice_starts(rs_slice slice, const char *text) {
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        if (i == slice.size || rs_lower(slice.data[i]) != text[i])
            return false;
    return true;
}

/* Is the slice this text, given in lower case, in any case? */
static inline bool rs_slice_spells(rs_slice slice, const char *text) {
    return strlen(text) == slice.size && rs_slice_starts(slice, text);
}

/* The rest of the slice, from this offset on. */
static inline rs_slice rs_slice_from(rs_slice slice, size_t at) {
    const char *from = at > 0 ? slice.data + at : slice.data; /* not NULL + 0 */
    return (rs_slice){from, slice.size - at};
}

/* Where the slice first contains this text, given in lower case, in any case;
 * its size if nowhere. */
static inline size_t rs_slice_find(rs_slice slice, const char *text) {
    for (size_t at = 0; at < slice.size; at++)
        if (rs_slice_starts(rs_slice_from(slice, at), text))
            return at;
    return slice.size;
}

static inline rs_slice rs_slice_trim(rs_slice slice) {
    while (slice.size > 0 && rs_is_blank(slice.data[0]))
        slice = rs_slice_from(slice, 1);
    while (slice.size > 0 && rs_is_blank(slice.data[slice.size - 1]))
        slice.size--;
    return slice;
}

#endif
