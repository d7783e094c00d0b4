#include "parse/json.h"

#include <langinfo.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* What may come next. At a container's first place, the container may also end,
 * which it may not after a comma. */
enum {
    EXPECT_VALUE,
    EXPECT_FIRST_VALUE, /* or the array's end */
    EXPECT_FIRST_KEY,   /* or the object's end */
    EXPECT_COMMA,       /* or the container's end */
    EXPECT_END,
    EXPECT_NOTHING /* after an error */
};

static const char end_of_text[] = "unexpected end of text";
static const char unexpected[] = "unexpected character";

/* Stops the reader for good, at this place and with this message. */
static rs_json_type fail(rs_json *reader, rs_json_token *token, const char *at,
                         const char *message) {
    reader->at = at;
    reader->error = message;
    reader->expect = EXPECT_NOTHING;
    token->type = RS_JSON_ERROR;
    token->text = (rs_slice){at, 0};
    return RS_JSON_ERROR;
}

/* Ends a token, which reaches up to `at`. */
static rs_json_type take(rs_json *reader, rs_json_token *token,
                         rs_json_type type, const char *at) {
    token->type = type;
    token->text = (rs_slice){reader->at, (size_t)(at - reader->at)};
    reader->at = at;
    return type;
}

/* Skips white space: the four characters that JSON allows. */
static void skip_space(rs_json *reader) {
    const char *at = reader->at;
    while (at < reader->end &&
           (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    reader->at = at;
}

/* Is the innermost open container an object? */
static bool in_object(const rs_json *reader) {
    return (reader->objects >> (reader->depth - 1) & 1) != 0;
}

/* Continues after a complete value. */
static void expect_after_value(rs_json *reader) {
    reader->expect = reader->depth > 0 ? EXPECT_COMMA : EXPECT_END;
}

/* ----------------------------------------------------------------- strings */

/* Reads a string from its opening quote on; the token is what is between the
 * quotes. */
static rs_json_type read_string(rs_json *reader, rs_json_token *token,
                                rs_json_type type) {
    const char *error;
    reader->at++;
    const char *at =
        rs_text_end(reader->at, reader->end, &token->escaped, &error);
    if (error != NULL)
        return fail(reader, token, at, error);
    take(reader, token, type, at);
    reader->at++;
    return type;
}

/* Reads a key and the colon after it. */
static rs_json_type read_key(rs_json *reader, rs_json_token *token) {
    if (reader->at == reader->end)
        return fail(reader, token, reader->at, end_of_text);
    if (*reader->at != '"')
        return fail(reader, token, reader->at, unexpected);
    if (read_string(reader, token, RS_JSON_KEY) == RS_JSON_ERROR)
        return RS_JSON_ERROR;
    skip_space(reader);
    if (reader->at == reader->end)
        return fail(reader, token, reader->at, end_of_text);
    if (*reader->at != ':')
        return fail(reader, token, reader->at, unexpected);
    reader->at++;
    reader->expect = EXPECT_VALUE;
    return RS_JSON_KEY;
}

/* ----------------------------------------------------------------- numbers */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Moves *at over digits; false if there are none. */
static bool skip_digits(const char **at, const char *end) {
    const char *start = *at;
    while (*at < end && is_digit(**at))
        (*at)++;
    return *at > start;
}

/* Moves *at over a number, by the grammar. False if the number is incomplete or
 * wrong; *at is then the place of the error. */
static bool scan_number(const char **at, const char *end, bool *whole) {
    if (**at == '-')
        (*at)++;
    const char *digits = *at;
    if (!skip_digits(at, end))
        return false;
    if (*digits == '0' && *at - digits > 1) {
        *at = digits + 1;
        return false;
    }
    *whole = true;
    if (*at < end && **at == '.') {
        *whole = false;
        (*at)++;
        if (!skip_digits(at, end))
            return false;
    }
    if (*at < end && (**at == 'e' || **at == 'E')) {
        *whole = false;
        (*at)++;
        if (*at < end && (**at == '+' || **at == '-'))
            (*at)++;
        return skip_digits(at, end);
    }
    return true;
}

/* A whole number's value; false if it does not fit into an int64_t, which
 * cannot hold the sign of -0 either. */
static bool to_integer(rs_slice text, int64_t *integer) {
    bool negative = text.data[0] == '-';
    const char *at = text.data + negative, *end = text.data + text.size;
    uint64_t limit = (uint64_t)INT64_MAX + negative, magnitude = 0;
    if (end - at > 19)
        return false;
    for (; at < end; at++) /* 19 digits fit into 64 bits */
        magnitude = magnitude * 10 + (uint64_t)(*at - '0');
    if (magnitude > limit || (negative && magnitude == 0))
        return false;
    /* subtract 1 first, because INT64_MIN's magnitude does not fit */
    *integer = negative ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
    return true;
}

/* The double nearest to a number; NaN if it is too long. strtod needs the
 * decimal point of this thread's locale, which may have several bytes.
 * localeconv is not thread-safe. */
static double to_real(rs_slice text) {
    char copy[RS_JSON_MAX_NUMBER + MB_LEN_MAX + 1], *out = copy;
    const char *point = nl_langinfo(RADIXCHAR);
    size_t point_size = strlen(point);
    if (point_size > MB_LEN_MAX || text.size > RS_JSON_MAX_NUMBER)
        return (double)NAN;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.') {
            memcpy(out, point, point_size);
            out += point_size;
        } else {
            *out++ = text.data[i];
        }
    }
    *out = '\0';
    return strtod(copy, NULL);
}

/* Reads a number; its first character is known to be a minus or a digit. */
static rs_json_type read_number(rs_json *reader, rs_json_token *token) {
    const char *at = reader->at;
    bool whole;
    if (!scan_number(&at, reader->end, &whole)) {
        return fail(reader, token, at,
                    at == reader->end ? end_of_text : "malformed number");
    }
    expect_after_value(reader);
    take(reader, token, RS_JSON_INTEGER, at);
    if (whole && to_integer(token->text, &token->integer))
        return RS_JSON_INTEGER;
    token->real = to_real(token->text);
    token->type = RS_JSON_REAL;
    return RS_JSON_REAL;
}

/* -------------------------------------------------- the rest of the values */

/* Reads true, false or null; the first character is known to be there. */
static rs_json_type read_literal(rs_json *reader, rs_json_token *token,
                                 const char *literal, rs_json_type type) {
    const char *at = reader->at;
    for (; *literal != '\0'; literal++, at++) {
        if (at == reader->end)
            return fail(reader, token, at, end_of_text);
        if (*at != *literal)
            return fail(reader, token, at, unexpected);
    }
    expect_after_value(reader);
    return take(reader, token, type, at);
}

/* Opens the container whose bracket is next. */
static rs_json_type open_container(rs_json *reader, rs_json_token *token,
                                   rs_json_type type) {
    if (reader->depth == RS_JSON_MAX_DEPTH)
        return fail(reader, token, reader->at, "nested too deeply");
    uint64_t bit = UINT64_C(1) << reader->depth++;
    if (type == RS_JSON_OBJECT) {
        reader->objects |= bit;
        reader->expect = EXPECT_FIRST_KEY;
    } else {
        reader->objects &= ~bit;
        reader->expect = EXPECT_FIRST_VALUE;
    }
    return take(reader, token, type, reader->at + 1);
}

/* Closes the innermost container, if its bracket is next. */
static rs_json_type close_container(rs_json *reader, rs_json_token *token) {
    bool object = in_object(reader);
    if (*reader->at != (object ? '}' : ']'))
        return fail(reader, token, reader->at, unexpected);
    reader->depth--;
    expect_after_value(reader);
    return take(reader, token, object ? RS_JSON_OBJECT_END : RS_JSON_ARRAY_END,
                reader->at + 1);
}

/* Reads the first token of a value. */
static rs_json_type read_value(rs_json *reader, rs_json_token *token) {
    if (reader->at == reader->end)
        return fail(reader, token, reader->at, end_of_text);
    switch (*reader->at) {
    case '"':
        expect_after_value(reader);
        return read_string(reader, token, RS_JSON_STRING);
    case '{':
        return open_container(reader, token, RS_JSON_OBJECT);
    case '[':
        return open_container(reader, token, RS_JSON_ARRAY);
    case 't':
        return read_literal(reader, token, "true", RS_JSON_TRUE);
    case 'f':
        return read_literal(reader, token, "false", RS_JSON_FALSE);
    case 'n':
        return read_literal(reader, token, "null", RS_JSON_NULL);
    default:
        if (*reader->at == '-' || is_digit(*reader->at))
            return read_number(reader, token);
        return fail(reader, token, reader->at, unexpected);
    }
}

/* Reads what comes after an element: a comma and the next element, or a closing
 * bracket. */
static rs_json_type read_further(rs_json *reader, rs_json_token *token) {
    if (*reader->at != ',')
        return close_container(reader, token);
    reader->at++;
    skip_space(reader);
    return in_object(reader) ? read_key(reader, token)
                             : read_value(reader, token);
}

/* ----------------------------------------------------------- the interface */

_Static_assert(RS_JSON_MAX_DEPTH <= 64, "a bit of rs_json.objects per level");

void rs_json_init(rs_json *reader, const char *text, size_t size) {
    const char *start = size > 0 ? text : ""; /* no arithmetic on NULL */
    bool marked = size >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0;
    *reader = (rs_json){.start = start,
                        .at = marked ? start + 3 : start,
                        .end = start + size,
                        .expect = EXPECT_VALUE};
}

rs_json_type rs_json_next(rs_json *reader, rs_json_token *token) {
    token->escaped = false;
    if (reader->expect == EXPECT_NOTHING)
        return fail(reader, token, reader->at, reader->error);
    skip_space(reader);
    if (reader->expect == EXPECT_VALUE)
        return read_value(reader, token);
    if (reader->expect == EXPECT_END) {
        return reader->at == reader->end
                   ? take(reader, token, RS_JSON_END, reader->at)
                   : fail(reader, token, reader->at, "text after the value");
    }
    if (reader->at == reader->end)
        return fail(reader, token, reader->at, end_of_text);
    if (reader->expect == EXPECT_FIRST_KEY && *reader->at != '}')
        return read_key(reader, token);
    if (reader->expect == EXPECT_FIRST_VALUE && *reader->at != ']')
        return read_value(reader, token);
    return reader->expect == EXPECT_COMMA ? read_further(reader, token)
                                          : close_container(reader, token);
}

bool rs_json_skip(rs_json *reader, const rs_json_token *token) {
    if (token->type != RS_JSON_OBJECT && token->type != RS_JSON_ARRAY)
        return token->type != RS_JSON_ERROR;
    rs_json_token inner;
    for (unsigned outside = reader->depth - 1; reader->depth > outside;)
        if (rs_json_next(reader, &inner) == RS_JSON_ERROR)
            return false;
    return true;
}

void rs_json_leave(rs_json *reader, const char *behind) {
    reader->at = behind;
    reader->depth--;
    expect_after_value(reader);
}

size_t rs_json_offset(const rs_json *reader) {
    return (size_t)(reader->at - reader->start);
}

bool rs_json_equals(const rs_json_token *token, const char *text) {
    return rs_text_equals((rs_text){token->text, token->escaped},
                          (rs_slice){text, strlen(text)});
}

const char *rs_json_type_name(rs_json_type type) {
    static const char *const names[] = {
        [RS_JSON_END] = "nothing",
        [RS_JSON_OBJECT] = "an object",
        [RS_JSON_OBJECT_END] = "an object's end",
        [RS_JSON_ARRAY] = "an array",
        [RS_JSON_ARRAY_END] = "an array's end",
        [RS_JSON_KEY] = "a key",
        [RS_JSON_STRING] = "a string",
        [RS_JSON_INTEGER] = "an integer",
        [RS_JSON_REAL] = "a real number",
        [RS_JSON_TRUE] = "a boolean",
        [RS_JSON_FALSE] = "a boolean",
        [RS_JSON_NULL] = "null",
        [RS_JSON_ERROR] = "invalid JSON",
    };
    return names[type];
}
