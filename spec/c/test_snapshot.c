#include "parse/snapshot.h"

#include "documents.h"

static rs_decode_error error;

static bool parse(const char *json, rs_snapshot *snapshot) {
    rs_slice copy = exact_copy(json);
    bool ok = rs_snapshot_parse(copy, snapshot, &error);
    free((char *)copy.data);
    return ok;
}

/* Parses a snapshot, which must succeed. */
static rs_snapshot parsed(const char *json) {
    rs_snapshot snapshot;
    if (!parse(json, &snapshot))
        fail_msg("%s: %s", json, error.message);
    assert_int_equal(snapshot.size, strlen(json));
    return snapshot;
}

static void assert_error(const char *json, const char *message) {
    rs_snapshot snapshot;
    if (parse(json, &snapshot))
        fail_msg("accepted %s", json);
    assert_string_equal(error.message, message);
}

static void assert_value(const char *json, rs_field field, rs_value_type type,
                         const char *expected) {
    rs_value value = parsed(json).fields[field];
    assert_int_equal(value.type, type);
    assert_int_equal(value.size, strlen(expected));
    assert_memory_equal(json + value.offset, expected, value.size);
}

static void assert_none(const char *json, rs_field field) {
    rs_value value = parsed(json).fields[field];
    assert_int_equal(value.type, RS_VALUE_NONE);
    assert_int_equal(value.size, 0);
}

static void assert_name(const char *json, const char *expected) {
    assert_value(json, RS_FIELD_NAME, RS_VALUE_STRING, expected);
}

/* Parses {"id": "i", "WIRE": VALUE}. */
static const struct {
    const char *wire, *value, *text;
    rs_field field;
    rs_value_type type;
} members[] = {
    {"volume_id", "'v'", "v", RS_FIELD_VOLUME_ID, RS_VALUE_STRING},
    {"name", "'n'", "n", RS_FIELD_NAME, RS_VALUE_STRING},
    {"display_name", "'n'", "n", RS_FIELD_NAME, RS_VALUE_STRING},
    {"description", "''", "", RS_FIELD_DESCRIPTION, RS_VALUE_STRING},
    {"display_description", "'d\\n'", "d\\n", RS_FIELD_DESCRIPTION,
     RS_VALUE_ESCAPED},
    {"status", "'error'", "error", RS_FIELD_STATUS, RS_VALUE_STRING},
    {"size", "100", "100", RS_FIELD_SIZE, RS_VALUE_INTEGER},
    {"size", "1e2", "1e2", RS_FIELD_SIZE, RS_VALUE_REAL},
    {EXTENDED "progress", "'42%'", "42%", RS_FIELD_PROGRESS, RS_VALUE_STRING},
    {EXTENDED "project_id", "'p'", "p", RS_FIELD_PROJECT_ID, RS_VALUE_STRING},
    {"metadata", "{'k': 'v'}", "{'k': 'v'}", RS_FIELD_METADATA,
     RS_VALUE_OBJECT},
    {"created_at", "'c'", "c", RS_FIELD_CREATED_AT, RS_VALUE_STRING},
    {"updated_at", "'u'", "u", RS_FIELD_UPDATED_AT, RS_VALUE_STRING},
    {"user_id", "'me'", "me", RS_FIELD_USER_ID, RS_VALUE_STRING},
    {"group_snapshot_id", "'g'", "g", RS_FIELD_GROUP_SNAPSHOT_ID,
     RS_VALUE_STRING},
    {"consumes_quota", "true", "true", RS_FIELD_CONSUMES_QUOTA, RS_VALUE_TRUE},
    {"consumes_quota", "false", "false", RS_FIELD_CONSUMES_QUOTA,
     RS_VALUE_FALSE},
};

static const char *with(const char *wire, const char *value) {
    static char json[512];
    snprintf(json, sizeof json, "{'id': 'i', '%s': %s, 'x': [{}]}", wire,
             value);
    return json;
}

/* ------------------------------------------------------------------ fields */

static void reads_every_field(void **state) {
    (void)state;
    assert_value("{'id':'i'}", RS_FIELD_ID, RS_VALUE_STRING, "i");
    for (size_t i = 0; i < COUNT(members); i++) {
        const char *json = with(members[i].wire, members[i].value);
        assert_value(json, members[i].field, members[i].type, members[i].text);
        for (int other = RS_FIELD_ID + 1; other < RS_FIELD_COUNT; other++)
            if (other != (int)members[i].field)
                assert_none(json, (rs_field)other);
    }
}

static void takes_null_for_absent(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++)
        assert_none(with(members[i].wire, "null"), members[i].field);
}

static void takes_any_type_in_every_field(void **state) {
    static const struct {
        const char *value, *text;
        rs_value_type type;
    } others[] = {
        {"'s'", "s", RS_VALUE_STRING},
        {"''", "", RS_VALUE_STRING},
        {"'\\u0041'", "\\u0041", RS_VALUE_ESCAPED},
        {"'\xFF'", "\xFF", RS_VALUE_ESCAPED},
        {"-1", "-1", RS_VALUE_INTEGER},
        {"9223372036854775807", "9223372036854775807", RS_VALUE_INTEGER},
        {"9223372036854775808", "9223372036854775808", RS_VALUE_REAL},
        {"1.5", "1.5", RS_VALUE_REAL},
        {"-0", "-0", RS_VALUE_REAL},
        {"true", "true", RS_VALUE_TRUE},
        {"false", "false", RS_VALUE_FALSE},
        {"{ 'a': [{}] }", "{ 'a': [{}] }", RS_VALUE_OBJECT},
        {"[]", "[]", RS_VALUE_ARRAY},
        {"[1,[2]]", "[1,[2]]", RS_VALUE_ARRAY},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        for (size_t j = 0; j < COUNT(others); j++) {
            assert_value(with(members[i].wire, others[j].value),
                         members[i].field, others[j].type, others[j].text);
        }
    }
}

static void needs_an_id(void **state) {
    (void)state;
    assert_error("{}", "snapshot.id: missing");
    assert_error("{'id':null}", "snapshot.id: missing");
    assert_error("{'id':''}", "snapshot.id: empty");
    assert_error("{'id':true}",
                 "snapshot.id: expected a string, got a boolean");
    assert_error("{'id':false}",
                 "snapshot.id: expected a string, got a boolean");
    assert_error("{'id':{'a':1}}",
                 "snapshot.id: expected a string, got an object");
    assert_error("{'id':[]}", "snapshot.id: expected a string, got an array");
    assert_value("{'id':7}", RS_FIELD_ID, RS_VALUE_INTEGER, "7");
    assert_value("{'id':7.5}", RS_FIELD_ID, RS_VALUE_REAL, "7.5");
}

static void names_the_snapshot_without_an_id(void **state) {
    char name[200], json[400], message[400];
    (void)state;
    assert_error("{'name':'nightly'}",
                 "snapshot.id: missing (the snapshot named \"nightly\")");
    assert_error("{'id':'','display_name':'a\\n\\u0022b\\u0022'}",
                 "snapshot.id: empty (the snapshot named "
                 "\"a\\n\\\"b\\\"\")");
    assert_error("{'id':[],'name':''}",
                 "snapshot.id: expected a string, got an array "
                 "(the snapshot named \"\")");
    assert_error("{'name':7}", "snapshot.id: missing");
    memset(name, 'x', sizeof name);
    memcpy(name + 59, "\xE2\x82\xAC", 3);
    name[70] = '\0';
    snprintf(json, sizeof json, "{'name':'%s'}", name);
    snprintf(message, sizeof message,
             "snapshot.id: missing (the snapshot named \"%.59s\"...)", name);
    assert_error(json, message);
    name[60] = 'x';
    name[61] = '\xFF';
    snprintf(json, sizeof json, "{'name':'%s'}", name + 1);
    snprintf(message, sizeof message,
             "snapshot.id: missing (the snapshot named \"%.58s"
             "\xEF\xBF\xBDx\"...)",
             name + 1);
    assert_error(json, message);
}

static void stays_on_one_line_whatever_the_name(void **state) {
    char name[200], json[300];
    (void)state;
    memset(name, 0x80, sizeof name); /* none of its bytes begins a character */
    name[sizeof name - 1] = '\0';
    snprintf(json, sizeof json, "{'name':'%s'}", name);
    rs_snapshot snapshot;
    assert_false(parse(json, &snapshot));
    assert_int_equal(
        strlen(error.message),
        strlen("snapshot.id: missing (the snapshot named \"\"...)") + 3 * 57);
    memset(name, 0x7F, 60);
    name[60] = '\0';
    snprintf(json, sizeof json, "{'name':'%s'}", name);
    assert_false(parse(json, &snapshot));
    assert_int_equal(strlen(error.message),
                     strlen("snapshot.id: missing (the snapshot named \"\")") +
                         6 * 60);
    for (const char *at = error.message; *at != '\0'; at++)
        assert_true(*at >= 0x20 && *at < 0x7F);
}

static void tells_escaped_strings(void **state) {
    (void)state;
    assert_value(with("name", "'\\u017elu\\u0165'"), RS_FIELD_NAME,
                 RS_VALUE_ESCAPED, "\\u017elu\\u0165");
    assert_value("{'id':'a\\/b'}", RS_FIELD_ID, RS_VALUE_ESCAPED, "a\\/b");
    assert_name(with("name", "'\xC5\xBE'"), "\xC5\xBE");
    assert_value("{'id':'\xC5'}", RS_FIELD_ID, RS_VALUE_ESCAPED, "\xC5");
}

static void knows_keys_however_they_are_spelled(void **state) {
    char key[6 * 64], *out = key;
    (void)state;
    assert_value("{'\\u0069d':'i'}", RS_FIELD_ID, RS_VALUE_STRING, "i");
    for (const char *in = EXTENDED "project_id"; *in != '\0'; in++)
        out += snprintf(out, 7, "\\u%04x", (unsigned)*in);
    assert_value(with(key, "'p'"), RS_FIELD_PROJECT_ID, RS_VALUE_STRING, "p");
    memset(key, 'x', sizeof key - 1);
    memcpy(key, "\\n", 2);
    key[sizeof key - 1] = '\0';
    assert_none(with(key, "1"), RS_FIELD_PROJECT_ID);
}

/* ------------------------------------------ both spellings, and duplicates */

static void a_value_wins_over_a_null(void **state) {
    (void)state;
    assert_name("{'id':'i','name':'a','display_name':null}", "a");
    assert_name("{'id':'i','name':null,'display_name':'a'}", "a");
    assert_name("{'id':'i','display_name':'a','name':null}", "a");
    assert_value("{'id':'i','display_description':'a','description':null}",
                 RS_FIELD_DESCRIPTION, RS_VALUE_STRING, "a");
    assert_none("{'id':'i','name':null,'display_name':null}", RS_FIELD_NAME);
}

static void the_last_of_two_values_wins(void **state) {
    (void)state;
    assert_name("{'id':'i','name':'a','display_name':'b'}", "b");
    assert_name("{'id':'i','display_name':'b','name':'a'}", "a");
    assert_value("{'id':'i','description':'a','display_description':'\\n'}",
                 RS_FIELD_DESCRIPTION, RS_VALUE_ESCAPED, "\\n");
}

static void the_last_of_duplicates_wins(void **state) {
    (void)state;
    assert_value("{'id':'a','id':'b'}", RS_FIELD_ID, RS_VALUE_STRING, "b");
    assert_none("{'id':'i','name':'a','name':null}", RS_FIELD_NAME);
    assert_error("{'id':'a','id':null}", "snapshot.id: missing");
    assert_none("{'id':'i','size':1,'size':null}", RS_FIELD_SIZE);
    assert_value("{'id':'i','size':'1','size':2}", RS_FIELD_SIZE,
                 RS_VALUE_INTEGER, "2");
}

static void duplicates_count_within_their_own_spelling(void **state) {
    (void)state;
    assert_name("{'id':'i','name':'a','display_name':'b','display_name':null}",
                "a");
    assert_name("{'id':'i','name':'a','display_name':'b','name':null}", "b");
    assert_name("{'id':'i','name':'a','display_name':'b','name':'c'}", "c");
}

/* ---------------------------------------------- the text around a snapshot */

static void refuses_what_is_no_bare_snapshot(void **state) {
    (void)state;
    assert_error("", "invalid JSON at byte 0: unexpected end of text");
    assert_error("[]", "snapshot: expected an object, got an array");
    assert_error(" {'id':'i'}", "snapshot: does not begin with its brace");
    assert_error("{'id':'i'}x",
                 "invalid JSON at byte 10: text after the value");
    assert_error("{'id':'i','x':[1,]}", UNEXPECTED(17));
    assert_error("{'id':'i','metadata':{'a'}}", UNEXPECTED(25));
    assert_error("{'id':'i','size':01}",
                 "invalid JSON at byte 18: malformed number");
    assert_error("{'id':'\\x'}", "invalid JSON at byte 7: invalid escape");
}

static void refuses_every_truncation(void **state) {
    static const char whole[] =
        "{'id': 'i', 'metadata': {'k': '\\u00e9'}, 'size': 12, "
        "'consumes_quota': true, 'x': [1.5, {}], 'display_name': null}";
    char cut[sizeof whole];
    rs_snapshot snapshot;
    (void)state;
    parsed(whole);
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        memcpy(cut, whole, size);
        cut[size] = '\0';
        assert_false(parse(cut, &snapshot));
        assert_non_null(strstr(error.message, "invalid JSON at byte "));
    }
}

static void assert_found(const char *json, const char *expected) {
    rs_slice copy = exact_copy(json), object;
    if (rs_snapshot_find(copy, &object, &error)) {
        assert_int_equal(object.size, strlen(expected));
        assert_memory_equal(json + (object.data - copy.data), expected,
                            object.size);
    } else {
        assert_string_equal(error.message, expected);
    }
    free((char *)copy.data);
}

/* The fast reader and the careful one give the same. */
static void assert_read_alike(const char *json) {
    rs_slice text = exact_copy(json), object, other;
    rs_snapshot snapshot, careful;
    rs_decode_error problem = {""}, expected = {""};
    bool read = rs_snapshot_read(text, &object, &snapshot, &problem);
    assert_int_equal(read, rs_snapshot_find(text, &other, &expected) &&
                               rs_snapshot_parse(other, &careful, &expected));
    assert_string_equal(problem.message, expected.message);
    if (read) {
        assert_ptr_equal(object.data, other.data);
        assert_int_equal(object.size, other.size);
        assert_memory_equal(&snapshot, &careful, sizeof snapshot);
    }
    free((char *)text.data);
}

static void reads_a_snapshot_once_as_it_would_twice(void **state) {
    static const char *const texts[] = {
        "{'snapshot':{'id':'i'}}",
        " { 'snapshot' : {'id':'i', 'size': 1 , 'metadata':{}} } \n",
        "{'snapshot':{'id':'i'},'snapshot':{'id':'j'}}",
        "{'snapshot':{'id':'i'},'other':1}",
        "{'other':1,'snapshot':{'id':'i'}}",
        "{'snapshots':{'id':'i'}}",
        "{'snapshot':{'id':'i'}}}",
        "{'snapshot':{'id':'i'}} x",
        "{'snapshot':{'id':'i'}",
        "{'snapshot':{'id':'i','name':'\\u00e9'}}",
        "{'snapshot':{'id':7,'display_name':'n','name':null}}",
        "{'snapshot':{'name':'n'}}",
        "{'snapshot':{'id':''}}",
        "{'snapshot':[]}",
        "{'snapshot':",
        "{'snapshot'",
        "{",
        "",
        "\xEF\xBB\xBF{'snapshot':{'id':'i'}}"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_read_alike(texts[i]);
}

static void finds_the_snapshot_in_its_envelope(void **state) {
    (void)state;
    assert_found("{'snapshot':{}}", "{}");
    assert_found(" {'a':[{}], 'snapshot' : {'id':1} , 'b':1} ", "{'id':1}");
    assert_found("{'snapshot':{},'snapshot':{'b':1}}", "{'b':1}");
    assert_found("{'snapsho\\u0074':{}}", "{}");
    assert_found("\xEF\xBB\xBF{'snapshot':{'id':1}}", "{'id':1}");
    assert_found("{}", "snapshot: missing");
    assert_found("{'snapshot':[]}",
                 "snapshot: expected an object, got an array");
    assert_found("{'snapshot':null}", "snapshot: expected an object, got null");
    assert_found("[]", "expected an object, got an array");
    assert_found("{'snapshot':{'a':1,}}", UNEXPECTED(19));
    assert_found("{'snapshot':{}} x",
                 "invalid JSON at byte 16: text after the value");
}

/* ------------------------------------------------------------------ limits */

static void refuses_texts_of_4_gib(void **state) {
#if SIZE_MAX > UINT32_MAX
    rs_slice huge = {"{}", (size_t)UINT32_MAX + 1};
    rs_snapshot snapshot;
    rs_slice object;
    assert_false(rs_snapshot_parse(huge, &snapshot, &error));
    assert_string_equal(error.message, "the text is 4 GiB long or more");
    assert_false(rs_snapshot_find(huge, &object, &error));
    assert_string_equal(error.message, "the text is 4 GiB long or more");
#endif
    (void)state;
}

static void refuses_fields_of_256_mib(void **state) {
    static const char before[] = "{\"id\":\"i\",\"name\":\"";
    size_t most = RS_VALUE_MAX, size = sizeof before - 1 + most + 3;
    char *json = malloc(size);
    rs_snapshot snapshot;
    (void)state;
    assert_non_null(json);
    memset(json, 'x', size);
    memcpy(json, before, sizeof before - 1);
    memcpy(json + size - 3, "\"}", 2);
    assert_true(
        rs_snapshot_parse((rs_slice){json, size - 1}, &snapshot, &error));
    assert_int_equal(snapshot.fields[RS_FIELD_NAME].size, most);
    memcpy(json + size - 3, "x\"}", 3);
    assert_false(rs_snapshot_parse((rs_slice){json, size}, &snapshot, &error));
    assert_string_equal(error.message, "snapshot.name: 256 MiB long or more");
    free(json);
}

static void is_small(void **state) {
    (void)state;
    assert_int_equal(sizeof(rs_value), 8);
    assert_true(sizeof(rs_snapshot) <= 120);
}

/* ------------------------------------------------------------------- names */

static rs_slice slice(const char *text) {
    return (rs_slice){text, strlen(text)};
}

static void knows_its_fields_by_name(void **state) {
    (void)state;
    assert_string_equal(rs_field_name(RS_FIELD_ID).data, "id");
    assert_string_equal(rs_field_name(RS_FIELD_PROJECT_ID).data, "project_id");
}

static void knows_its_wire_names(void **state) {
    (void)state;
    assert_int_equal(rs_field_of_wire_name(slice("id")), RS_FIELD_ID);
    for (size_t i = 0; i < COUNT(members); i++) {
        assert_int_equal(rs_field_of_wire_name(slice(members[i].wire)),
                         members[i].field);
    }
    assert_int_equal(rs_field_of_wire_name(slice("project_id")),
                     RS_FIELD_COUNT);
    assert_int_equal(rs_field_of_wire_name(slice("progress")), RS_FIELD_COUNT);
    assert_int_equal(rs_field_of_wire_name(slice(EXTENDED)), RS_FIELD_COUNT);
    assert_int_equal(rs_field_of_wire_name(slice("")), RS_FIELD_COUNT);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(takes_null_for_absent),
        cmocka_unit_test(takes_any_type_in_every_field),
        cmocka_unit_test(needs_an_id),
        cmocka_unit_test(names_the_snapshot_without_an_id),
        cmocka_unit_test(stays_on_one_line_whatever_the_name),
        cmocka_unit_test(tells_escaped_strings),
        cmocka_unit_test(knows_keys_however_they_are_spelled),
        cmocka_unit_test(a_value_wins_over_a_null),
        cmocka_unit_test(the_last_of_two_values_wins),
        cmocka_unit_test(the_last_of_duplicates_wins),
        cmocka_unit_test(duplicates_count_within_their_own_spelling),
        cmocka_unit_test(refuses_what_is_no_bare_snapshot),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(finds_the_snapshot_in_its_envelope),
        cmocka_unit_test(reads_a_snapshot_once_as_it_would_twice),
        cmocka_unit_test(refuses_texts_of_4_gib),
        cmocka_unit_test(refuses_fields_of_256_mib),
        cmocka_unit_test(is_small),
        cmocka_unit_test(knows_its_fields_by_name),
        cmocka_unit_test(knows_its_wire_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
