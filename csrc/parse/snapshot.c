#include "parse/snapshot.h"

#include <stdarg.h>
#include <stdio.h>

#define MAX_HREF ((size_t)16 * 1024)

/* What the API promises of a field; null is allowed of each. */
typedef enum promise {
    TEXT,
    GIBIBYTES,
    BOOLEAN,
    TEXTS /* an object whose values are strings, or null */
} promise;

typedef struct field_rule {
    rs_slice name;    /* what users call it */
    rs_slice wire[2]; /* what services call it, today and in the first version
                         of the API; empty where there is no other name */
    promise type;
} field_rule;

#define NAME(text)                                                             \
    { (text), sizeof(text) - 1 }
#define FIELD(name, wire, older, type)                                         \
    { NAME(name), {NAME(wire), NAME(older)}, type }
#define EXTENDED "os-extended-snapshot-attributes:"

static const field_rule rules[RS_FIELD_COUNT] = {
    [RS_FIELD_ID] = FIELD("id", "id", "", TEXT),
    [RS_FIELD_VOLUME_ID] = FIELD("volume_id", "volume_id", "", TEXT),
    [RS_FIELD_NAME] = FIELD("name", "name", "display_name", TEXT),
    [RS_FIELD_DESCRIPTION] =
        FIELD("description", "description", "display_description", TEXT),
    [RS_FIELD_STATUS] = FIELD("status", "status", "", TEXT),
    [RS_FIELD_SIZE] = FIELD("size", "size", "", GIBIBYTES),
    [RS_FIELD_PROGRESS] = FIELD("progress", EXTENDED "progress", "", TEXT),
    [RS_FIELD_PROJECT_ID] =
        FIELD("project_id", EXTENDED "project_id", "", TEXT),
    [RS_FIELD_METADATA] = FIELD("metadata", "metadata", "", TEXTS),
    [RS_FIELD_CREATED_AT] = FIELD("created_at", "created_at", "", TEXT),
    [RS_FIELD_UPDATED_AT] = FIELD("updated_at", "updated_at", "", TEXT),
    [RS_FIELD_USER_ID] = FIELD("user_id", "user_id", "", TEXT),
    [RS_FIELD_GROUP_SNAPSHOT_ID] =
        FIELD("group_snapshot_id", "group_snapshot_id", "", TEXT),
    [RS_FIELD_CONSUMES_QUOTA] =
        FIELD("consumes_quota", "consumes_quota", "", BOOLEAN),
};

/* One text on its way through, and where in it we are, for the messages. */
typedef struct decoder {
    rs_json json;
    const char *member; /* of the envelope, or NULL */
    bool indexed;       /* is index an element's of member? */
    size_t index;
    const char *key; /* of that element or member, or NULL */
    rs_decode_error *error;
} decoder;

/* --- Errors --- */

/* Adds to a message what fits. */
static void add(rs_decode_error *error, const char *format, ...) {
    size_t size = strlen(error->message);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message + size, sizeof error->message - size, format,
                    arguments);
    va_end(arguments);
}

/* Begins a message with the place it is about: "snapshots[12].size: ". */
static void begin_message(const decoder *d) {
    d->error->message[0] = '\0';
    if (d->member == NULL) {
        return;
    }
    add(d->error, "%s", d->member);
    if (d->indexed) {
        add(d->error, "[%zu]", d->index);
    }
    if (d->key != NULL) {
        add(d->error, ".%s", d->key);
    }
    add(d->error, ": ");
}

/* Says what is wrong here; false, for the caller to return. */
static bool fail(const decoder *d, const char *what) {
    begin_message(d);
    add(d->error, "%s", what);
    return false;
}

/* Says that the text isn't JSON, and where it stops being it; false. */
static bool fail_syntax(const decoder *d) {
    (void)snprintf(d->error->message, sizeof d->error->message,
                   "invalid JSON at byte %zu: %s", rs_json_offset(&d->json),
                   d->json.error);
    return false;
}

/* Says what should be here instead of this token; false. */
static bool fail_type(const decoder *d, const char *wanted, rs_json_type got) {
    if (got == RS_JSON_ERROR) {
        return fail_syntax(d);
    }
    begin_message(d);
    add(d->error, "expected %s, got %s", wanted, rs_json_type_name(got));
    return false;
}

/* --- Reading --- */

/* Starts on a text. */
static bool start(decoder *d, rs_slice text, rs_decode_error *error) {
    *d = (decoder){.error = error};
    error->message[0] = '\0';
    if (text.size > UINT32_MAX) {
        return fail(d, "the text is 4 GiB long or more");
    }
    rs_json_init(&d->json, text.data, text.size);
    return true;
}

/* Reads to the end of the value that token begins. */
static bool skip(decoder *d, const rs_json_token *token) {
    return rs_json_skip(&d->json, token) || fail_syntax(d);
}

/* Reads the opening brace of the whole text. */
static bool open_text(decoder *d) {
    rs_json_token token;
    return rs_json_next(&d->json, &token) == RS_JSON_OBJECT ||
           fail_type(d, "an object", token.type);
}

/* Makes sure that nothing follows the value. */
static bool close_text(decoder *d) {
    rs_json_token token;
    return rs_json_next(&d->json, &token) == RS_JSON_END || fail_syntax(d);
}

/* Reads an object's next key and the first token of its value. False at the
 * object's end, and on an error, which leaves key->type RS_JSON_ERROR. */
static bool next_member(decoder *d, rs_json_token *key, rs_json_token *value) {
    if (rs_json_next(&d->json, key) == RS_JSON_KEY &&
        rs_json_next(&d->json, value) != RS_JSON_ERROR) {
        return true;
    }
    if (d->json.error != NULL) {
        key->type = RS_JSON_ERROR;
        fail_syntax(d);
    }
    return false;
}

/* Is this key of the envelope that one? If so, messages will be about it. */
static bool is_member(decoder *d, const rs_json_token *key, const char *name) {
    d->member = name;
    return rs_json_equals(key, name);
}

/* How far into the text, whose snapshot begins at base, a token's text is. */
static uint32_t distance(const char *base, const char *at) {
    return (uint32_t)(at - base);
}

/* --- One snapshot --- */

typedef struct wire_name {
    rs_field field;
    int spelling;
} wire_name;

/* The field that is read from this key, or RS_FIELD_COUNT. */
static wire_name find_wire_name(rs_slice name) {
    for (int spelling = 0; spelling < 2 && name.size > 0; spelling++) {
        for (int field = 0; field < RS_FIELD_COUNT; field++) {
            rs_slice wire = rules[field].wire[spelling];
            if (wire.size == name.size &&
                memcmp(wire.data, name.data, name.size) == 0) {
                return (wire_name){(rs_field)field, spelling};
            }
        }
    }
    return (wire_name){RS_FIELD_COUNT, 0};
}

/* The same of a key as it is spelled in the text, escapes included. */
static wire_name find_key(const rs_json_token *key) {
    char decoded[6 * sizeof EXTENDED "project_id"];
    rs_slice name = key->text;
    if (key->escaped && name.size <= sizeof decoded) {
        name = (rs_slice){decoded, rs_json_unescape(key->text, decoded)};
    }
    return find_wire_name(name);
}

/* Reads the rest of an object of which every value has to be a string. */
static bool read_texts(decoder *d) {
    rs_json_token key, value;
    while (next_member(d, &key, &value)) {
        if (value.type != RS_JSON_STRING && value.type != RS_JSON_NULL) {
            return fail_type(d, "only strings in it", value.type);
        }
    }
    return key.type != RS_JSON_ERROR;
}

/* Checks a field's value against the API's promise and reads the rest of it. */
static bool check_value(decoder *d, promise type, const rs_json_token *value,
                        rs_value_type *found) {
    *found = RS_VALUE_NONE;
    if (value->type == RS_JSON_NULL) {
        return true;
    }
    switch (type) {
    case TEXT:
        *found = value->escaped ? RS_VALUE_ESCAPED : RS_VALUE_STRING;
        return value->type == RS_JSON_STRING ||
               fail_type(d, "a string", value->type);
    case GIBIBYTES:
        *found = RS_VALUE_INTEGER;
        if (value->type != RS_JSON_INTEGER) {
            return fail_type(d, "an integer", value->type);
        }
        return value->integer >= 0 ||
               fail(d, "expected a size in GiB, got a negative number");
    case BOOLEAN:
        *found = RS_VALUE_BOOLEAN;
        return value->type == RS_JSON_TRUE || value->type == RS_JSON_FALSE ||
               fail_type(d, "a boolean", value->type);
    case TEXTS:
        *found = RS_VALUE_OBJECT;
        return value->type == RS_JSON_OBJECT
                   ? read_texts(d)
                   : fail_type(d, "an object", value->type);
    }
    return false;
}

/* Reads the value of a known field. */
static bool read_field(decoder *d, wire_name name, const char *base,
                       const rs_json_token *token, rs_snapshot *snapshot,
                       rs_value *value) {
    const field_rule *rule = &rules[name.field];
    *value = (rs_value){0};
    d->key = rule->wire[name.spelling].data;
    if (!check_value(d, rule->type, token, &value->type)) {
        return false;
    }
    d->key = NULL;
    if (value->type != RS_VALUE_NONE) {
        const char *end = value->type == RS_VALUE_OBJECT
                              ? d->json.at
                              : token->text.data + token->text.size;
        value->offset = distance(base, token->text.data);
        value->size = distance(token->text.data, end);
    }
    if (rule->type == GIBIBYTES) {
        snapshot->gib = value->type == RS_VALUE_NONE ? 0 : token->integer;
    } else if (rule->type == BOOLEAN) {
        snapshot->consumes_quota = token->type == RS_JSON_TRUE;
    }
    return true;
}

/* Settles on one spelling of each field that came in both: a value wins over a
 * null, and of two values the later. */
static void merge_spellings(rs_snapshot *snapshot,
                            const rs_value older[RS_FIELD_COUNT]) {
    for (int i = 0; i < RS_FIELD_COUNT; i++) {
        rs_value *value = &snapshot->fields[i];
        if (older[i].type != RS_VALUE_NONE &&
            (value->type == RS_VALUE_NONE || older[i].offset > value->offset)) {
            *value = older[i];
        }
    }
}

/* Can a snapshot do without its id? It cannot. */
static bool check_id(decoder *d, const rs_snapshot *snapshot) {
    rs_value id = snapshot->fields[RS_FIELD_ID];
    d->key = rules[RS_FIELD_ID].name.data;
    if (id.type == RS_VALUE_NONE) {
        return fail(d, "missing");
    }
    if (id.size == 0) {
        return fail(d, "empty");
    }
    d->key = NULL;
    return true;
}

/* Reads a snapshot, whose opening brace is in opening. */
static bool read_snapshot(decoder *d, const rs_json_token *opening,
                          rs_snapshot *snapshot) {
    const char *base = opening->text.data;
    rs_value older[RS_FIELD_COUNT] = {{0}};
    rs_json_token key, value;
    if (opening->type != RS_JSON_OBJECT) {
        return fail_type(d, "an object", opening->type);
    }
    *snapshot = (rs_snapshot){0};
    while (next_member(d, &key, &value)) {
        wire_name name = find_key(&key);
        rs_value *place = name.spelling == 0 ? snapshot->fields : older;
        if (name.field == RS_FIELD_COUNT
                ? !skip(d, &value)
                : !read_field(d, name, base, &value, snapshot,
                              &place[name.field])) {
            return false;
        }
    }
    if (key.type == RS_JSON_ERROR) {
        return false;
    }
    merge_spellings(snapshot, older);
    snapshot->size = distance(base, d->json.at);
    return check_id(d, snapshot);
}

/* --- Pages --- */

/* Reads {"snapshots": [...]}'s list; a second one replaces the first. */
static bool read_snapshots(decoder *d, const rs_json_token *opening,
                           rs_page *page, rs_span *spans, size_t capacity) {
    rs_json_token token;
    rs_snapshot snapshot;
    if (opening->type != RS_JSON_ARRAY) {
        return fail_type(d, "an array", opening->type);
    }
    page->count = 0;
    d->indexed = true;
    while (rs_json_next(&d->json, &token) != RS_JSON_ARRAY_END) {
        d->index = page->count;
        if (!read_snapshot(d, &token, &snapshot)) {
            return false;
        }
        if (page->count < capacity) {
            spans[page->count] = (rs_span){
                distance(d->json.start, token.text.data), snapshot.size};
        }
        page->count++;
    }
    d->indexed = false;
    return true;
}

/* Takes the link to the next page. */
static bool take_next_link(decoder *d, const rs_json_token *href,
                           rs_page *page) {
    d->key = "href";
    if (href->type == RS_JSON_END) {
        return fail(d, "missing");
    }
    if (href->type != RS_JSON_STRING) {
        return fail_type(d, "a string", href->type);
    }
    if (href->text.size == 0) {
        return fail(d, "empty");
    }
    if (href->text.size > MAX_HREF) {
        return fail(d, "longer than 16 KiB");
    }
    d->key = NULL;
    page->next_link = href->text;
    page->next_escaped = href->escaped;
    return true;
}

/* Reads one {"rel": ..., "href": ...}, of which only "next" is of interest. */
static bool read_link(decoder *d, const rs_json_token *opening, rs_page *page) {
    rs_json_token key, value;
    rs_json_token rel = {.type = RS_JSON_END}, href = {.type = RS_JSON_END};
    if (opening->type != RS_JSON_OBJECT) {
        return fail_type(d, "an object", opening->type);
    }
    while (next_member(d, &key, &value)) {
        if (rs_json_equals(&key, "rel")) {
            rel = value;
        } else if (rs_json_equals(&key, "href")) {
            href = value;
        }
        if (!skip(d, &value)) {
            return false;
        }
    }
    if (key.type == RS_JSON_ERROR) {
        return false;
    }
    if (rel.type != RS_JSON_STRING) {
        d->key = "rel";
        return rel.type == RS_JSON_END ? fail(d, "missing")
                                       : fail_type(d, "a string", rel.type);
    }
    return !rs_json_equals(&rel, "next") || take_next_link(d, &href, page);
}

/* Reads {"snapshots_links": [...]}'s list; a second one replaces the first. */
static bool read_links(decoder *d, const rs_json_token *opening,
                       rs_page *page) {
    rs_json_token token;
    page->next_link = (rs_slice){NULL, 0};
    page->next_escaped = false;
    if (opening->type == RS_JSON_NULL) {
        return true;
    }
    if (opening->type != RS_JSON_ARRAY) {
        return fail_type(d, "an array", opening->type);
    }
    d->indexed = true;
    for (d->index = 0; rs_json_next(&d->json, &token) != RS_JSON_ARRAY_END;
         d->index++) {
        if (!read_link(d, &token, page)) {
            return false;
        }
    }
    d->indexed = false;
    return true;
}

/* Takes {"count": N}. */
static bool read_count(decoder *d, const rs_json_token *value, rs_page *page) {
    page->total = -1;
    if (value->type == RS_JSON_NULL) {
        return true;
    }
    if (value->type != RS_JSON_INTEGER) {
        return fail_type(d, "an integer", value->type);
    }
    page->total = value->integer;
    return value->integer >= 0 ||
           fail(d, "expected a count, got a negative number");
}

/* --- The interface --- */

const char *rs_field_name(rs_field field) {
    return rules[field].name.data;
}

rs_field rs_field_find(rs_slice name) {
    int field = 0;
    while (field < RS_FIELD_COUNT &&
           !rs_slice_is(name, rules[field].name.data)) {
        field++;
    }
    return (rs_field)field;
}

bool rs_field_is_wire_name(rs_slice name) {
    return find_wire_name(name).field != RS_FIELD_COUNT;
}

bool rs_snapshot_parse(rs_slice text, rs_snapshot *snapshot,
                       rs_decode_error *error) {
    decoder d;
    rs_json_token token;
    if (!start(&d, text, error)) {
        return false;
    }
    d.member = "snapshot";
    rs_json_next(&d.json, &token);
    if (token.type != RS_JSON_ERROR && token.text.data != text.data) {
        return fail(&d, "does not begin with its brace");
    }
    return read_snapshot(&d, &token, snapshot) && close_text(&d);
}

bool rs_snapshot_find(rs_slice text, rs_span *span, rs_decode_error *error) {
    decoder d;
    rs_json_token key, value;
    if (!start(&d, text, error) || !open_text(&d)) {
        return false;
    }
    *span = (rs_span){0, 0};
    while (next_member(&d, &key, &value)) {
        bool wanted = rs_json_equals(&key, "snapshot");
        d.member = "snapshot";
        if (wanted && value.type != RS_JSON_OBJECT) {
            return fail_type(&d, "an object", value.type);
        }
        if (!skip(&d, &value)) {
            return false;
        }
        if (wanted) {
            span->offset = distance(text.data, value.text.data);
            span->size = distance(value.text.data, d.json.at);
        }
    }
    d.member = "snapshot";
    return key.type != RS_JSON_ERROR && close_text(&d) &&
           (span->size > 0 || fail(&d, "missing"));
}

bool rs_page_parse(rs_slice text, rs_page *page, rs_span *spans,
                   size_t capacity, rs_decode_error *error) {
    decoder d;
    rs_json_token key, value;
    bool found = false, ok = true;
    *page = (rs_page){.total = -1};
    if (!start(&d, text, error) || !open_text(&d)) {
        return false;
    }
    while (ok && next_member(&d, &key, &value)) {
        if (is_member(&d, &key, "snapshots")) {
            found = true;
            ok = read_snapshots(&d, &value, page, spans, capacity);
        } else if (is_member(&d, &key, "snapshots_links")) {
            ok = read_links(&d, &value, page);
        } else if (is_member(&d, &key, "count")) {
            ok = read_count(&d, &value, page);
        } else {
            ok = skip(&d, &value);
        }
    }
    d.member = "snapshots";
    return ok && key.type != RS_JSON_ERROR && close_text(&d) &&
           (found || fail(&d, "missing"));
}
