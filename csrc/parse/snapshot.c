#include "parse/ascii.h"
#include "parse/decoder.h"
#include "parse/row.h"

#define MAX_SHOWN 60 /* bytes of a name in a message */

typedef struct field_rule {
    rs_slice name;    /* the public name */
    rs_slice wire[2]; /* the services' names, today and in the first version of
                         the API; empty if there is no second one */
} field_rule;

#define NAME(text)                                                             \
    { (text), sizeof(text) - 1 }
#define FIELD(name, wire, older)                                               \
    {                                                                          \
        NAME(name), {                                                          \
            NAME(wire), NAME(older)                                            \
        }                                                                      \
    }
#define EXTENDED "os-extended-snapshot-attributes:"

static const field_rule rules[RS_FIELD_COUNT] = {
    [RS_FIELD_ID] = FIELD("id", "id", ""),
    [RS_FIELD_VOLUME_ID] = FIELD("volume_id", "volume_id", ""),
    [RS_FIELD_NAME] = FIELD("name", "name", "display_name"),
    [RS_FIELD_DESCRIPTION] =
        FIELD("description", "description", "display_description"),
    [RS_FIELD_STATUS] = FIELD("status", "status", ""),
    [RS_FIELD_SIZE] = FIELD("size", "size", ""),
    [RS_FIELD_PROGRESS] = FIELD("progress", EXTENDED "progress", ""),
    [RS_FIELD_PROJECT_ID] = FIELD("project_id", EXTENDED "project_id", ""),
    [RS_FIELD_METADATA] = FIELD("metadata", "metadata", ""),
    [RS_FIELD_CREATED_AT] = FIELD("created_at", "created_at", ""),
    [RS_FIELD_UPDATED_AT] = FIELD("updated_at", "updated_at", ""),
    [RS_FIELD_USER_ID] = FIELD("user_id", "user_id", ""),
    [RS_FIELD_GROUP_SNAPSHOT_ID] =
        FIELD("group_snapshot_id", "group_snapshot_id", ""),
    [RS_FIELD_CONSUMES_QUOTA] = FIELD("consumes_quota", "consumes_quota", ""),
};

/* ------------------------------------------------------------------- names */

typedef struct wire_name {
    rs_field field;
    int spelling;
} wire_name;

/* The field and spelling of a wire name, or RS_FIELD_COUNT. */
static wire_name find_wire_name(rs_slice name) {
    for (int spelling = 0; spelling < 2 && name.size > 0; spelling++) {
        for (int field = 0; field < RS_FIELD_COUNT; field++) {
            rs_slice wire = rules[field].wire[spelling];
            if (wire.size == name.size &&
                memcmp(wire.data, name.data, name.size) == 0)
                return (wire_name){(rs_field)field, spelling};
        }
    }
    return (wire_name){RS_FIELD_COUNT, 0};
}

/* The same for a key in the text, which may be escaped. */
static wire_name find_key(const rs_json_token *key) {
    char decoded[sizeof EXTENDED "project_id"];
    rs_slice name = rs_text_decode((rs_text){key->text, key->escaped}, decoded,
                                   sizeof decoded);
    return name.data == NULL ? (wire_name){RS_FIELD_COUNT, 0}
                             : find_wire_name(name);
}

rs_slice rs_field_name(rs_field field) {
    return rules[field].name;
}

rs_field rs_field_of_wire_name(rs_slice name) {
    return find_wire_name(name).field;
}

/* ------------------------------------------------------------ one snapshot */

/* The offset of a place in the text from the snapshot's beginning, base. */
static uint32_t distance(const char *base, const char *at) {
    return (uint32_t)(at - base);
}

static rs_value_type value_type(const rs_json_token *token) {
    switch (token->type) {
    case RS_JSON_STRING:
        return token->escaped ? RS_VALUE_ESCAPED : RS_VALUE_STRING;
    case RS_JSON_INTEGER:
        return RS_VALUE_INTEGER;
    case RS_JSON_REAL:
        return RS_VALUE_REAL;
    case RS_JSON_TRUE:
        return RS_VALUE_TRUE;
    case RS_JSON_FALSE:
        return RS_VALUE_FALSE;
    case RS_JSON_OBJECT:
        return RS_VALUE_OBJECT;
    case RS_JSON_ARRAY:
        return RS_VALUE_ARRAY;
    default:
        return RS_VALUE_NONE;
    }
}

/* Reads the value of a known field. */
static bool read_field(rs_decoder *d, wire_name name, const char *base,
                       const rs_json_token *token, rs_value *value) {
    rs_value_type type = value_type(token);
    *value = (rs_value){0};
    if (!rs_decoder_skip(d, token))
        return false;
    if (type == RS_VALUE_NONE)
        return true;
    bool container = type == RS_VALUE_OBJECT || type == RS_VALUE_ARRAY;
    const char *end =
        container ? d->json->at : token->text.data + token->text.size;
    uint32_t size = distance(token->text.data, end);
    if (size > RS_VALUE_MAX) {
        d->key = rules[name.field].wire[name.spelling].data;
        return rs_decoder_fail(d, "256 MiB long or more");
    }
    value->offset = distance(base, token->text.data);
    value->size = size & RS_VALUE_MAX;
    value->type = type & 15u;
    return true;
}

/* For each field that came in both spellings, chooses one: a value wins over
 * null, and of two values the later one. */
static void merge_spellings(rs_snapshot *snapshot,
                            const rs_value older[RS_FIELD_COUNT]) {
    for (int i = 0; i < RS_FIELD_COUNT; i++) {
        rs_value *value = &snapshot->fields[i];
        if (older[i].type != RS_VALUE_NONE &&
            (value->type == RS_VALUE_NONE || older[i].offset > value->offset))
            *value = older[i];
    }
}

/* Adds a snapshot's name to a message about it, if it has one. */
static void add_name(const rs_decoder *d, const char *base,
                     const rs_snapshot *snapshot) {
    char decoded[3 * MAX_SHOWN], shown[6 * sizeof decoded];
    rs_value name = snapshot->fields[RS_FIELD_NAME];
    if (name.type != RS_VALUE_STRING && name.type != RS_VALUE_ESCAPED)
        return;
    rs_slice raw = {base + name.offset, name.size};
    bool cut = raw.size > MAX_SHOWN;
    if (cut) {
        size_t least = MAX_SHOWN - 3; /* do not cut within a character */
        for (raw.size = MAX_SHOWN;
             raw.size > least &&
             ((unsigned char)raw.data[raw.size] & 0xC0) == 0x80;)
            raw.size--;
    }
    rs_slice text = {decoded, rs_json_unescape(raw, decoded)};
    rs_decoder_add(d->error, " (the snapshot named \"%.*s\"%s)",
                   (int)rs_text_quote(text, shown), shown, cut ? "..." : "");
}

/* A snapshot must have an id. */
static bool check_id(rs_decoder *d, const char *base,
                     const rs_snapshot *snapshot) {
    static const char *const names[] = {
        [RS_VALUE_TRUE] = "a boolean",
        [RS_VALUE_FALSE] = "a boolean",
        [RS_VALUE_OBJECT] = "an object",
        [RS_VALUE_ARRAY] = "an array",
    };
    rs_value id = snapshot->fields[RS_FIELD_ID];
    d->key = rules[RS_FIELD_ID].name.data;
    if (id.type == RS_VALUE_NONE) {
        rs_decoder_fail(d, "missing");
    } else if (id.size == 0) {
        rs_decoder_fail(d, "empty");
    } else if (id.type >= RS_VALUE_TRUE) {
        rs_decoder_fail(d, "expected a string, got ");
        rs_decoder_add(d->error, "%s", names[id.type]);
    } else {
        d->key = NULL;
        return true;
    }
    add_name(d, base, snapshot);
    return false;
}

bool rs_decoder_snapshot(rs_decoder *d, const rs_json_token *opening,
                         rs_snapshot *snapshot) {
    const char *base = opening->text.data;
    rs_value older[RS_FIELD_COUNT] = {{0}};
    rs_json_token key, value;
    if (opening->type != RS_JSON_OBJECT)
        return rs_decoder_fail_type(d, "an object", opening->type);
    *snapshot = (rs_snapshot){0};
    while (rs_decoder_member(d, &key, &value)) {
        wire_name name = find_key(&key);
        rs_value *place = name.spelling == 0 ? snapshot->fields : older;
        if (name.field == RS_FIELD_COUNT
                ? !rs_decoder_skip(d, &value)
                : !read_field(d, name, base, &value, &place[name.field]))
            return false;
    }
    if (key.type == RS_JSON_ERROR)
        return false;
    merge_spellings(snapshot, older);
    snapshot->size = distance(base, d->json->at);
    return d->any_id || check_id(d, base, snapshot);
}

/* -------------------------------------------------------- single documents */

const char *rs_id_flaw(rs_slice id) {
    if (id.size == 0)
        return "the id is empty";
    if (id.data[0] == '.' &&
        (id.size == 1 || (id.size == 2 && id.data[1] == '.')))
        return "an id cannot be '.' or '..'";
    for (size_t i = 0; i < id.size; i++)
        if ((unsigned char)id.data[i] < 0x20 || id.data[i] == 0x7f)
            return "an id cannot contain control characters";
    return NULL;
}

bool rs_snapshot_parse(rs_slice text, rs_snapshot *snapshot,
                       rs_decode_error *error) {
    rs_json json;
    rs_decoder d;
    rs_json_token token;
    if (!rs_decoder_start(&d, &json, text, error))
        return false;
    d.member = "snapshot";
    rs_json_next(&json, &token);
    if (token.type != RS_JSON_ERROR && token.text.data != text.data)
        return rs_decoder_fail(&d, "does not begin with its brace");
    return rs_decoder_snapshot(&d, &token, snapshot) && rs_decoder_close(&d);
}

bool rs_snapshot_find(rs_slice text, rs_slice *object, rs_decode_error *error) {
    rs_json json;
    rs_decoder d;
    rs_json_token key, value;
    *object = (rs_slice){NULL, 0};
    if (!rs_decoder_start(&d, &json, text, error) || !rs_decoder_open(&d))
        return false;
    d.member = "snapshot";
    while (rs_decoder_member(&d, &key, &value)) {
        bool wanted = rs_json_equals(&key, "snapshot");
        if (wanted && value.type != RS_JSON_OBJECT)
            return rs_decoder_fail_type(&d, "an object", value.type);
        if (!rs_decoder_skip(&d, &value))
            return false;
        if (wanted) {
            object->data = value.text.data;
            object->size = (size_t)(json.at - value.text.data);
        }
    }
    return key.type != RS_JSON_ERROR && rs_decoder_close(&d) &&
           (object->size > 0 || rs_decoder_fail(&d, "missing"));
}

/* The place after a character that must come next, after blanks; NULL if it
 * does not. */
static const char *behind(const char *at, const char *end, char wanted) {
    while (at < end && rs_is_blank(*at))
        at++;
    return at < end && *at == wanted ? at + 1 : NULL;
}

/* The opening brace of the snapshot after `{"snapshot":`; NULL if the text does
 * not begin so. */
static const char *skip_envelope(const char *at, const char *end) {
    static const char name[] = "snapshot\"";
    at = behind(at, end, '{');
    at = at != NULL ? behind(at, end, '"') : NULL;
    if (at == NULL || (size_t)(end - at) < sizeof name ||
        memcmp(at, name, sizeof name - 1) != 0)
        return NULL;
    at = behind(at + sizeof name - 1, end, ':');
    at = at != NULL ? behind(at, end, '{') : NULL;
    return at != NULL ? at - 1 : NULL;
}

/* Reads a snapshot that is alone in its envelope with the fast reader; false:
 * the careful reader decides. */
static bool read_usual(rs_slice text, rs_slice *object, rs_snapshot *snapshot) {
    rs_leads leads;
    leads.count = 0;
    const char *end = text.data + text.size;
    const char *at = text.size <= UINT32_MAX && text.size > 0
                         ? skip_envelope(text.data, end)
                         : NULL;
    object->data = at;
    at = at != NULL ? rs_row_read(at, end, &leads, snapshot) : NULL;
    object->size = snapshot->size;
    at = at != NULL ? behind(at, end, '}') : NULL;
    while (at != NULL && at < end && rs_is_blank(*at))
        at++;
    return at == end;
}

bool rs_snapshot_read(rs_slice text, rs_slice *object, rs_snapshot *snapshot,
                      rs_decode_error *error) {
    *snapshot = (rs_snapshot){0};
    return read_usual(text, object, snapshot) ||
           (rs_snapshot_find(text, object, error) &&
            rs_snapshot_parse(*object, snapshot, error));
}
