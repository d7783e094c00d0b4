#include "parse/field.h"

#include "documents.h"

/* {"id": "i", WIRE: VALUE} for the functions below, with " for '. */
static rs_slice json;
static rs_snapshot snapshot;

static void read(const char *text) {
    rs_decode_error error;
    free((char *)json.data);
    json = exact_copy(text);
    if (!rs_snapshot_parse(json, &snapshot, &error))
        fail_msg("%s: %s", text, error.message);
}

static void read_with(const char *wire, const char *value) {
    char text[2048];
    snprintf(text, sizeof text, "{'id':'i','%s':%s}", wire, value);
    read(text);
}

/* ------------------------------------------------------------------- texts */

/* The field as text, in a buffer without a byte to spare; NULL: none. */
static void assert_text(rs_field field, const char *expected) {
    rs_slice wanted = rs_snapshot_text(json.data, &snapshot, field, NULL, 0);
    char *scratch = malloc(wanted.size + 1);
    assert_non_null(scratch);
    if (wanted.data == NULL && wanted.size > 0) {
        assert_null(rs_snapshot_text(json.data, &snapshot, field, scratch,
                                     wanted.size - 1)
                        .data);
        wanted =
            rs_snapshot_text(json.data, &snapshot, field, scratch, wanted.size);
    }
    if (expected == NULL) {
        assert_null(wanted.data);
        assert_int_equal(wanted.size, 0);
    } else {
        assert_non_null(wanted.data);
        assert_int_equal(wanted.size, strlen(expected));
        assert_memory_equal(wanted.data, expected, wanted.size);
        assert_true(rs_snapshot_is(json.data, &snapshot, field, wanted));
    }
    rs_slice other = {"other", 5};
    assert_false(rs_snapshot_is(json.data, &snapshot, field, other));
    free(scratch);
}

static void assert_name(const char *value, const char *expected) {
    read_with("name", value);
    assert_text(RS_FIELD_NAME, expected);
}

static void gives_texts_of_every_scalar(void **state) {
    (void)state;
    assert_name("'nightly'", "nightly");
    assert_name("''", "");
    assert_name("'a\\nb\\u20ac'", "a\nb\xE2\x82\xAC");
    assert_name("'\xE9'", "\xEF\xBF\xBD");
    assert_name("20261001", "20261001");
    assert_name("-1.50", "-1.50");
    assert_name("true", "true");
    assert_name("false", "false");
    assert_name("null", NULL);
    assert_name("{'a':1}", NULL);
    assert_name("[]", NULL);
    assert_text(RS_FIELD_ID, "i");
    assert_text(RS_FIELD_DESCRIPTION, NULL);
}

static void assert_progress(const char *value, const char *expected) {
    read_with(EXTENDED "progress", value);
    assert_text(RS_FIELD_PROGRESS, expected);
}

static void gives_progress_its_unit(void **state) {
    (void)state;
    assert_progress("'42%'", "42%");
    assert_progress("'42'", "42");
    assert_progress("42", "42%");
    assert_progress("100.0", "100%");
    assert_progress("0", "0%");
    assert_progress("42.50", "42.50%");
    assert_progress("1e2", "1e2%");
    assert_progress("null", NULL);
    assert_progress("[]", NULL);
}

/* ----------------------------------------------------------------- numbers */

static void assert_gib(const char *value, int64_t expected) {
    int64_t gib = -1;
    read_with("size", value);
    if (!rs_snapshot_gib(json.data, &snapshot, &gib))
        fail_msg("%s has no size", value);
    assert_true(gib == expected);
}

static void assert_no_gib(const char *value) {
    int64_t gib;
    read_with("size", value);
    if (rs_snapshot_gib(json.data, &snapshot, &gib))
        fail_msg("%s has a size", value);
}

static void reads_sizes(void **state) {
    (void)state;
    assert_gib("100", 100);
    assert_gib("0", 0);
    assert_gib("-0", 0);
    assert_gib("9223372036854775807", INT64_MAX);
    assert_gib("'10'", 10);
    assert_gib("10.0", 10);
    assert_gib("'10.0'", 10);
    assert_gib("1e3", 1000);
    assert_gib("'1\\u0030'", 10);
    assert_gib("' 10 '", 10);
}

static void has_no_size_where_it_is_none(void **state) {
    static const char *const without[] = {
        "-1",         "'-1'",   "10.5",   "'10.5'", "'10 GB'",
        "''",         "'ten'",  "'0x10'", "'1 0'",  "9223372036854775808",
        "1e300",      "-1e300", "true",   "null",   "[]",
        "{}",         "[10]",   "'[10]'", "'{}'",   "'true'",
        "'\\'10\\''", "'010'"};
    char digits[1030];
    (void)state;
    for (size_t i = 0; i < COUNT(without); i++)
        assert_no_gib(without[i]);
    memset(digits, '0', sizeof digits);
    memcpy(digits, "'1.", 3);
    memcpy(digits + 514, "'", 2);
    assert_no_gib(digits); /* longer than a number may be */
    memcpy(digits + 3, "\\u0030", 6);
    memset(digits + 514, '0', 6);
    memcpy(digits + 1025, "'", 2);
    assert_no_gib(digits);
}

/* ------------------------------------------------------------------- times */

static void assert_time(const char *value, double expected) {
    static const rs_field fields[] = {RS_FIELD_CREATED_AT, RS_FIELD_UPDATED_AT};
    for (int i = 0; i < 2; i++) {
        double seconds = -1;
        read_with(rs_field_name(fields[i]).data, value);
        if (!rs_snapshot_time(json.data, &snapshot, fields[i], &seconds))
            fail_msg("%s is no time", value);
        assert_memory_equal(&seconds, &expected, sizeof seconds);
    }
}

static void assert_no_time(const char *value) {
    double seconds;
    read_with("created_at", value);
    if (rs_snapshot_time(json.data, &snapshot, RS_FIELD_CREATED_AT, &seconds))
        fail_msg("%s is a time", value);
}

static void reads_times(void **state) {
    (void)state;
    assert_time("'2012-02-29T03:50:07Z'", 1330487407);
    assert_time("'2013\\u002d02-25T07:30:12.250000'", 1361777412.25);
    assert_time("1790899200", 1790899200);
    assert_time("1790899200.5", 1790899200.5);
    assert_time("1790899200500", 1790899200.5);
    assert_time("1.7908992005e12", 1790899200.5);
    assert_time("100000000000", 1e11);
    assert_time("100000000001", 100000000.001);
    assert_time("0", 0);
    assert_time("-1", -1);
    assert_time("-62167219200000", -62167219200.0);
}

static void has_no_time_where_it_is_none(void **state) {
    static const char *const without[] = {"'yesterday'",
                                          "''",
                                          "'1790899200'",
                                          "null",
                                          "true",
                                          "[]",
                                          "{}",
                                          "[1790899200]",
                                          "1e300",
                                          "-1e300",
                                          "253402300800000",
                                          "-62167219200001"};
    char text[1030];
    (void)state;
    for (size_t i = 0; i < COUNT(without); i++)
        assert_no_time(without[i]);
    memset(text, '0', sizeof text);
    memcpy(text, "'2013-02-25T07:30:12.\\u0030", 27);
    memcpy(text + 600, "'", 2);
    assert_no_time(text); /* longer than it would be decoded */
}

/* ---------------------------------------------------------------- booleans */

static void assert_quota(const char *value, int expected) {
    bool consumes = expected == 0;
    read_with("consumes_quota", value);
    bool found = rs_snapshot_consumes_quota(json.data, &snapshot, &consumes);
    if (found != (expected >= 0) || (found && consumes != (expected == 1)))
        fail_msg("%s", value);
}

static void reads_consumes_quota(void **state) {
    static const char *const yes[] = {"true",   "'true'",      "'True'",
                                      "'TRUE'", "1",           "1.0",
                                      "'1'",    "'tru\\u0065'"};
    static const char *const no[] = {"false", "'false'", "'False'", "0",
                                     "-0",    "'0'",     "'FALSE'"};
    static const char *const neither[] = {
        "null", "'yes'", "''",          "2",     "-1",      "0.5",
        "[]",   "{}",    "'truefalse'", "'tru'", "'truE '", "[true]"};
    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_quota(yes[i], 1);
    for (size_t i = 0; i < COUNT(no); i++)
        assert_quota(no[i], 0);
    for (size_t i = 0; i < COUNT(neither); i++)
        assert_quota(neither[i], -1);
}

/* ---------------------------------------------------------------- metadata */

/* "KEY=VALUE;" of each pair, decoded, "KEY;" where it is null. */
static void show_metadata(char *out, size_t size) {
    rs_metadata_reader reader;
    rs_pair pair;
    *out = '\0';
    rs_metadata_begin(&reader, json.data, &snapshot);
    while (rs_metadata_next(&reader, &pair)) {
        char key[64], value[64];
        rs_slice k = rs_text_decode(pair.key, key, sizeof key);
        rs_slice v = rs_text_decode(pair.value, value, sizeof value);
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%.*s%s%.*s;", (int)k.size, k.data,
                 v.data != NULL ? "=" : "", (int)v.size,
                 v.data != NULL ? v.data : "");
    }
    assert_false(rs_metadata_next(&reader, &pair));
}

static void assert_metadata(const char *value, const char *expected) {
    char shown[256];
    read_with("metadata", value);
    show_metadata(shown, sizeof shown);
    assert_string_equal(shown, expected);
}

static void walks_metadata_as_texts(void **state) {
    (void)state;
    assert_metadata("{}", "");
    assert_metadata("{'a':'b','c':''}", "a=b;c=;");
    assert_metadata("{'\\u0061':'\\n','k':'\xFF'}", "a=\n;k=\xEF\xBF\xBD;");
    assert_metadata("{'i':7,'r':1.50,'t':true,'f':false,'n':null}",
                    "i=7;r=1.50;t=true;f=false;n;");
    assert_metadata("{'l':[1, 2],'o':{ },'a':'b'}", "l=[1, 2];o={ };a=b;");
    assert_metadata("{'a':1,'a':2}", "a=1;a=2;");
}

static void has_no_metadata_where_it_is_no_object(void **state) {
    static const char *const without[] = {"null", "[]",   "['a']", "'a'",
                                          "7",    "true", "''"};
    (void)state;
    for (size_t i = 0; i < COUNT(without); i++)
        assert_metadata(without[i], "");
    read("{'id':'i'}");
    char shown[8];
    show_metadata(shown, sizeof shown);
    assert_string_equal(shown, "");
}

static void assert_found(const char *value, const char *key,
                         const char *expected) {
    rs_text text;
    read_with("metadata", value);
    bool found = rs_metadata_find(json.data, &snapshot,
                                  (rs_slice){key, strlen(key)}, &text);
    assert_int_equal(found, expected != NULL);
    if (expected != NULL) {
        assert_true(
            rs_text_equals(text, (rs_slice){expected, strlen(expected)}));
    }
}

static void finds_metadata_by_key(void **state) {
    (void)state;
    assert_found("{'a':'b','c':'d'}", "c", "d");
    assert_found("{'a':'b','c':'d'}", "x", NULL);
    assert_found("{'\\u0061':'\\u0062'}", "a", "b");
    assert_found("{'a':7}", "a", "7");
    assert_found("{'a':[7]}", "a", "[7]");
    assert_found("{'a':'1','a':'2'}", "a", "2");
    assert_found("{'a':'1','a':null}", "a", NULL);
    assert_found("{'a':null,'a':'2'}", "a", "2");
    assert_found("{'':'e'}", "", "e");
    assert_found("[]", "a", NULL);
}

/* ----------------------------------------------------------------- members */

static void assert_member(const char *text, const char *name,
                          const char *expected) {
    rs_slice found;
    read(text);
    bool there = rs_snapshot_member(json.data, &snapshot,
                                    (rs_slice){name, strlen(name)}, &found);
    assert_int_equal(there, expected != NULL);
    if (expected != NULL) {
        assert_int_equal(found.size, strlen(expected));
        assert_memory_equal(text + (found.data - json.data), expected,
                            found.size);
    }
}

static void gives_the_json_of_any_member(void **state) {
    static const char text[] =
        "{'id':'i','size':-1,'x':{'y':[1]},'s':'\\n','n':null,'z':[],"
        "'\\u0061':true,'d':1,'d':'2'}";
    (void)state;
    assert_member(text, "id", "'i'");
    assert_member(text, "size", "-1");
    assert_member(text, "x", "{'y':[1]}");
    assert_member(text, "s", "'\\n'");
    assert_member(text, "n", "null");
    assert_member(text, "z", "[]");
    assert_member(text, "a", "true");
    assert_member(text, "d", "'2'");
    assert_member(text, "y", NULL);
    assert_member(text, "", NULL);
}

static int forget(void **state) {
    (void)state;
    free((char *)json.data);
    json = (rs_slice){NULL, 0};
    return 0;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_texts_of_every_scalar),
        cmocka_unit_test(gives_progress_its_unit),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(has_no_size_where_it_is_none),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(has_no_time_where_it_is_none),
        cmocka_unit_test(reads_consumes_quota),
        cmocka_unit_test(walks_metadata_as_texts),
        cmocka_unit_test(has_no_metadata_where_it_is_no_object),
        cmocka_unit_test(finds_metadata_by_key),
        cmocka_unit_test(gives_the_json_of_any_member),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
