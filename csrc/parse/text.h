/*
 * The strings of JSON: where they end, and what they mean.
 *
 * A string is read strictly where its end or an escape is concerned, and
 * generously where its characters are: a surrogate that is escaped without its
 * other half, and bytes that are no UTF-8, mean U+FFFD, the replacement
 * character (one for each maximal subpart, as Unicode and WHATWG want it).
 */
#ifndef RS_TEXT_H
#define RS_TEXT_H

#include <stdbool.h>

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* A string between its quotes, as it stands in the text. */
typedef struct rs_text {
    rs_slice raw;
    bool escaped; /* it means something else than its bytes: there are escapes,
                     or bytes that are no UTF-8 */
} rs_text;

/* The closing quote of the string that begins at `at`, behind its opening one.
 * Sets *escaped where it is, and leaves it alone where it is not. Where there
 * is no end: the culprit's place, and *error says what it is. */
const char *rs_text_end(const char *at, const char *end, bool *escaped,
                        const char **error);

/* Writes what the inside of a string means, as UTF-8, and returns how many
 * bytes that are: at most three times as many. `out` NULL: only counts. Meant
 * for text that was read; in other text it ends at a wrong escape. */
size_t rs_json_unescape(rs_slice raw, char *out);

/* What a text means, in its own bytes where it is not escaped, else in scratch.
 * Where scratch is too small: data NULL, and size what it has to be. */
rs_slice rs_text_decode(rs_text text, char *scratch, size_t scratch_size);

/* Does the text mean exactly these bytes, whichever way it is spelled? One with
 * text that is not an escape means none. */
bool rs_text_equals(rs_text text, rs_slice wanted);

/* Is it UTF-8, by the rules of Unicode? */
bool rs_utf8_is_valid(rs_slice text);

/* Writes a text as it is, but for what is no UTF-8, and returns its new size,
 * which is at most three times as large. */
size_t rs_utf8_mend(rs_slice text, char *out);

/* Writes decoded text so that it stays on one line and does nothing to a
 * terminal: control characters, and the quote and the backslash, as escapes of
 * JSON. `out` has room for six times as many bytes; returns how many it wrote.
 */
size_t rs_text_quote(rs_slice text, char *out);

RS_HIDDEN_END

#endif
