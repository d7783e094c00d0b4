#include "parse/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXTENDED "os-extended-snapshot-attributes:"

#define UNEXPECTED(at) "invalid JSON at byte " #at ": unexpected character"

static rs_decode_error error;

/* A copy without a byte to spare, so that a sanitizer sees every overread. For
 * legibility the tests' JSON has ' for ", which is undone here. */
static rs_slice exact_copy(const char *data) {
    size_t size = strlen(data);
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    for (size_t i = 0; i < size; i++) {
        copy[i] = data[i];
        if (copy[i] == '\'') {
            copy[i] = '"';
        }
    }
    return (rs_slice){copy, size};
}

static bool parse(const char *json, rs_snapshot *snapshot) {
    rs_slice copy = exact_copy(json);
    bool ok = rs_snapshot_parse(copy, snapshot, &error);
    free((char *)copy.data);
    return ok;
}

/* Parses what has to be a snapshot. */
static rs_snapshot parsed(const char *json) {
    rs_snapshot snapshot;
    if (!parse(json, &snapshot)) {
        fail_msg("%s: %s", json, error.message);
    }
    assert_int_equal(snapshot.size, strlen(json));
    return snapshot;
}

static void assert_error(const char *json, const char *message) {
    rs_snapshot snapshot;
    if (parse(json, &snapshot)) {
        fail_msg("accepted %s", json);
    }
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

/* {"id": "i", "WIRE": VALUE}, and what comes of it. */
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
    {EXTENDED "progress", "'42%'", "42%", RS_FIELD_PROGRESS, RS_VALUE_STRING},
    {EXTENDED "project_id", "'p'", "p", RS_FIELD_PROJECT_ID, RS_VALUE_STRING},
    {"metadata", "{'k': 'v'}", "{'k': 'v'}", RS_FIELD_METADATA,
     RS_VALUE_OBJECT},
    {"created_at", "'c'", "c", RS_FIELD_CREATED_AT, RS_VALUE_STRING},
    {"updated_at", "'u'", "u", RS_FIELD_UPDATED_AT, RS_VALUE_STRING},
    {"user_id", "'me'", "me", RS_FIELD_USER_ID, RS_VALUE_STRING},
    {"group_snapshot_id", "'g'", "g", RS_FIELD_GROUP_SNAPSHOT_ID,
     RS_VALUE_STRING},
    {"consumes_quota", "true", "true", RS_FIELD_CONSUMES_QUOTA,
     RS_VALUE_BOOLEAN},
};

static const char *with(const char *wire, const char *value) {
    static char json[512];
    snprintf(json, sizeof json, "{'id': 'i', '%s': %s, 'x': [{}]}", wire,
             value);
    return json;
}

/* --- Fields --- */

static void reads_every_field(void **state) {
    (void)state;
    assert_value("{'id':'i'}", RS_FIELD_ID, RS_VALUE_STRING, "i");
    for (size_t i = 0; i < COUNT(members); i++) {
        const char *json = with(members[i].wire, members[i].value);
        assert_value(json, members[i].field, members[i].type, members[i].text);
        for (int other = RS_FIELD_ID + 1; other < RS_FIELD_COUNT; other++) {
            if (other != (int)members[i].field) {
                assert_none(json, (rs_field)other);
            }
        }
    }
}

static void takes_null_for_absent(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        assert_none(with(members[i].wire, "null"), members[i].field);
    }
    assert_int_equal(parsed(with("size", "null")).gib, 0);
    assert_false(parsed(with("consumes_quota", "null")).consumes_quota);
}

static void refuses_other_types_in_every_field(void **state) {
    static const struct {
        const char *value, *name;
        rs_value_type type;
    } others[] = {
        {"'s'", "a string", RS_VALUE_STRING},
        {"1", "an integer", RS_VALUE_INTEGER},
        {"1.5", "a real number", RS_VALUE_NONE},
        {"true", "a boolean", RS_VALUE_BOOLEAN},
        {"{}", "an object", RS_VALUE_OBJECT},
        {"[]", "an array", RS_VALUE_NONE},
    };
    static const char *const wanted[] = {
        "", "a string", "a string", "an integer", "a boolean", "an object"};
    char message[sizeof error.message];
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        rs_value_type type = members[i].type;
        type = type == RS_VALUE_ESCAPED ? RS_VALUE_STRING : type;
        for (size_t j = 0; j < COUNT(others); j++) {
            if (others[j].type != type) {
                snprintf(message, sizeof message,
                         "snapshot.%s: expected %s, got %s", members[i].wire,
                         wanted[type], others[j].name);
                assert_error(with(members[i].wire, others[j].value), message);
            }
        }
    }
}

static void needs_an_id(void **state) {
    (void)state;
    assert_error("{}", "snapshot.id: missing");
    assert_error("{'id':null}", "snapshot.id: missing");
    assert_error("{'id':''}", "snapshot.id: empty");
    assert_error("{'id':7}", "snapshot.id: expected a string, got an integer");
}

static void reads_sizes(void **state) {
    (void)state;
    assert_int_equal(parsed(with("size", "100")).gib, 100);
    assert_true(parsed(with("size", "9223372036854775807")).gib == INT64_MAX);
    assert_error(
        with("size", "-1"),
        "snapshot.size: expected a size in GiB, got a negative number");
}

static void reads_consumes_quota(void **state) {
    (void)state;
    assert_true(parsed(with("consumes_quota", "true")).consumes_quota);
    assert_false(parsed(with("consumes_quota", "false")).consumes_quota);
}

static void checks_metadata(void **state) {
    static const char *const bad[] = {"{'k':[]}", "{'k':null,'l':['v']}"};
    (void)state;
    assert_value(with("metadata", "{}"), RS_FIELD_METADATA, RS_VALUE_OBJECT,
                 "{}");
    assert_value(with("metadata", "{'a}\\n' : '}'}"), RS_FIELD_METADATA,
                 RS_VALUE_OBJECT, "{'a}\\n' : '}'}");
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_error(with("metadata", bad[i]),
                     "snapshot.metadata: expected only strings in it, "
                     "got an array");
    }
}

static void tells_escaped_strings(void **state) {
    (void)state;
    assert_value(with("name", "'\\u017elu\\u0165'"), RS_FIELD_NAME,
                 RS_VALUE_ESCAPED, "\\u017elu\\u0165");
    assert_value("{'id':'a\\/b'}", RS_FIELD_ID, RS_VALUE_ESCAPED, "a\\/b");
    assert_name(with("name", "'\xC5\xBE'"), "\xC5\xBE");
}

static void knows_keys_however_they_are_spelled(void **state) {
    char key[6 * 64], *out = key;
    (void)state;
    assert_value("{'\\u0069d':'i'}", RS_FIELD_ID, RS_VALUE_STRING, "i");
    for (const char *in = EXTENDED "project_id"; *in != '\0'; in++) {
        out += snprintf(out, 7, "\\u%04x", (unsigned)*in);
    }
    assert_value(with(key, "'p'"), RS_FIELD_PROJECT_ID, RS_VALUE_STRING, "p");
    memset(key, 'x', sizeof key - 1);
    memcpy(key, "\\n", 2);
    key[sizeof key - 1] = '\0';
    assert_none(with(key, "1"), RS_FIELD_PROJECT_ID);
}

/* --- Both spellings, and duplicates --- */

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
    assert_int_equal(parsed("{'id':'i','size':1,'size':null}").gib, 0);
    assert_none("{'id':'i','size':1,'size':null}", RS_FIELD_SIZE);
    assert_error("{'id':'i','size':'1','size':1}",
                 "snapshot.size: expected an integer, got a string");
}

static void duplicates_count_within_their_own_spelling(void **state) {
    (void)state;
    assert_name("{'id':'i','name':'a','display_name':'b','display_name':null}",
                "a");
    assert_name("{'id':'i','name':'a','display_name':'b','name':null}", "b");
    assert_name("{'id':'i','name':'a','display_name':'b','name':'c'}", "c");
}

/* --- The text around a snapshot --- */

static void refuses_what_is_no_bare_snapshot(void **state) {
    (void)state;
    assert_error("", "invalid JSON at byte 0: unexpected end of text");
    assert_error("[]", "snapshot: expected an object, got an array");
    assert_error(" {'id':'i'}", "snapshot: does not begin with its brace");
    assert_error("{'id':'i'}x",
                 "invalid JSON at byte 10: text after the value");
    assert_error("{'id':'i','x':[1,]}", UNEXPECTED(17));
    assert_error("{'id':'i','metadata':{'a'}}", UNEXPECTED(25));
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

static void assert_span(const char *json, rs_span span, const char *expected) {
    assert_int_equal(span.size, strlen(expected));
    assert_memory_equal(json + span.offset, expected, span.size);
}

static void assert_found(const char *json, const char *expected) {
    rs_span span;
    rs_slice copy = exact_copy(json);
    bool ok = rs_snapshot_find(copy, &span, &error);
    free((char *)copy.data);
    if (ok) {
        assert_span(json, span, expected);
    } else {
        assert_string_equal(error.message, expected);
    }
}

static void finds_the_snapshot_in_its_envelope(void **state) {
    (void)state;
    assert_found("{'snapshot':{}}", "{}");
    assert_found(" {'a':[{}], 'snapshot' : {'id':1} , 'b':1} ", "{'id':1}");
    assert_found("{'snapshot':{},'snapshot':{'b':1}}", "{'b':1}");
    assert_found("{'snapsho\\u0074':{}}", "{}");
    assert_found("{}", "snapshot: missing");
    assert_found("{'snapshot':[]}",
                 "snapshot: expected an object, got an array");
    assert_found("{'snapshot':null}", "snapshot: expected an object, got null");
    assert_found("[]", "expected an object, got an array");
    assert_found("{'snapshot':{'a':1,}}", UNEXPECTED(19));
    assert_found("{'snapshot':{}} x",
                 "invalid JSON at byte 16: text after the value");
}

/* --- Pages --- */

/* Parses a page from an exactly sized copy; its link and spans are moved back
 * to json. */
static bool parse_page(const char *json, rs_page *page, rs_span *spans,
                       size_t capacity) {
    rs_slice copy = exact_copy(json);
    bool ok = rs_page_parse(copy, page, spans, capacity, &error);
    if (ok && page->next_link.size > 0) {
        page->next_link.data = json + (page->next_link.data - copy.data);
    }
    free((char *)copy.data);
    return ok;
}

static rs_page parsed_page(const char *json) {
    rs_page page;
    if (!parse_page(json, &page, NULL, 0)) {
        fail_msg("%s: %s", json, error.message);
    }
    return page;
}

static void assert_page_error(const char *json, const char *message) {
    rs_page page;
    if (parse_page(json, &page, NULL, 0)) {
        fail_msg("accepted %s", json);
    }
    assert_string_equal(error.message, message);
}

static void reads_small_pages(void **state) {
    static const char json[] =
        "{'snapshots': [ {'id': 'a'} , {'id':'b','size':2}]}";
    rs_span spans[2];
    rs_page page = parsed_page("{'snapshots': []}");
    (void)state;
    assert_int_equal(page.count, 0);
    assert_true(page.total == -1);
    assert_int_equal(page.next_link.size, 0);
    assert_true(parse_page(json, &page, spans, 2));
    assert_int_equal(page.count, 2);
    assert_span(json, spans[0], "{'id': 'a'}");
    assert_span(json, spans[1], "{'id':'b','size':2}");
}

/* {"snapshots": [...]} of so many; to be freed. */
static char *make_page(int count) {
    size_t room = 64 + (size_t)count * 32;
    char *json = malloc(room), *out = json;
    assert_non_null(json);
    out += snprintf(out, room, "{'snapshots':[");
    for (int i = 0; i < count; i++) {
        out += snprintf(out, 32, "%s{'id':'%d'}", i > 0 ? "," : "", i);
    }
    memcpy(out, "]}", 3);
    return json;
}

static void counts_past_its_capacity(void **state) {
    char *json = make_page(1500), expected[32];
    rs_span *spans = calloc(1024, sizeof *spans);
    rs_page page;
    (void)state;
    assert_non_null(spans);
    assert_true(parse_page(json, &page, spans, 1024));
    assert_int_equal(page.count, 1500);
    for (int i = 0; i < 1024; i++) {
        snprintf(expected, sizeof expected, "{'id':'%d'}", i);
        assert_span(json, spans[i], expected);
    }
    free(spans);
    free(json);
}

static void checks_the_envelope(void **state) {
    (void)state;
    assert_page_error("{}", "snapshots: missing");
    assert_page_error("{'snapshots':{}}",
                      "snapshots: expected an array, got an object");
    assert_page_error("{'snapshots':null}",
                      "snapshots: expected an array, got null");
    assert_page_error("[]", "expected an object, got an array");
    assert_page_error("", "invalid JSON at byte 0: unexpected end of text");
    assert_page_error("{'snapshots':[]} {}",
                      "invalid JSON at byte 17: text after the value");
    assert_page_error("{'snapshots':[,]}", UNEXPECTED(14));
}

static void checks_every_snapshot_of_a_page(void **state) {
    (void)state;
    assert_page_error("{'snapshots':[{'id':'a'},7]}",
                      "snapshots[1]: expected an object, got an integer");
    assert_page_error("{'snapshots':[{'id':'a'},{}]}",
                      "snapshots[1].id: missing");
    assert_page_error("{'snapshots':[{'id':'a','size':'1'}]}",
                      "snapshots[0].size: expected an integer, got a string");
    assert_page_error("{'snapshots':[{'id':'a','x':nul}]}", UNEXPECTED(31));
}

static void skips_unknown_members(void **state) {
    (void)state;
    rs_page page = parsed_page(
        "{'a':{'snapshots':1},'snapshots':[{'x':{'id':1},'id':'a'}],'y':[{}]}");
    assert_int_equal(page.count, 1);
}

static void the_last_list_wins(void **state) {
    (void)state;
    rs_page page = parsed_page("{'snapshots':[{'id':'a'},{'id':'b'}],'count':7,"
                               "'count':null,'snapshots':[{'id':'c'}]}");
    assert_int_equal(page.count, 1);
    assert_true(page.total == -1);
}

/* A page that has these links, or this count. */
static const char *page_with(const char *key, const char *value) {
    static char json[1024];
    snprintf(json, sizeof json, "{'%s': %s, 'snapshots': []}", key, value);
    return json;
}

static void assert_link(const char *links, const char *expected) {
    rs_page page = parsed_page(page_with("snapshots_links", links));
    assert_int_equal(page.next_link.size, strlen(expected));
    assert_memory_equal(page.next_link.data, expected, page.next_link.size);
    assert_true(page.next_escaped == (strchr(expected, '\\') != NULL));
}

static void finds_the_next_link(void **state) {
    (void)state;
    assert_link("[{'rel':'next','href':'http://h/?a=1&b=2'}]",
                "http://h/?a=1&b=2");
    assert_link("[{'href':'/v3','x':{},'rel':'next'}]", "/v3");
    assert_link("[{'rel':'next','href':'http:\\/\\/h'}]", "http:\\/\\/h");
    assert_link("[{'rel':'n\\u0065xt','hr\\u0065f':'x'}]", "x");
    assert_link("[{'rel':'previous','href':'p'},{'rel':'next','href':'n'},{'"
                "rel':'self','href':null}]",
                "n");
}

static void does_without_a_next_link(void **state) {
    (void)state;
    assert_link("[]", "");
    assert_link("null", "");
    assert_link("[{'rel':'previous','href':'p'}]", "");
    assert_link("[{'rel':'Next','href':'p'}]", "");
}

/* The message comes without its beginning, "snapshots_links". */
static void assert_link_error(const char *links, const char *message) {
    rs_page page;
    assert_false(
        parse_page(page_with("snapshots_links", links), &page, NULL, 0));
    assert_memory_equal(error.message, "snapshots_links", 15);
    assert_string_equal(error.message + 15, message);
}

static void refuses_links_of_a_wrong_shape(void **state) {
    (void)state;
    assert_link_error("{}", ": expected an array, got an object");
    assert_link_error("[7]", "[0]: expected an object, got an integer");
    assert_link_error("[{'rel':'self'},{}]", "[1].rel: missing");
    assert_link_error("[{'rel':null}]", "[0].rel: expected a string, got null");
    assert_link_error("[{'rel':'next'}]", "[0].href: missing");
    assert_link_error("[{'rel':'next','href':''}]", "[0].href: empty");
    assert_link_error("[{'href':null,'rel':'next'}]",
                      "[0].href: expected a string, got null");
    assert_link_error("[{'href':[1],'rel':'next'}]",
                      "[0].href: expected a string, got an array");
    assert_page_error("{'snapshots_links':[{'rel':'next',}]}", UNEXPECTED(34));
}

static void limits_the_length_of_the_link(void **state) {
    static const char format[] =
        "{'snapshots':[],'snapshots_links':[{'rel':'next','href':'%s'}]}";
    static char href[16 * 1024 + 2], json[sizeof href + sizeof format];
    (void)state;
    memset(href, 'x', sizeof href - 2);
    snprintf(json, sizeof json, format, href);
    assert_int_equal(parsed_page(json).next_link.size, 16 * 1024);
    href[sizeof href - 2] = 'x';
    snprintf(json, sizeof json, format, href);
    assert_page_error(json, "snapshots_links[0].href: longer than 16 KiB");
}

static void reads_the_count(void **state) {
    (void)state;
    assert_true(parsed_page(page_with("count", "617")).total == 617);
    assert_true(parsed_page(page_with("count", "null")).total == -1);
    assert_page_error(page_with("count", "'1'"),
                      "count: expected an integer, got a string");
    assert_page_error(page_with("count", "-1"),
                      "count: expected a count, got a negative number");
}

static void refuses_texts_of_4_gib(void **state) {
#if SIZE_MAX > UINT32_MAX
    rs_slice huge = {"{}", (size_t)UINT32_MAX + 1};
    rs_snapshot snapshot;
    rs_span span;
    rs_page page;
    assert_false(rs_snapshot_parse(huge, &snapshot, &error));
    assert_false(rs_snapshot_find(huge, &span, &error));
    assert_false(rs_page_parse(huge, &page, NULL, 0, &error));
    assert_string_equal(error.message, "the text is 4 GiB long or more");
#endif
    (void)state;
}

/* --- Names --- */

static rs_slice slice(const char *text) {
    return (rs_slice){text, strlen(text)};
}

static void knows_its_fields_by_name(void **state) {
    (void)state;
    for (int i = 0; i < RS_FIELD_COUNT; i++) {
        const char *name = rs_field_name((rs_field)i);
        assert_int_equal(rs_field_find(slice(name)), i);
    }
    assert_string_equal(rs_field_name(RS_FIELD_PROJECT_ID), "project_id");
    assert_int_equal(rs_field_find(slice("display_name")), RS_FIELD_COUNT);
    assert_int_equal(rs_field_find(slice("nam")), RS_FIELD_COUNT);
    assert_int_equal(rs_field_find(slice("")), RS_FIELD_COUNT);
}

static void knows_its_wire_names(void **state) {
    (void)state;
    assert_true(rs_field_is_wire_name(slice("id")));
    for (size_t i = 0; i < COUNT(members); i++) {
        assert_true(rs_field_is_wire_name(slice(members[i].wire)));
    }
    assert_false(rs_field_is_wire_name(slice("project_id")));
    assert_false(rs_field_is_wire_name(slice("progress")));
    assert_false(rs_field_is_wire_name(slice(EXTENDED)));
    assert_false(rs_field_is_wire_name(slice("")));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(takes_null_for_absent),
        cmocka_unit_test(refuses_other_types_in_every_field),
        cmocka_unit_test(needs_an_id),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(reads_consumes_quota),
        cmocka_unit_test(checks_metadata),
        cmocka_unit_test(tells_escaped_strings),
        cmocka_unit_test(knows_keys_however_they_are_spelled),
        cmocka_unit_test(a_value_wins_over_a_null),
        cmocka_unit_test(the_last_of_two_values_wins),
        cmocka_unit_test(the_last_of_duplicates_wins),
        cmocka_unit_test(duplicates_count_within_their_own_spelling),
        cmocka_unit_test(refuses_what_is_no_bare_snapshot),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(finds_the_snapshot_in_its_envelope),
        cmocka_unit_test(reads_small_pages),
        cmocka_unit_test(counts_past_its_capacity),
        cmocka_unit_test(checks_the_envelope),
        cmocka_unit_test(checks_every_snapshot_of_a_page),
        cmocka_unit_test(skips_unknown_members),
        cmocka_unit_test(the_last_list_wins),
        cmocka_unit_test(finds_the_next_link),
        cmocka_unit_test(does_without_a_next_link),
        cmocka_unit_test(refuses_links_of_a_wrong_shape),
        cmocka_unit_test(limits_the_length_of_the_link),
        cmocka_unit_test(reads_the_count),
        cmocka_unit_test(refuses_texts_of_4_gib),
        cmocka_unit_test(knows_its_fields_by_name),
        cmocka_unit_test(knows_its_wire_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
