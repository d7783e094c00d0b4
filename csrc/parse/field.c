#include "parse/field.h"

#include "parse/ascii.h"
#include "parse/timestamp.h"

/* Bytes of a number or time as text; longer ones are ignored. */
#define MAX_SCALAR RS_JSON_MAX_NUMBER

static const rs_slice none = {NULL, 0};

static rs_slice raw_value(const char *text, rs_value value) {
    return (rs_slice){text + value.offset, value.size};
}

/* A value that is a text or can be read as one; raw.data NULL if there is
 * none. */
static rs_text value_text(const char *text, rs_value value) {
    if (value.type == RS_VALUE_NONE || value.type >= RS_VALUE_OBJECT)
        return (rs_text){none, false};
    return (rs_text){raw_value(text, value), value.type == RS_VALUE_ESCAPED};
}

static bool is_number(rs_value value) {
    return value.type == RS_VALUE_INTEGER || value.type == RS_VALUE_REAL;
}

/* ----------------------------------------------------------------- numbers */

/* Reads a text that is one JSON value, not a container. */
static bool read_scalar(rs_slice text, rs_json_token *token) {
    rs_json json;
    rs_json_token end;
    rs_json_init(&json, text.data, text.size);
    rs_json_next(&json, token);
    return rs_json_next(&json, &end) == RS_JSON_END;
}

/* Converts a double that is a whole number and fits into an int64_t. */
static bool whole_of_real(double real, int64_t *number) {
    if (!(real >= -0x1p63 && real < 0x1p63))
        return false;
    *number = (int64_t)real;
    return (double)*number >= real && (double)*number <= real;
}

bool rs_token_whole(const rs_json_token *token, int64_t *number) {
    char scratch[MAX_SCALAR];
    rs_json_token inner = *token;
    if (token->type == RS_JSON_STRING) {
        rs_slice text = rs_text_decode((rs_text){token->text, token->escaped},
                                       scratch, sizeof scratch);
        if (text.data == NULL || !read_scalar(text, &inner))
            return false;
    }
    if (inner.type == RS_JSON_INTEGER) {
        *number = inner.integer;
        return true;
    }
    return inner.type == RS_JSON_REAL && whole_of_real(inner.real, number);
}

#define MAX_DIGITS 18 /* any number of so many digits fits into an int64_t */

/* Reads a usual number: without a sign, and with at most MAX_DIGITS digits. */
static bool usual_whole(rs_slice raw, int64_t *number) {
    *number = 0;
    for (size_t i = 0; i < raw.size; i++) {
        if (!rs_is_digit(raw.data[i]))
            return false;
        *number = *number * 10 + (raw.data[i] - '0');
    }
    return true;
}

/* The whole number in a field. */
static bool whole_of(const char *text, rs_value value, int64_t *number) {
    rs_slice raw = raw_value(text, value);
    if (value.type == RS_VALUE_INTEGER && raw.size <= MAX_DIGITS &&
        usual_whole(raw, number))
        return true;
    rs_json_token token = {.type = RS_JSON_STRING,
                           .text = raw,
                           .escaped = value.type == RS_VALUE_ESCAPED};
    if (value.type != RS_VALUE_STRING && value.type != RS_VALUE_ESCAPED &&
        !(is_number(value) && read_scalar(raw, &token)))
        return false;
    return rs_token_whole(&token, number);
}

bool rs_snapshot_gib(const char *text, const rs_snapshot *snapshot,
                     int64_t *gib) {
    return whole_of(text, snapshot->fields[RS_FIELD_SIZE], gib) && *gib >= 0;
}

/* ------------------------------------------------------------------- texts */

/* A progress that is a number: "42" and "42.0" are "42%". */
static rs_slice percent(rs_slice raw, char *scratch, size_t scratch_size) {
    const char *point = memchr(raw.data, '.', raw.size);
    size_t size = raw.size;
    if (point != NULL &&
        strspn(point + 1, "0") + 1 == (size_t)(raw.data + raw.size - point))
        size = (size_t)(point - raw.data);
    if (size + 1 > scratch_size)
        return (rs_slice){NULL, size + 1};
    memcpy(scratch, raw.data, size);
    scratch[size] = '%';
    return (rs_slice){scratch, size + 1};
}

rs_slice rs_snapshot_text(const char *text, const rs_snapshot *snapshot,
                          rs_field field, char *scratch, size_t scratch_size) {
    rs_value value = snapshot->fields[field];
    rs_text found = value_text(text, value);
    if (field == RS_FIELD_PROGRESS && is_number(value))
        return percent(found.raw, scratch, scratch_size);
    rs_slice decoded = rs_text_decode(found, scratch, scratch_size);
    return field == RS_FIELD_STATUS && decoded.data != NULL
               ? rs_slice_trim(decoded) /* a word, without blanks around it */
               : decoded;
}

bool rs_snapshot_is(const char *text, const rs_snapshot *snapshot,
                    rs_field field, rs_slice wanted) {
    char scratch[MAX_SCALAR + 1];
    rs_value value = snapshot->fields[field];
    rs_text found = value_text(text, value);
    if (field == RS_FIELD_PROGRESS && is_number(value))
        found.raw = percent(found.raw, scratch, sizeof scratch);
    return found.raw.data != NULL && rs_text_equals(found, wanted);
}

/* ------------------------------------------------------------------- times */

/* The seconds that a number stands for; false if they are not in the years 0 to
 * 9999. */
static bool time_of_number(double number, double *seconds) {
    static const double year_0 = -62167219200.0, year_10000 = 253402300800.0;
    *seconds = number > 1e11 || number < -1e11 ? number / 1000 : number;
    return *seconds >= year_0 && *seconds < year_10000;
}

bool rs_snapshot_time(const char *text, const rs_snapshot *snapshot,
                      rs_field field, double *seconds) {
    char scratch[MAX_SCALAR];
    rs_value value = snapshot->fields[field];
    rs_slice found =
        rs_snapshot_text(text, snapshot, field, scratch, sizeof scratch);
    rs_json_token token;
    if (found.data == NULL)
        return false;
    if (is_number(value)) {
        return read_scalar(found, &token) &&
               time_of_number(token.type == RS_JSON_INTEGER
                                  ? (double)token.integer
                                  : token.real,
                              seconds);
    }
    return rs_timestamp_parse(found, seconds);
}

/* ---------------------------------------------------------------- booleans */

bool rs_snapshot_consumes_quota(const char *text, const rs_snapshot *snapshot,
                                bool *consumes) {
    char scratch[MAX_SCALAR];
    rs_slice word = rs_snapshot_text(text, snapshot, RS_FIELD_CONSUMES_QUOTA,
                                     scratch, sizeof scratch);
    int64_t number;
    if (word.data == NULL)
        return false;
    if (whole_of(text, snapshot->fields[RS_FIELD_CONSUMES_QUOTA], &number)) {
        *consumes = number == 1;
        return number == 0 || number == 1;
    }
    *consumes = rs_slice_spells(word, "true");
    return *consumes || rs_slice_spells(word, "false");
}

/* ----------------------------------------------------------------- members */

/* Starts reading the members of a text that was read before. */
static void begin_members(rs_json *json, rs_slice text) {
    rs_json_token token;
    rs_json_init(json, text.data, text.size);
    rs_json_next(json, &token);
}

/* The next member, with its whole value. */
static bool next_member(rs_json *json, rs_text *key, rs_json_token *value) {
    rs_json_token token;
    if (rs_json_next(json, &token) != RS_JSON_KEY)
        return false;
    *key = (rs_text){token.text, token.escaped};
    rs_json_next(json, value);
    if (!rs_json_skip(json, value))
        return false;
    if (value->type == RS_JSON_OBJECT || value->type == RS_JSON_ARRAY)
        value->text.size = (size_t)(json->at - value->text.data);
    return true;
}

void rs_metadata_begin(rs_metadata_reader *reader, const char *text,
                       const rs_snapshot *snapshot) {
    rs_value value = snapshot->fields[RS_FIELD_METADATA];
    begin_members(&reader->json, value.type == RS_VALUE_OBJECT
                                     ? raw_value(text, value)
                                     : (rs_slice){"{}", 2});
}

bool rs_metadata_next(rs_metadata_reader *reader, rs_pair *pair) {
    rs_json_token value;
    if (!next_member(&reader->json, &pair->key, &value))
        return false;
    pair->value = (rs_text){value.text, value.escaped};
    if (value.type == RS_JSON_NULL)
        pair->value.raw = none;
    return true;
}

bool rs_metadata_find(const char *text, const rs_snapshot *snapshot,
                      rs_slice key, rs_text *value) {
    rs_metadata_reader reader;
    rs_pair pair;
    *value = (rs_text){none, false};
    rs_metadata_begin(&reader, text, snapshot);
    while (rs_metadata_next(&reader, &pair))
        if (rs_text_equals(pair.key, key))
            *value = pair.value;
    return value->raw.data != NULL;
}

bool rs_snapshot_member(const char *text, const rs_snapshot *snapshot,
                        rs_slice name, rs_slice *found) {
    rs_json json;
    rs_text key;
    rs_json_token value;
    *found = none;
    begin_members(&json, (rs_slice){text, snapshot->size});
    while (next_member(&json, &key, &value)) {
        if (rs_text_equals(key, name)) {
            bool quoted = value.type == RS_JSON_STRING;
            found->data = value.text.data - quoted;
            found->size = value.text.size + 2 * (size_t)quoted;
        }
    }
    return found->data != NULL;
}
