#include "parse/row.h"

#include "parse/scan.h"

#define MAX_DIGITS 18 /* any integer of so many digits fits into an int64_t */
#define MAX_LEAD 128  /* bytes of a lead that is remembered */

typedef struct row {
    const char *at, *end;
    const char *base; /* the opening brace */
    rs_leads *leads;
    rs_snapshot *snapshot;
    uint32_t seen; /* a bit for each field */
} row;

_Static_assert(RS_FIELD_COUNT < 32, "a bit of row.seen for each field");

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_space(const char *at, const char *end) {
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* ------------------------------------------------------------------ values */

/* Reads a string from its opening quote on, up to its closing one. */
static inline const char *read_string(const char *at, const char *end,
                                      rs_value_type *type) {
    const char *error = NULL;
    at = rs_find_special(at + 1, end);
    *type = RS_VALUE_STRING;
    if (at < end && *at == '"')
        return at;
    bool escaped = false;
    at = rs_text_end(at, end, &escaped, &error);
    *type = escaped ? RS_VALUE_ESCAPED : RS_VALUE_STRING;
    return error == NULL ? at : NULL;
}

/* Reads a whole number of at most MAX_DIGITS digits. */
static const char *read_integer(const char *at, const char *end) {
    const char *digits = at + (*at == '-');
    for (at = digits; at < end && *at >= '0' && *at <= '9';)
        at++;
    if (at == digits || at - digits > MAX_DIGITS || at == end ||
        (*digits == '0' && (at - digits > 1 || digits[-1] == '-')) ||
        *at == '.' || *at == 'e' || *at == 'E')
        return NULL;
    return at;
}

/* Reads true, false or null. */
static const char *read_word(const char *at, const char *end,
                             rs_value_type *type) {
    if (end - at < 6)
        return NULL; /* a page always has more bytes than that */
    if (memcmp(at, "true", 4) == 0) {
        *type = RS_VALUE_TRUE;
        return at + 4;
    }
    if (memcmp(at, "null", 4) == 0) {
        *type = RS_VALUE_NONE;
        return at + 4;
    }
    *type = RS_VALUE_FALSE;
    return memcmp(at, "false", 5) == 0 ? at + 5 : NULL;
}

/* Reads a value that is not a container. Returns where it ends; for a string,
 * its closing quote. */
static inline const char *read_scalar(const char *at, const char *end,
                                      rs_value_type *type) {
    if (at == end)
        return NULL;
    if (*at == '"')
        return read_string(at, end, type);
    if (*at == '-' || (*at >= '0' && *at <= '9')) {
        *type = RS_VALUE_INTEGER;
        return read_integer(at, end);
    }
    return read_word(at, end, type);
}

static bool is_string(rs_value_type type) {
    return type == RS_VALUE_STRING || type == RS_VALUE_ESCAPED;
}

/* Reads a member of an inner object, up to the comma or brace after its
 * value. */
static const char *read_inner_member(const char *at, const char *end) {
    rs_value_type type;
    at = skip_space(at, end);
    if (at == end || *at != '"')
        return NULL;
    at = read_string(at, end, &type);
    if (at == NULL)
        return NULL;
    at = skip_space(at + 1, end);
    if (at == end || *at != ':')
        return NULL;
    at = read_scalar(skip_space(at + 1, end), end, &type);
    return at == NULL ? NULL : skip_space(at + is_string(type), end);
}

/* Reads an object without containers in it. Returns the place after its closing
 * brace. */
static const char *read_object(const char *at, const char *end) {
    at = skip_space(at + 1, end);
    if (at < end && *at == '}')
        return at + 1;
    for (;;) {
        at = read_inner_member(at, end);
        if (at == NULL || at == end)
            return NULL;
        if (*at++ != ',')
            return at[-1] == '}' ? at : NULL;
    }
}

/* ----------------------------------------------------------------- members */

/* Reads the next value as this field's; false to refuse the row. */
static inline bool read_value(row *r, unsigned field) {
    const char *start = r->at;
    rs_value_type type = RS_VALUE_OBJECT;
    const char *stop = start < r->end && *start == '{'
                           ? read_object(start, r->end)
                           : read_scalar(start, r->end, &type);
    if (stop == NULL)
        return false;
    bool quoted = is_string(type);
    r->at = stop + quoted;
    if (field == RS_FIELD_COUNT)
        return true;
    if ((r->seen >> field & 1) != 0)
        return false; /* it came twice, or in both spellings */
    r->seen |= 1u << field;
    if (type != RS_VALUE_NONE) {
        start += quoted;
        r->snapshot->fields[field] =
            (rs_value){.offset = (uint32_t)(start - r->base),
                       .size = (uint32_t)(stop - start) & RS_VALUE_MAX,
                       .type = type & 15u};
    }
    return true;
}

/* Reads from the end of a value, or from the opening brace, up to the next
 * value; *field is the next value's field. False if there is none; then r->at
 * is unchanged. */
static bool read_lead(row *r, bool first, unsigned *field) {
    rs_value_type type;
    const char *at = skip_space(r->at, r->end);
    if (!first) {
        if (at == r->end || *at != ',')
            return false;
        at = skip_space(at + 1, r->end);
    }
    if (at == r->end || *at != '"')
        return false;
    const char *name = at + 1;
    at = read_string(at, r->end, &type);
    if (at == NULL || type == RS_VALUE_ESCAPED)
        return false;
    *field = rs_field_of_wire_name((rs_slice){name, (size_t)(at - name)});
    at = skip_space(at + 1, r->end);
    if (at == r->end || *at != ':')
        return false;
    r->at = skip_space(at + 1, r->end);
    return true;
}

/* Remembers the text between two values, from `start` on. */
static void remember(row *r, unsigned number, const char *start,
                     unsigned field) {
    size_t size = (size_t)(r->at - start);
    if (number < RS_MAX_LEADS && size <= MAX_LEAD) {
        r->leads->leads[number] =
            (rs_lead){start, (uint8_t)size, (uint8_t)field};
        if (number == r->leads->count)
            r->leads->count++;
    }
}

/* The same as read_lead, by guessing that it is the same as in the row
 * before. */
static inline bool guess_lead(row *r, unsigned number, unsigned *field) {
    if (number >= r->leads->count)
        return false;
    const rs_lead *lead = &r->leads->leads[number];
    if (r->end - r->at < MAX_LEAD + RS_BLOCK ||
        !rs_is_same(r->at, lead->text, lead->size))
        return false;
    r->at += lead->size;
    *field = lead->field;
    return true;
}

/* Does the row have what it must have, and does it end after its last value? */
static bool is_whole(row *r) {
    rs_value id = r->snapshot->fields[RS_FIELD_ID];
    r->at = skip_space(r->at, r->end);
    if (r->at == r->end || *r->at != '}' || id.size == 0 ||
        id.type > RS_VALUE_REAL)
        return false;
    r->at++;
    return r->at - r->base <= (ptrdiff_t)RS_VALUE_MAX;
}

const char *rs_row_read(const char *at, const char *end, rs_leads *leads,
                        rs_snapshot *snapshot) {
    row r = {at + 1, end, at, leads, snapshot, 0};
    *snapshot = (rs_snapshot){0};
    for (unsigned number = 0;; number++) {
        const char *start = r.at;
        unsigned field;
        if (!guess_lead(&r, number, &field)) {
            if (!read_lead(&r, number == 0, &field))
                break;
            remember(&r, number, start, field);
        }
        if (!read_value(&r, field))
            return NULL;
    }
    if (!is_whole(&r))
        return NULL;
    snapshot->size = (uint32_t)(r.at - at);
    return r.at;
}
