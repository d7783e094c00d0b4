/*
 * The reader of JSON: tokens lie in the text and in order, an error is final,
 * skipping agrees with reading, strings mean valid UTF-8, numbers are exact,
 * and no text is still one without its last character.
 */
#include "parse/json.h"

#include "fuzz.h"

#include <inttypes.h>
#include <math.h>

/* The result of reading a text to its end. */
typedef struct outcome {
    bool ok;
    size_t offset;
    const char *error;
} outcome;

/* The length of the UTF-8 sequence at `at`, by decoding it; 0 if malformed. */
static size_t sequence(const unsigned char *at, size_t left) {
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xC0 ? 0
                    : at[0] < 0xE0 ? 2
                    : at[0] < 0xF0 ? 3
                    : at[0] < 0xF8 ? 4
                                   : 0;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (length == 0 || length > left)
        return 0;
    uint32_t code = length == 1 ? at[0] : at[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3FU);
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least[length] || code > 0x10FFFF || surrogate ? 0 : length;
}

static bool is_utf8(const char *text, size_t size) {
    const unsigned char *at = (const unsigned char *)text;
    while (size > 0) {
        size_t length = sequence(at, size);
        if (length == 0)
            return false;
        at += length;
        size -= length;
    }
    return true;
}

/* The decoded string fits, is UTF-8, and equals itself and no other. */
static void check_string(const rs_json_token *token) {
    rs_slice text = token->text;
    size_t size = rs_json_unescape(text, NULL);
    char *out = malloc(size > 0 ? size : 1); /* not a byte more */
    char *copy = malloc(size + 2);
    CHECK(out != NULL && copy != NULL && size <= 3 * text.size);
    CHECK(rs_json_unescape(text, out) == size && is_utf8(out, size));
    bool same =
        size == text.size && (size == 0 || memcmp(out, text.data, size) == 0);
    CHECK(token->escaped != same);
    if (size > 0)
        memcpy(copy, out, size);
    copy[size] = '\0';
    CHECK(rs_json_equals(token, copy) == (strlen(copy) == size));
    copy[size] = 'x';
    copy[size + 1] = '\0';
    CHECK(!rs_json_equals(token, copy));
    if (size > 0) {
        copy[size - 1] = '\0';
        CHECK(!rs_json_equals(token, copy) || strlen(copy) != size - 1);
    }
    free(out);
    free(copy);
}

/* The number is what its text says. */
static void check_number(const rs_json_token *token) {
    char text[RS_JSON_MAX_NUMBER + 1], again[32];
    if (token->text.size > RS_JSON_MAX_NUMBER) {
        CHECK(token->type == RS_JSON_REAL && isnan(token->real));
        return;
    }
    memcpy(text, token->text.data, token->text.size);
    text[token->text.size] = '\0';
    if (token->type == RS_JSON_INTEGER) {
        (void)snprintf(again, sizeof again, "%" PRId64, token->integer);
        CHECK(strcmp(text, again) == 0);
    } else {
        double real = strtod(text, NULL);
        CHECK(memcmp(&real, &token->real, sizeof real) == 0);
    }
}

static void check_token(const rs_json *reader, const rs_json_token *token,
                        const char *after) {
    const char *text = token->text.data;
    CHECK(text >= after && text + token->text.size <= reader->at);
    CHECK(reader->at <= reader->end && reader->depth <= RS_JSON_MAX_DEPTH);
    CHECK(strlen(rs_json_type_name(token->type)) > 0);
    if (token->type == RS_JSON_STRING || token->type == RS_JSON_KEY)
        check_string(token);
    else if (token->type == RS_JSON_INTEGER || token->type == RS_JSON_REAL)
        check_number(token);
    else
        CHECK(!token->escaped);
}

/* Reads all of a text, token by token. */
static outcome read_all(const char *text, size_t size) {
    rs_json reader;
    rs_json_token token;
    size_t tokens = 0;
    rs_json_init(&reader, text, size);
    for (;;) {
        const char *after = reader.at;
        rs_json_type type = rs_json_next(&reader, &token);
        CHECK(type == token.type && tokens++ <= size);
        if (type == RS_JSON_ERROR) {
            size_t offset = rs_json_offset(&reader);
            CHECK(reader.error != NULL && offset <= size);
            CHECK(rs_json_next(&reader, &token) == RS_JSON_ERROR);
            CHECK(rs_json_offset(&reader) == offset);
            return (outcome){false, offset, reader.error};
        }
        check_token(&reader, &token, after);
        if (type == RS_JSON_END) {
            CHECK(reader.error == NULL && reader.depth == 0);
            return (outcome){true, rs_json_offset(&reader), NULL};
        }
    }
}

/* Reads all of a text, but skips every value at that depth. */
static outcome skip_all(const char *text, size_t size, unsigned depth) {
    rs_json reader;
    rs_json_token token;
    rs_json_init(&reader, text, size);
    do {
        unsigned outside = reader.depth;
        rs_json_next(&reader, &token);
        if (outside == depth && token.type != RS_JSON_KEY &&
            reader.depth >= outside && token.type != RS_JSON_END &&
            rs_json_skip(&reader, &token))
            CHECK(reader.depth == outside);
    } while (reader.error == NULL && token.type != RS_JSON_END);
    return (outcome){reader.error == NULL, rs_json_offset(&reader),
                     reader.error};
}

static void check_same(outcome one, outcome other) {
    CHECK(one.ok == other.ok && one.offset == other.offset);
    CHECK(one.error == other.error);
}

/* A container or string without its last character is an error. */
static void check_truncated(const char *text, size_t size) {
    while (strchr(" \n\r\t", text[size - 1]) != NULL)
        size--;
    if (strchr("]}\"el", text[size - 1]) == NULL)
        return; /* a number, which may well be shorter */
    char *copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, text, size - 1);
    CHECK(!read_all(copy, size - 1).ok);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    outcome all = read_all(text, size);
    check_same(all, skip_all(text, size, 0));
    check_same(all, skip_all(text, size, 1));
    check_same(all, skip_all(text, size, 2));
    if (all.ok) {
        check_truncated(text, size);
        CHECK(memchr(text, '\0', size) == NULL);
    }
    return 0;
}
