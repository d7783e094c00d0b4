#include "parse/page.h"

#include "documents.h"

#define MAX_ROWS 2000

static rs_decode_error error;

/* The rows of the last page. */
static rs_record rows[MAX_ROWS];

/* Reads a page from an exactly sized copy; its link is moved back to json. */
static bool read_page(const char *json, rs_page *page) {
    rs_slice copy = exact_copy(json);
    rs_page_reader reader;
    rs_record record;
    rs_row row;
    rs_page_begin(&reader, copy, &error);
    while ((row = rs_page_next(&reader, &record)) == RS_ROW) {
        assert_in_range(reader.page.count, 1, MAX_ROWS);
        rows[reader.page.count - 1] = record;
    }
    assert_int_equal(rs_page_next(&reader, &record), row);
    *page = reader.page;
    if (page->next_link.size > 0)
        page->next_link.data = json + (page->next_link.data - copy.data);
    free((char *)copy.data);
    return row == RS_ROWS_END;
}

static rs_page parsed_page(const char *json) {
    rs_page page;
    if (!read_page(json, &page))
        fail_msg("%s: %s", json, error.message);
    return page;
}

static void assert_page_error(const char *json, const char *message) {
    rs_page page;
    if (read_page(json, &page))
        fail_msg("accepted %s", json);
    assert_string_equal(error.message, message);
}

/* Checks that row number i of the last page is that object. */
static void assert_row(const char *json, size_t i, const char *expected) {
    assert_int_equal(rows[i].snapshot.size, strlen(expected));
    assert_memory_equal(json + rows[i].offset, expected, strlen(expected));
}

static void assert_rows(const char *json, size_t count) {
    assert_int_equal(parsed_page(json).count, count);
}

/* -------------------------------------------------------------------- rows */

static void reads_small_pages(void **state) {
    static const char json[] =
        "{'snapshots': [ {'id': 'a'} , {'id':'b','size':2}]}";
    rs_page page = parsed_page("{'snapshots': []}");
    (void)state;
    assert_int_equal(page.count, 0);
    assert_true(page.total == -1);
    assert_int_equal(page.next_link.size, 0);
    assert_rows(json, 2);
    assert_row(json, 0, "{'id': 'a'}");
    assert_row(json, 1, "{'id':'b','size':2}");
    rs_value size = rows[1].snapshot.fields[RS_FIELD_SIZE];
    assert_int_equal(size.type, RS_VALUE_INTEGER);
    assert_int_equal(size.offset, 17);
    assert_int_equal(size.size, 1);
    assert_rows("\xEF\xBB\xBF {'snapshots':[{'id':'a'}]}", 1);
}

/* {"snapshots": [...]} with this many; to be freed. */
static char *make_page(int count) {
    size_t room = 64 + (size_t)count * 32;
    char *json = malloc(room), *out = json;
    assert_non_null(json);
    out += snprintf(out, room, "{'snapshots':[");
    for (int i = 0; i < count; i++)
        out += snprintf(out, 32, "%s{'id':'%d'}", i > 0 ? "," : "", i);
    memcpy(out, "]}", 3);
    return json;
}

static void hands_out_every_row_in_order(void **state) {
    char *json = make_page(1500), expected[32];
    (void)state;
    assert_rows(json, 1500);
    for (int i = 0; i < 1500; i++) {
        snprintf(expected, sizeof expected, "{'id':'%d'}", i);
        assert_row(json, (size_t)i, expected);
    }
    free(json);
}

static void leaves_out_rows_that_are_null(void **state) {
    static const char json[] =
        "{'snapshots':[null,{'id':'a'}, null ,null,{'id':'b'},null]}";
    (void)state;
    assert_rows(json, 2);
    assert_row(json, 0, "{'id':'a'}");
    assert_row(json, 1, "{'id':'b'}");
    assert_rows("{'snapshots':[null]}", 0);
}

static void takes_a_list_that_is_null_for_an_empty_one(void **state) {
    (void)state;
    assert_rows("{'snapshots':null}", 0);
    assert_rows("{'snapshots':[{'id':'a'}],'snapshots':null}", 0);
    assert_rows("{'snapshots':null,'snapshots':[{'id':'a'}]}", 1);
}

static void checks_the_envelope(void **state) {
    (void)state;
    assert_page_error("{}", "snapshots: missing");
    assert_rows("{'snapshots':{}}", 0);
    assert_rows("{'snapshots':{},'snapshots':[{'id':'a'}]}", 1);
    assert_page_error("{'snapshots':{'id':'a'}}",
                      "snapshots: expected an array, got an object");
    assert_page_error("{'snapshots':''}",
                      "snapshots: expected an array, got a string");
    assert_page_error("{'snapshots':false}",
                      "snapshots: expected an array, got a boolean");
    assert_page_error("[]", "expected an object, got an array");
    assert_page_error("", "invalid JSON at byte 0: unexpected end of text");
    assert_page_error("{'snapshots':[]} {}",
                      "invalid JSON at byte 17: text after the value");
    assert_page_error("{'snapshots':[,]}", UNEXPECTED(14));
    assert_page_error("{'snapshots':[null,]}", UNEXPECTED(19));
    assert_page_error("{'snapshots':[{'id':'a'}}", UNEXPECTED(24));
}

static void checks_every_snapshot_of_a_page(void **state) {
    (void)state;
    assert_page_error("{'snapshots':[{'id':'a'},7]}",
                      "snapshots[1]: expected an object, got an integer");
    assert_page_error("{'snapshots':[{'id':'a'},[]]}",
                      "snapshots[1]: expected an object, got an array");
    assert_page_error("{'snapshots':[{'id':'a'},{}]}",
                      "snapshots[1].id: missing");
    assert_page_error("{'snapshots':[null,{'id':'a'},null,{'name':'n'}]}",
                      "snapshots[3].id: missing (the snapshot named \"n\")");
    assert_page_error("{'snapshots':[{'id':'a'},{'id':{}}]}",
                      "snapshots[1].id: expected a string, got an object");
    assert_page_error("{'snapshots':[{'id':'a','x':nul}]}", UNEXPECTED(31));
    assert_rows("{'snapshots':[{'id':7,'size':'1','metadata':[]}]}", 1);
}

static void skips_unknown_members(void **state) {
    (void)state;
    assert_rows("{'a':{'snapshots':1},'snapshots':[{'x':{'id':1},'id':'a'}],"
                "'y':[{}],'z':{'snapshots':[{'id':'b'}]}}",
                1);
}

static void the_last_list_wins(void **state) {
    static const char json[] = "{'snapshots':[{'id':'a'},{'id':'b'}],'count':7,"
                               "'count':null,'snapshots':[{'id':'c'}]}";
    (void)state;
    rs_page page = parsed_page(json);
    assert_int_equal(page.count, 1);
    assert_true(page.total == -1);
    assert_row(json, 0, "{'id':'c'}");
}

static void refuses_every_truncation(void **state) {
    static const char whole[] =
        "{'snapshots': [{'id': 'i', 'metadata': {'k': '\\u00e9'}, 'size': 12},"
        " null, {'id': 1.5, 'x': [{}]}], 'next': {'href': 'h'}, 'links': "
        "[{'rel': 'self'}], 'count': '3'}";
    char cut[sizeof whole];
    rs_page page;
    (void)state;
    assert_rows(whole, 2);
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        memcpy(cut, whole, size);
        cut[size] = '\0';
        assert_false(read_page(cut, &page));
        assert_non_null(strstr(error.message, "invalid JSON at byte "));
    }
}

/* --------------------------------------------------------- around the rows */

/* A page that has these links, or this count. */
static const char *page_with(const char *key, const char *value) {
    static char json[1024];
    snprintf(json, sizeof json, "{'%s': %s, 'snapshots': []}", key, value);
    return json;
}

static void assert_link_in(const char *key, const char *links,
                           const char *expected) {
    rs_page page = parsed_page(page_with(key, links));
    assert_int_equal(page.next_link.size, strlen(expected));
    if (page.next_link.size > 0)
        assert_memory_equal(page.next_link.data, expected, page.next_link.size);
    assert_true(page.next_escaped == (strchr(expected, '\\') != NULL));
}

static void assert_link(const char *links, const char *expected) {
    assert_link_in("snapshots_links", links, expected);
    assert_link_in("snapshot_links", links, expected);
    assert_link_in("links", links, expected);
    assert_link_in("link\\u0073", links, expected);
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
    assert_link("[{'rel':'Next','href':'p'}]", "p");
    assert_link("[{'rel':'NEXT','href':'p'}]", "p");
}

static void finds_the_next_link_in_an_object(void **state) {
    (void)state;
    assert_link("{'rel':'next','href':'p'}", "p");
    assert_link("{'self':'s','next':'p','previous':null}", "p");
    assert_link("{'self':{'href':'s'},'next':{'href':'p','x':[1]}}", "p");
    assert_link("[null,{'next':'p'}]", "p");
    assert_link_in("next", "'p'", "p");
    assert_link_in("next", "{'href':'p'}", "p");
    assert_link_in("next", "{'x':{'href':'q'},'href':'p'}", "p");
}

static void does_without_a_next_link(void **state) {
    static const char *const without[] = {
        "[]",
        "null",
        "{}",
        "''",
        "7",
        "[7]",
        "[[{'rel':'next','href':'p'}]]",
        "[{'rel':'previous','href':'p'}]",
        "[{'rel':'nextpage','href':'p'}]",
        "[{'rel':['next'],'href':'p'}]",
        "[{'rel':null,'href':'p'}]",
        "[{'href':'p'}]",
        "[{'rel':'next'}]",
        "[{'rel':'next','href':''}]",
        "[{'rel':'next','href':null}]",
        "[{'rel':'next','href':[1]}]",
        "{'next':null}",
        "{'next':''}",
        "{'next':{}}",
        "{'next':{'href':{}}}",
        "{'next':['p']}",
        "{'next':{'next':'p'}}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(without); i++)
        assert_link(without[i], "");
    assert_link_in("next", "null", "");
    assert_link_in("next", "{}", "");
    assert_link_in("next", "['p']", "");
    assert_link_in("next", "true", "");
    assert_link_in("previous", "'p'", "");
}

static void a_link_is_not_undone_by_none(void **state) {
    rs_page page = parsed_page(
        "{'snapshots':[],'snapshots_links':[{'rel':'next','href':'n'}],"
        "'links':[{'rel':'self','href':'s'}],'next':null}");
    (void)state;
    assert_int_equal(page.next_link.size, 1);
    assert_int_equal(page.next_link.data[0], 'n');
}

static void refuses_broken_links(void **state) {
    (void)state;
    assert_page_error("{'snapshots_links':[{'rel':'next',}]}", UNEXPECTED(34));
    assert_page_error("{'links':{'next':{'href':}}}", UNEXPECTED(25));
    assert_page_error("{'links':[{'rel':[}]}", UNEXPECTED(18));
    assert_page_error("{'links':[7,]}", UNEXPECTED(12));
    assert_page_error("{'next':[7,]}", UNEXPECTED(11));
    assert_page_error("{'next':{'href':[7,]}}", UNEXPECTED(19));
    assert_page_error("{'next':{,}}", UNEXPECTED(9));
    assert_page_error("{'links':[[,]]}", UNEXPECTED(11));
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
    assert_page_error(json, "snapshots_links: the next page's link is longer "
                            "than 16 KiB");
}

static void assert_total(const char *count, int64_t expected) {
    assert_true(parsed_page(page_with("count", count)).total == expected);
}

static void reads_the_count(void **state) {
    (void)state;
    assert_total("617", 617);
    assert_total("0", 0);
    assert_total("null", -1);
    assert_total("'617'", 617);
    assert_total("'6\\u00317'", 617);
    assert_total("617.0", 617);
    assert_total("-1", -1);
    assert_total("'-1'", -1);
    assert_total("1.5", -1);
    assert_total("'many'", -1);
    assert_total("''", -1);
    assert_total("[1]", -1);
    assert_total("{'a':1}", -1);
    assert_total("true", -1);
    assert_page_error("{'count':[1,]}", UNEXPECTED(12));
}

static void reads_volumes_with_and_without_an_id(void **state) {
    static const char json[] =
        "{\"volumes\": [{\"id\": \"a\", \"attachments\": [{}]}, null, {}, "
        "{\"id\": \"\"}, {\"id\": 3}], \"volumes_links\": [{\"rel\": \"next\", "
        "\"href\": \"x?marker=a\"}]}";
    const rs_value_type types[] = {RS_VALUE_STRING, RS_VALUE_NONE,
                                   RS_VALUE_STRING, RS_VALUE_INTEGER};
    (void)state;
    rs_page_reader reader;
    rs_record record;
    rs_page_begin(&reader, (rs_slice){json, sizeof json - 1}, &error);
    rs_page_of_volumes(&reader);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(rs_page_next(&reader, &record), RS_ROW);
        assert_int_equal(record.snapshot.fields[RS_FIELD_ID].type, types[i]);
    }
    assert_int_equal(rs_page_next(&reader, &record), RS_ROWS_END);
    assert_int_equal(reader.page.nulls, 1);
    assert_memory_equal(reader.page.next_link.data, "x?marker=a", 10);
}

static void refuses_volumes_that_are_none(void **state) {
    static const char *const texts[][2] = {
        {"{\"snapshots\": []}", "volumes: missing"},
        {"{\"volumes\": [1]}",
         "volumes[0]: expected an object, got an integer"},
        {"{\"volumes\": {\"id\": 1}}",
         "volumes: expected an array, got an object"}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rs_page_reader reader;
        rs_record record;
        rs_page_begin(&reader, (rs_slice){texts[i][0], strlen(texts[i][0])},
                      &error);
        rs_page_of_volumes(&reader);
        assert_int_equal(rs_page_next(&reader, &record), RS_ROWS_BAD);
        assert_string_equal(error.message, texts[i][1]);
    }
}

static void refuses_texts_of_4_gib(void **state) {
#if SIZE_MAX > UINT32_MAX
    rs_slice huge = {"{}", (size_t)UINT32_MAX + 1};
    rs_page_reader reader;
    rs_record record;
    rs_page_begin(&reader, huge, &error);
    assert_int_equal(rs_page_next(&reader, &record), RS_ROWS_BAD);
    assert_string_equal(error.message, "the text is 4 GiB long or more");
#endif
    (void)state;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_small_pages),
        cmocka_unit_test(hands_out_every_row_in_order),
        cmocka_unit_test(leaves_out_rows_that_are_null),
        cmocka_unit_test(takes_a_list_that_is_null_for_an_empty_one),
        cmocka_unit_test(checks_the_envelope),
        cmocka_unit_test(checks_every_snapshot_of_a_page),
        cmocka_unit_test(skips_unknown_members),
        cmocka_unit_test(the_last_list_wins),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(finds_the_next_link),
        cmocka_unit_test(finds_the_next_link_in_an_object),
        cmocka_unit_test(does_without_a_next_link),
        cmocka_unit_test(a_link_is_not_undone_by_none),
        cmocka_unit_test(refuses_broken_links),
        cmocka_unit_test(limits_the_length_of_the_link),
        cmocka_unit_test(reads_the_count),
        cmocka_unit_test(reads_volumes_with_and_without_an_id),
        cmocka_unit_test(refuses_volumes_that_are_none),
        cmocka_unit_test(refuses_texts_of_4_gib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
