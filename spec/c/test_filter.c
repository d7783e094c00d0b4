/*
 * Listings: which rows pass, and in what order.
 */
#include "listed.h"

/* ------------------------------------------------------------------- filters
 */

static const rs_metadata_item k1[] = {{"k", "1"}, {NULL, NULL}};

typedef struct filter_case {
    rs_filters filters;
    const char *letters;
} filter_case;

static const filter_case cases[] = {
    {{.name = "n-c"}, "c."},
    {{.status = "AVAILABLE"}, "bdf."},
    {{.volume_id = "v1"}, "ace."},
    {{.metadata = k1}, "ad."},
    {{.name_like = "-e"}, "e."},
    {{.created_after = 1767225600 + 23}, "ab."},
    {{.created_before = 1767225600 + 22}, "ef."},
    {{.volume_id = "v0", .status = "available", .name = "n-d"}, "d."},
    {{.project_id = "nobody"}, "."}};

/* The same on every version, whether the service filters or not. */
static void applies_filters_whatever_the_service_does(void **state) {
    (void)state;
    for (int version = 1; version <= 3; version++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            begin_version(ANSWERS(page("abcdef", NULL), page("", NULL)),
                          version, version == 3 ? 70 : 0);
            assert_listed(cases[i].filters, cases[i].letters);
            end();
        }
}

static void tells_the_service_what_it_can_apply(void **state) {
    (void)state;
    begin_version(ANSWERS(page("", NULL)), 3, 70);
    assert_listed((rs_filters){.name = "a b",
                               .status = "Creating",
                               .volume_id = "v",
                               .metadata = k1,
                               .extra = "x=y",
                               .all_projects = true,
                               .sort = "size:desc,created_at"},
                  ".");
    assert_asked(0, "/detail?all_tenants=1&name=a%20b&status=creating&"
                    "volume_id=v&metadata=%7B%27k%27%3A%271%27%7D&"
                    "sort=volume_size%3Adesc%2Ccreated_at%3Aasc&x=y&"
                    "limit=1000");
    end();
    begin_version(ANSWERS(page("", NULL)), 1, 0);
    assert_listed(cases[0].filters, ".");
    assert_asked(0, "/detail?limit=1000");
    end();
}

static void lists_summaries(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", NULL)));
    assert_listed((rs_filters){.summary = true}, "ab.");
    assert_asked(0, "?limit=1000");
    assert_listed((rs_filters){.summary = true, .project_id = "p"}, ".");
    assert_asked(1, "/detail?limit=1000"); /* a summary has no project */
    end();
}

/* Some services refuse filters or sort: from then on the client does it all. */
static void does_what_the_service_refuses(void **state) {
    (void)state;
    begin(ANSWERS(UNKNOWN, page("abcdef", NULL)));
    assert_listed((rs_filters){.status = "available", .sort = "id:desc"},
                  "fdb.");
    assert_asked(1, "/detail?limit=1000");
    assert_listed((rs_filters){.name = "n-a"}, "a.");
    assert_asked(2, "/detail?limit=1000");
    assert_int_equal(server_requests(here), 3);
    end();
    begin(ANSWERS(UNKNOWN));
    rs_listing *listing = list((rs_filters){.status = "available"});
    assert_string_equal(letters_of(listing), "!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_INVALID);
    assert_false(session->refuses_filters); /* it was not that */
    rs_listing_free(listing);
    end();
}

static void says_what_is_wrong_with_filters(void **state) {
    (void)state;
    rs_metadata_item many[66];
    for (size_t i = 0; i < 65; i++)
        many[i] = (rs_metadata_item){"k", "v"};
    many[65] = (rs_metadata_item){NULL, NULL};
    const rs_filters wrong[] = {
        {.sort = "colour"},  {.sort = "name:up"},  {.sort = ""},
        {.token = "x"},      {.token = "marker:"}, {.token = "offset:1x"},
        {.token = ""},       {.token = "skip:1"},  {.token = "row:1"},
        {.token = "row:1:"}, {.token = "row:x:a"}, {.token = "sorted:"},
        {.metadata = many}};
    begin(ANSWERS(OK));
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const char *problem = NULL;
        assert_null(rs_listing_new(session, &wrong[i], &problem));
        assert_non_null(problem);
        assert_null(rs_listing_new(session, &wrong[i], NULL));
    }
    end();
}

static void refuses_filters_that_are_too_long(void **state) {
    (void)state;
    enum { SIZE = 300000 };
    char *extra = test_malloc(SIZE);
    memset(extra, 'x', SIZE - 1);
    extra[SIZE - 1] = '\0';
    begin(ANSWERS(OK));
    rs_listing *listing = list((rs_filters){.extra = extra});
    assert_string_equal(letters_of(listing), "!");
    assert_string_equal(rs_listing_fault(listing)->message,
                        "the filters are too long");
    rs_listing_free(listing);
    test_free(extra);
    assert_int_equal(server_requests(here), 0);
    end();
}

/* --------------------------------------------------------------------- order
 */

static void gives_rows_as_they_come_where_the_service_sorts(void **state) {
    (void)state;
    begin(ANSWERS(page("ed", LINK("d")), page("cba", NULL)));
    assert_listed((rs_filters){.sort = "created_at:asc"}, "edcba.");
    end();
}

static void sorts_here_where_the_service_does_not(void **state) {
    (void)state;
    begin(ANSWERS(page("bca", LINK("a")), page("bca", LINK("a")),
                  page("fed", NULL)));
    assert_listed((rs_filters){.sort = "id:desc"}, "fedcba.");
    end();
    begin_version(ANSWERS(page("bd", NULL), page("ac", NULL), page("", NULL)),
                  1, 0);
    assert_listed((rs_filters){.sort = "id"}, "abcd.");
    end();
    begin(ANSWERS(page("cab", NULL))); /* names databases sort otherwise */
    assert_listed((rs_filters){.sort = "name"}, "abc.");
    assert_null(strstr(asked(0), "sort"));
    end();
}

/* A row that was given out cannot be taken back. */
static void fails_where_the_order_breaks_too_late(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", LINK("b")), page("dc", NULL)));
    rs_listing *listing = list((rs_filters){.sort = "id"});
    assert_string_equal(letters_of(listing), "ab!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_DECODE);
    assert_non_null(strstr(rs_listing_fault(listing)->message, "the order"));
    rs_listing_free(listing);
    end();
}

static void begins_after_a_marker_of_what_it_sorts(void **state) {
    (void)state;
    begin(ANSWERS(page("cadb", NULL)));
    assert_listed((rs_filters){.sort = "name", .marker = "b"}, "cd.");
    assert_listed((rs_filters){.sort = "name", .marker = "b", .offset = 1},
                  "d.");
    rs_listing *listing = list((rs_filters){.sort = "name", .marker = "x"});
    assert_string_equal(letters_of(listing), "!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_NOT_FOUND);
    rs_listing_free(listing);
    end();
}

static void asks_for_enough_rows_to_see_an_order(void **state) {
    (void)state;
    begin(ANSWERS(page("abc", NULL)));
    assert_listed((rs_filters){.sort = "id", .max = 1}, "a.");
    assert_asked(0, "/detail?sort=id%3Aasc&limit=100");
    end();
}

/* Each parameter that the service may refuse. */
static void does_each_filter_that_is_refused(void **state) {
    (void)state;
    static const filter_case refused[] = {{{.name = "n-c"}, "c."},
                                          {{.status = "creating"}, "ace."},
                                          {{.volume_id = "v1"}, "ace."},
                                          {{.metadata = k1}, "ad."},
                                          {{.sort = "id:desc"}, "fedcba."}};
    for (size_t i = 0; i < COUNT(refused); i++) {
        begin_version(ANSWERS(UNKNOWN, page("abcdef", NULL)), 3, 70);
        assert_listed(refused[i].filters, refused[i].letters);
        assert_asked(1, "/detail?limit=1000");
        end();
    }
}

static void writes_queries_as_services_read_them(void **state) {
    (void)state;
    static const rs_metadata_item quotes[] = {{"a'b", "c\\d\n"}, {NULL, NULL}};
    begin_version(ANSWERS(page("", NULL)), 3, 70);
    assert_listed((rs_filters){.metadata = quotes}, ".");
    assert_asked(0, "/detail?metadata=%7B%27a%5C%27b%27%3A%27c%5C%5Cd%5Cx0a%27"
                    "%7D&limit=1000");
    assert_listed((rs_filters){.extra = "x=y"}, ".");
    assert_asked(1, "/detail?x=y&limit=1000");
    assert_listed((rs_filters){.sort = " size : desc , id,size"}, ".");
    assert_asked(2, "/detail?sort=volume_size%3Adesc%2Cid%3Aasc&limit=1000");
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applies_filters_whatever_the_service_does),
        cmocka_unit_test(tells_the_service_what_it_can_apply),
        cmocka_unit_test(lists_summaries),
        cmocka_unit_test(does_what_the_service_refuses),
        cmocka_unit_test(says_what_is_wrong_with_filters),
        cmocka_unit_test(refuses_filters_that_are_too_long),
        cmocka_unit_test(gives_rows_as_they_come_where_the_service_sorts),
        cmocka_unit_test(sorts_here_where_the_service_does_not),
        cmocka_unit_test(fails_where_the_order_breaks_too_late),
        cmocka_unit_test(begins_after_a_marker_of_what_it_sorts),
        cmocka_unit_test(asks_for_enough_rows_to_see_an_order),
        cmocka_unit_test(does_each_filter_that_is_refused),
        cmocka_unit_test(writes_queries_as_services_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
