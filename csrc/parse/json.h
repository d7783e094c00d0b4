/*
 * A strict reader of JSON (RFC 8259): bounded, non-recursive, zero-copy.
 *
 * It allocates nothing and never looks past the text it was given. Strings come
 * back as slices of that text, escapes included. Integers that fit into an
 * int64_t come back as such; all other numbers, also those with a fraction or
 * an exponent, as the nearest double, whatever the locale. -0 is a double, so
 * that its sign is not lost. A number beyond the largest double is infinite,
 * and one longer than RS_JSON_MAX_NUMBER is NaN: its text is available, and the
 * rest of the document is not lost. Refused: control characters in strings, bad
 * escapes, NUL anywhere, hex, the word NaN, leading zeros, trailing commas,
 * comments, text after the value, nesting deeper than RS_JSON_MAX_DEPTH. A byte
 * order mark before the value is skipped. The meaning of a string that is not
 * UTF-8 is in parse/text.h. Duplicate keys are left to the caller: each is
 * reported.
 */
#ifndef RS_JSON_H
#define RS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/hidden.h"
#include "parse/slice.h"
#include "parse/text.h"

RS_HIDDEN

#define RS_JSON_MAX_DEPTH 64
#define RS_JSON_MAX_NUMBER 512 /* characters */

typedef enum rs_json_type {
    RS_JSON_END, /* the end of the text, which was well-formed */
    RS_JSON_OBJECT,
    RS_JSON_OBJECT_END,
    RS_JSON_ARRAY,
    RS_JSON_ARRAY_END,
    RS_JSON_KEY, /* an object's key; the value is the next token */
    RS_JSON_STRING,
    RS_JSON_INTEGER,
    RS_JSON_REAL,
    RS_JSON_TRUE,
    RS_JSON_FALSE,
    RS_JSON_NULL,
    RS_JSON_ERROR /* and every token after it; see rs_json.error */
} rs_json_type;

typedef struct rs_json_token {
    rs_json_type type;
    bool escaped;    /* of a string or key: see rs_text.escaped */
    rs_slice text;   /* without the quotes; for a container, its bracket */
    int64_t integer; /* of RS_JSON_INTEGER */
    double real;     /* of RS_JSON_REAL */
} rs_json_token;

typedef struct rs_json {
    const char *start, *at, *end;
    const char *error; /* a static message after RS_JSON_ERROR, otherwise
                          NULL */
    uint64_t objects;  /* a bit per level: set if it is an object */
    unsigned depth;
    int expect; /* what may come next; private */
} rs_json;

/* Starts reading size bytes at text, which must outlive the reader. */
void rs_json_init(rs_json *reader, const char *text, size_t size);

/* Reads one token and returns its type. A key comes only with its colon read.
 */
rs_json_type rs_json_next(rs_json *reader, rs_json_token *token);

/* To be called right after a token that begins a value: reads to the value's
 * end. False on an error in it. */
bool rs_json_skip(rs_json *reader, const rs_json_token *token);

/* To be called right after a token that opened a container, if somebody else
 * has read the rest of it and found it well-formed. Continues at `behind`, just
 * after the container's end. */
void rs_json_leave(rs_json *reader, const char *behind);

/* The reading position, in bytes from the start; after an error, where it is.
 */
size_t rs_json_offset(const rs_json *reader);

/* Does the string or key mean exactly this text, however it is escaped? */
bool rs_json_equals(const rs_json_token *token, const char *text);

/* A type's name for messages: "a string", "an object", ... */
const char *rs_json_type_name(rs_json_type type);

RS_HIDDEN_END

#endif
