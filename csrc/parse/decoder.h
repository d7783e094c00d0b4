/*
 * What the readers of a service's documents share: the text that is being read,
 * and where in it we are, for messages. Private to parse.
 */
#ifndef RS_DECODER_H
#define RS_DECODER_H

#include "parse/snapshot.h"

RS_HIDDEN

typedef struct rs_decoder {
    rs_json *json;
    const char *member; /* of the envelope, or NULL */
    bool indexed;       /* is index that of an element of member? */
    size_t index;
    const char *key; /* of that element or member, or NULL */
    bool any_id;     /* may a snapshot have no id? */
    rs_decode_error *error;
} rs_decoder;

/* Starts on a text; false if it is too long. */
bool rs_decoder_start(rs_decoder *d, rs_json *json, rs_slice text,
                      rs_decode_error *error);

/* Each writes what is wrong at this place, and returns false, for the caller to
 * return. */
bool rs_decoder_fail(const rs_decoder *d, const char *what);
bool rs_decoder_fail_type(const rs_decoder *d, const char *wanted,
                          rs_json_type got);

/* Appends to a message as much as fits. */
void rs_decoder_add(rs_decode_error *error, const char *format, ...);

/* Reads to the end of the value that begins with token. */
bool rs_decoder_skip(rs_decoder *d, const rs_json_token *token);

/* Reads the opening brace of the whole text. */
bool rs_decoder_open(rs_decoder *d);

/* Makes sure that nothing follows the value. */
bool rs_decoder_close(rs_decoder *d);

/* Reads an object's next key and the first token of its value. False at the
 * object's end and on an error; then key->type is RS_JSON_ERROR. */
bool rs_decoder_member(rs_decoder *d, rs_json_token *key, rs_json_token *value);

/* Reads a snapshot. opening is its first token, which should be a brace. */
bool rs_decoder_snapshot(rs_decoder *d, const rs_json_token *opening,
                         rs_snapshot *snapshot);

RS_HIDDEN_END

#endif
