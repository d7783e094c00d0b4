#include "parse/decoder.h"

#include <stdarg.h>
#include <stdio.h>

void rs_decoder_add(rs_decode_error *error, const char *format, ...) {
    size_t size = strlen(error->message);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message + size, sizeof error->message - size, format,
                    arguments);
    va_end(arguments);
}

/* Begins a message with the place that it is about: "snapshots[12].id: ". */
static void begin_message(const rs_decoder *d) {
    d->error->message[0] = '\0';
    if (d->member == NULL)
        return;
    rs_decoder_add(d->error, "%s", d->member);
    if (d->indexed)
        rs_decoder_add(d->error, "[%zu]", d->index);
    if (d->key != NULL)
        rs_decoder_add(d->error, ".%s", d->key);
    rs_decoder_add(d->error, ": ");
}

bool rs_decoder_fail(const rs_decoder *d, const char *what) {
    begin_message(d);
    rs_decoder_add(d->error, "%s", what);
    return false;
}

static bool fail_syntax(const rs_decoder *d) {
    d->error->message[0] = '\0';
    rs_decoder_add(d->error, "invalid JSON at byte %zu: %s",
                   rs_json_offset(d->json), d->json->error);
    return false;
}

bool rs_decoder_fail_type(const rs_decoder *d, const char *wanted,
                          rs_json_type got) {
    if (got == RS_JSON_ERROR)
        return fail_syntax(d);
    begin_message(d);
    rs_decoder_add(d->error, "expected %s, got %s", wanted,
                   rs_json_type_name(got));
    return false;
}

bool rs_decoder_start(rs_decoder *d, rs_json *json, rs_slice text,
                      rs_decode_error *error) {
    *d = (rs_decoder){.json = json, .error = error};
    error->message[0] = '\0';
    if (text.size > UINT32_MAX)
        return rs_decoder_fail(d, "the text is 4 GiB long or more");
    rs_json_init(json, text.data, text.size);
    return true;
}

bool rs_decoder_skip(rs_decoder *d, const rs_json_token *token) {
    return rs_json_skip(d->json, token) || fail_syntax(d);
}

bool rs_decoder_open(rs_decoder *d) {
    rs_json_token token;
    return rs_json_next(d->json, &token) == RS_JSON_OBJECT ||
           rs_decoder_fail_type(d, "an object", token.type);
}

bool rs_decoder_close(rs_decoder *d) {
    rs_json_token token;
    return rs_json_next(d->json, &token) == RS_JSON_END || fail_syntax(d);
}

bool rs_decoder_member(rs_decoder *d, rs_json_token *key,
                       rs_json_token *value) {
    if (rs_json_next(d->json, key) == RS_JSON_KEY &&
        rs_json_next(d->json, value) != RS_JSON_ERROR)
        return true;
    if (d->json->error != NULL) {
        key->type = RS_JSON_ERROR;
        fail_syntax(d);
    }
    return false;
}
