/*
 * The strings of JSON: where they end, and what they mean.
 *
 * The end of a string and its escapes are read strictly, its characters
 * generously: half a surrogate pair as an escape, and bytes that are not UTF-8,
 * mean U+FFFD, the replacement character (one for each maximal subpart, as
 * Unicode and WHATWG recommend).
 */
#ifndef RS_TEXT_H
#define RS_TEXT_H

#include <stdbool.h>

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* A string between its quotes, as it is in the text. */
typedef struct rs_text {
    rs_slice raw;
    bool escaped; /* it does not mean its bytes as they are: there are escapes,
                     or bytes that are not UTF-8 */
} rs_text;

/* The closing quote of the string that begins at `at`, after its opening quote.
 * Sets *escaped if it is escaped, and otherwise leaves it alone. If there is no
 * end, returns the place of the error, and *error says what it is. */
const char *rs_text_end(const char *at, const char *end, bool *escaped,
                        const char **error);

/* Writes what the inside of a string means, as UTF-8, and returns its size, at
 * most three times the raw one. `out` NULL: only counts. Meant for text that
 * was checked; in other text it stops at a wrong escape. */
size_t rs_json_unescape(rs_slice raw, char *out);

/* What a text means: its own bytes if it is not escaped, otherwise decoded into
 * scratch. If scratch is too small: data NULL, and size is what it has to be.
 */
rs_slice rs_text_decode(rs_text text, char *scratch, size_t scratch_size);

/* Does the text mean exactly these bytes, however it is escaped? A text with a
 * wrong escape never does. */
bool rs_text_equals(rs_text text, rs_slice wanted);

/* Is it UTF-8, by the rules of Unicode? */
bool rs_utf8_is_valid(rs_slice text);

/* Copies a text, with the bytes replaced that are not UTF-8. Returns the new
 * size, at most three times the old one. */
size_t rs_utf8_mend(rs_slice text, char *out);

/* Writes decoded text so that it stays on one line and does nothing to a
 * terminal: control characters, the quote and the backslash become JSON
 * escapes. `out` must have room for six times as many bytes; returns how many
 * were written. */
size_t rs_text_quote(rs_slice text, char *out);

RS_HIDDEN_END

#endif
