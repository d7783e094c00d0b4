#include "parse/text.h"

#include "parse/ascii.h"
#include "parse/scan.h"

#define REPLACEMENT 0xFFFD

static const char end_of_text[] = "unexpected end of text";

/* Reads "uXXXX" into *unit; false if it is not that. */
static bool read_unit(const char *at, const char *end, uint32_t *unit) {
    if (end - at < 5 || *at != 'u')
        return false;
    uint32_t value = 0;
    for (int i = 1; i <= 4; i++) {
        int digit = rs_hex_digit(at[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *unit = value;
    return true;
}

/* Reads a \u escape from its u on and, after the first half of a surrogate
 * pair, the second half; half a pair is a replacement character. Returns where
 * it ends, or NULL if it is not one. */
static const char *read_unicode(const char *at, const char *end,
                                uint32_t *code) {
    uint32_t low;
    if (!read_unit(at, end, code))
        return NULL;
    at += 5;
    if (*code < 0xD800 || *code > 0xDFFF)
        return at;
    if (*code <= 0xDBFF && at < end && *at == '\\' &&
        read_unit(at + 1, end, &low) && low >= 0xDC00 && low <= 0xDFFF) {
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        return at + 6;
    }
    *code = REPLACEMENT;
    return at;
}

/* Reads the escape whose backslash is at `at` into a code point. Returns where
 * it ends, or NULL if it is not an escape. */
static const char *read_escape(const char *at, const char *end,
                               uint32_t *code) {
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (end - at < 2)
        return NULL;
    at++;
    if (*at == 'u')
        return read_unicode(at, end, code);
    const char *name = memchr(names, *at, sizeof names - 1);
    if (name == NULL)
        return NULL;
    *code = (uint32_t)meanings[name - names];
    return at + 1;
}

/* The length of the UTF-8 sequence that starts with this byte, or 0, and the
 * range of its second byte: table 3-7 of the Unicode standard. This rules out
 * overlong forms, surrogates and code points past U+10FFFF. */
static int utf8_lead(unsigned char lead, unsigned char *low,
                     unsigned char *high) {
    *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Where the UTF-8 sequence at `at` ends. If it is malformed, sets *bad, and
 * returns the end of the longest valid beginning, or of its first byte. */
static const char *read_utf8(const char *at, const char *end, bool *bad) {
    unsigned char low, high;
    int length = utf8_lead((unsigned char)*at, &low, &high);
    at++;
    for (int i = 1; i < length; i++, at++) {
        if (at == end || (unsigned char)*at < low ||
            (unsigned char)*at > high) {
            length = 0;
            break;
        }
        low = 0x80;
        high = 0xBF;
    }
    *bad = length == 0;
    return at;
}

bool rs_utf8_is_valid(rs_slice text) {
    const char *at = text.data, *end = at + text.size;
    bool bad = false;
    while (at < end && !bad)
        at = (unsigned char)*at < 0x80 ? at + 1 : read_utf8(at, end, &bad);
    return !bad;
}

/* Writes a code point as UTF-8 and returns its length, 1 to 4. */
static size_t put_utf8(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)((0xF0 << (3 - more) & 0xFF) | code);
    return more + 1;
}

const char *rs_text_end(const char *at, const char *end, bool *escaped,
                        const char **error) {
    for (;;) {
        uint32_t code;
        bool bad = true;
        at = rs_find_special(at, end);
        if (at == end) {
            *error = end_of_text;
            return end;
        }
        if (*at == '"') {
            *error = NULL;
            return at;
        }
        if ((unsigned char)*at < 0x20) {
            *error = "control character in a string";
            return at;
        }
        const char *next = *at == '\\' ? read_escape(at, end, &code)
                                       : read_utf8(at, end, &bad);
        if (next == NULL) {
            *error = "invalid escape";
            return at;
        }
        *escaped = *escaped || bad;
        at = next;
    }
}

/* Reads one character, or a run of plain bytes. What it means is *size bytes at
 * *meaning, which may be in buffer. Returns where it ends, or NULL if it is a
 * wrong escape. */
static const char *read_piece(const char *at, const char *end, char buffer[4],
                              const char **meaning, size_t *size) {
    const char *next = rs_find_special(at, end);
    uint32_t code = REPLACEMENT;
    bool bad = false;
    if (next == at) {
        if (*at == '\\') {
            next = read_escape(at, end, &code);
            bad = true;
        } else {
            next = read_utf8(at, end, &bad);
        }
    }
    *meaning = bad ? buffer : at;
    *size = next == NULL ? 0
            : bad        ? put_utf8(code, buffer)
                         : (size_t)(next - at);
    return next;
}

size_t rs_json_unescape(rs_slice raw, char *out) {
    const char *at = raw.data, *end = at + raw.size, *meaning;
    char buffer[4];
    size_t total = 0, size;
    while (at != NULL && at < end) {
        at = read_piece(at, end, buffer, &meaning, &size);
        if (out != NULL)
            memcpy(out + total, meaning, size);
        total += size;
    }
    return total;
}

size_t rs_utf8_mend(rs_slice text, char *out) {
    const char *at = text.data, *end = at + text.size;
    size_t size = 0;
    while (at < end) {
        bool bad = false;
        const char *next =
            (unsigned char)*at < 0x80 ? at + 1 : read_utf8(at, end, &bad);
        if (bad) {
            size += put_utf8(REPLACEMENT, out + size);
        } else {
            memcpy(out + size, at, (size_t)(next - at));
            size += (size_t)(next - at);
        }
        at = next;
    }
    return size;
}

rs_slice rs_text_decode(rs_text text, char *scratch, size_t scratch_size) {
    if (!text.escaped)
        return text.raw;
    size_t size = rs_json_unescape(text.raw, NULL);
    if (size > scratch_size)
        return (rs_slice){NULL, size};
    return (rs_slice){scratch, rs_json_unescape(text.raw, scratch)};
}

bool rs_text_equals(rs_text text, rs_slice wanted) {
    const char *at = text.raw.data, *end = at + text.raw.size, *meaning;
    char buffer[4];
    size_t size;
    if (!text.escaped) {
        return text.raw.size == wanted.size &&
               (wanted.size == 0 || memcmp(at, wanted.data, wanted.size) == 0);
    }
    while (at < end) {
        at = read_piece(at, end, buffer, &meaning, &size);
        if (at == NULL || size > wanted.size ||
            memcmp(meaning, wanted.data, size) != 0)
            return false;
        wanted.data += size;
        wanted.size -= size;
    }
    return wanted.size == 0;
}

/* Writes the escape of a character below U+0100. */
static size_t put_escape(unsigned char c, char *out) {
    static const char digits[] = "0123456789abcdef";
    static const char controls[] = "\n\r\t\"\\", names[] = "nrt\"\\";
    const char *known = memchr(controls, c, sizeof controls - 1);
    out[0] = '\\';
    if (known != NULL) {
        out[1] = names[known - controls];
        return 2;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = digits[c >> 4];
    out[5] = digits[c & 15];
    return 6;
}

/* Is it a control character past ASCII (U+0080 to U+009F), which may begin an
 * escape sequence? */
static bool is_high_control(const char *at, const char *end) {
    return end - at >= 2 && (unsigned char)at[0] == 0xC2 &&
           (unsigned char)at[1] < 0xA0;
}

size_t rs_text_quote(rs_slice text, char *out) {
    const char *at = text.data, *end = at + text.size;
    size_t size = 0;
    for (; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (is_high_control(at, end))
            size += put_escape((unsigned char)*++at, out + size);
        else if (c < 0x20 || c == 0x7F || c == '"' || c == '\\')
            size += put_escape(c, out + size);
        else
            out[size++] = *at;
    }
    return size;
}
