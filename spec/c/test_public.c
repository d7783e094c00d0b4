/*
 * rsnapshots.h alone, as programs use it, without the library's other headers.
 */
#include <rsnapshots.h>

#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "server.h"

#define RECORD                                                                 \
    "{\"id\":\"s1\",\"volume_id\":\"v1\",\"name\":\"n\\u00e4me\","             \
    "\"description\":null,\"status\":\"available\",\"size\":10,"               \
    "\"created_at\":\"2026-11-23T08:00:00.000000\","                           \
    "\"metadata\":{\"k\":\"v\\u00e4\",\"l\":\"w\"}}"
#define ONE "{\"snapshot\":" RECORD "}"
#define PAGE1                                                                  \
    "{\"snapshots\":[" RECORD ",{\"id\":\"s2\",\"status\":\"creating\"}],"     \
    "\"snapshots_links\":[{\"rel\":\"next\",\"href\":\"http://h/?marker=s2\"}" \
    "]}"
#define PAGE2 "{\"snapshots\":[{\"id\":\"s3\"}]}"
#define GRANT                                                                  \
    answer(201, "X-Subject-Token: the-token\r\n",                              \
           "{\"token\":{\"expires_at\":\"2036-11-23T09:00:00Z\"}}")
#define SNAPSHOTS "/v3/p/snapshots"

static server *here;
static rs_session *session;

static rs_session *open_session(rs_options options, bool with_source) {
    char url[128];
    snprintf(url, sizeof url, "%s", server_url(here, "/v3/auth/tokens"));
    const rs_token_source source = {url, "{\"auth\":{}}", 3};
    options.endpoint = server_url(here, "/v3/p");
    options.proxy = "";
    return rs_session_new(&options, with_source ? &source : NULL,
                          &test_allocator);
}

/* A service with snapshots, and a session. */
static void begin_with(rs_options options, bool with_source) {
    here = server_start(ANSWERS(answer(404, NULL, "")));
    server_route(here, "POST /v3/auth/tokens", ANSWERS(GRANT));
    server_route(here, "POST " SNAPSHOTS " ", ANSWERS(answer(202, NULL, ONE)));
    server_route(here, "GET " SNAPSHOTS "/s1 ",
                 ANSWERS(answer(200, NULL, ONE)));
    server_route(here, "PUT " SNAPSHOTS "/s1 ",
                 ANSWERS(answer(200, NULL, ONE)));
    server_route(here, "DELETE " SNAPSHOTS "/s1 ",
                 ANSWERS(answer(202, NULL, "")));
    server_route(here, "GET " SNAPSHOTS "/detail?limit=1000 ",
                 ANSWERS(answer(200, NULL, PAGE1)));
    server_route(here, "GET " SNAPSHOTS "/detail?limit=1000&marker=s2 ",
                 ANSWERS(answer(200, NULL, PAGE2)));
    session = open_session(options, with_source);
}

static void begin(void) {
    begin_with((rs_options){.retries = -1}, true);
    assert_non_null(session);
}

static void end(void) {
    rs_session_free(session);
    server_stop(here);
    assert_no_block_is_left();
}

/* The loop in the header's first comment. */
static void finish(rs_call *call) {
    while (!rs_call_is_done(call)) {
        struct pollfd one = {rs_session_fd(session), POLLIN, 0};
        (void)poll(&one, 1, (int)rs_session_timeout(session));
        rs_session_step(session);
    }
}

static rs_snapshot *snapshot_of(rs_call *call) {
    assert_non_null(call);
    finish(call);
    if (rs_call_fault(call) != NULL)
        fail_msg("%s", rs_call_fault(call)->message);
    rs_snapshot *snapshot = rs_call_snapshot(call);
    assert_non_null(snapshot);
    rs_call_free(call);
    return snapshot;
}

/* ----------------------------------------------------------------- snapshots
 */

static void gives_a_snapshot(void **state) {
    (void)state;
    size_t size;
    begin();
    rs_snapshot *snapshot = snapshot_of(rs_snapshot_get(session, "s1"));
    assert_string_equal(rs_snapshot_id(snapshot), "s1");
    assert_string_equal(rs_snapshot_volume_id(snapshot), "v1");
    assert_string_equal(rs_snapshot_name(snapshot), "n\xC3\xA4me");
    assert_null(rs_snapshot_description(snapshot));
    assert_string_equal(rs_snapshot_status(snapshot), "AVAILABLE");
    assert_int_equal(rs_snapshot_size(snapshot), 10);
    assert_true(fabs(rs_snapshot_created_time(snapshot) - 1795420800) < 0.5);
    assert_string_equal(rs_snapshot_metadata(snapshot, "k"), "v\xC3\xA4");
    assert_string_equal(rs_snapshot_metadata(snapshot, "l"), "w");
    assert_null(rs_snapshot_metadata(snapshot, "m"));
    assert_string_equal(rs_snapshot_json(snapshot, &size), RECORD);
    assert_int_equal(size, strlen(RECORD));
    rs_snapshot_free(snapshot);
    rs_snapshot_free(NULL);
    end();
}

static void gives_what_little_there_is(void **state) {
    (void)state;
    here =
        server_start(ANSWERS(answer(200, NULL, "{\"snapshot\":{\"id\":7}}")));
    session = open_session((rs_options){.token = "t"}, false);
    rs_snapshot *snapshot = snapshot_of(rs_snapshot_get(session, "7"));
    assert_string_equal(rs_snapshot_id(snapshot), "7");
    assert_null(rs_snapshot_status(snapshot));
    assert_null(rs_snapshot_name(snapshot));
    assert_int_equal(rs_snapshot_size(snapshot), -1);
    assert_true(isnan(rs_snapshot_created_time(snapshot)));
    rs_snapshot_free(snapshot);
    end();
}

static void creates(void **state) {
    (void)state;
    static const rs_metadata_item metadata[] = {
        {"a \"b\"", "c\n"}, {"d", "\xC3\xA4\\"}, {NULL, NULL}};
    begin();
    rs_create_options options = {.volume_id = "v1",
                                 .name = "n",
                                 .description = "d",
                                 .force = true,
                                 .metadata = metadata};
    rs_snapshot_free(snapshot_of(rs_snapshot_create(session, &options)));
    assert_non_null(
        strstr(server_request(here, 1),
               "\r\n\r\n{\"snapshot\":{\"volume_id\":\"v1\",\"name\":\"n\","
               "\"description\":\"d\",\"force\":true,\"metadata\":{"
               "\"a \\\"b\\\"\":\"c\\u000a\",\"d\":\"\xC3\xA4\\\\\"}}}"));
    end();
}

static void updates_and_deletes(void **state) {
    (void)state;
    begin();
    rs_call *call = rs_snapshot_update(session, "s1", NULL, "");
    rs_snapshot_free(snapshot_of(call));
    assert_non_null(strstr(server_request(here, 1),
                           "\r\n\r\n{\"snapshot\":{\"description\":\"\"}}"));
    call = rs_snapshot_delete(session, "s1");
    assert_true(rs_call_wait(call));
    assert_int_equal(rs_call_status(call), 202);
    assert_null(rs_call_snapshot(call)); /* the answer has no snapshot */
    assert_int_equal(rs_call_fault(call)->kind, RS_DECODE);
    rs_call_free(call);
    end();
}

static void names_fields_as_version_1_does(void **state) {
    (void)state;
    here = server_start(ANSWERS(answer(200, NULL, ONE)));
    session = open_session((rs_options){.token = "t", .api_version = 1}, false);
    rs_create_options options = {
        .volume_id = "v", .name = "n", .description = "d"};
    rs_snapshot_free(snapshot_of(rs_snapshot_create(session, &options)));
    assert_non_null(strstr(server_request(here, 0),
                           "\"display_name\":\"n\",\"display_description\":"
                           "\"d\"}}"));
    end();
}

/* Otherwise a program looks for its mark in vain. */
static void gives_version_1_no_metadata(void **state) {
    (void)state;
    static const rs_metadata_item metadata[] = {{"k", "v"}, {NULL, NULL}};
    here = server_start(ANSWERS(answer(200, NULL, ONE)));
    session = open_session((rs_options){.token = "t", .api_version = 1}, false);
    rs_call *call = rs_snapshot_create(
        session, &(rs_create_options){.volume_id = "v", .metadata = metadata});
    assert_false(rs_call_wait(call));
    assert_int_equal(rs_call_fault(call)->kind, RS_UNSUPPORTED);
    assert_int_equal(server_requests(here), 0);
    rs_call_free(call);
    call = rs_snapshot_create(
        session,
        &(rs_create_options){.volume_id = "v", .metadata = metadata + 1});
    rs_snapshot_free(snapshot_of(call));
    end();
}

static void encodes_ids(void **state) {
    (void)state;
    begin();
    rs_call *call = rs_snapshot_get(session, "a/b?c#\xC3\xA4 ");
    assert_false(rs_call_wait(call));
    assert_non_null(strstr(server_request(here, 1),
                           "GET " SNAPSHOTS "/a%2Fb%3Fc%23%C3%A4%20 HTTP"));
    rs_call_free(call);
    end();
}

static void refuses_what_cannot_be_meant(void **state) {
    (void)state;
    char longest[1026];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    begin();
    rs_call *const calls[] = {
        rs_snapshot_get(session, ""),
        rs_snapshot_get(session, NULL),
        rs_snapshot_get(session, "."),
        rs_snapshot_delete(session, ".."),
        rs_snapshot_get(session, "a\r\nb"),
        rs_snapshot_get(session, longest),
        rs_snapshot_update(session, "s1", NULL, NULL),
        rs_snapshot_update(session, "", "n", NULL),
        rs_snapshot_create(session, &(rs_create_options){.name = "n"}),
        rs_snapshot_create(session, &(rs_create_options){.volume_id = ""})};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        assert_true(rs_call_is_done(calls[i]));
        assert_int_equal(rs_call_fault(calls[i])->kind, RS_INVALID);
        assert_int_equal(rs_call_fault(calls[i])->attempts, 0);
        assert_false(rs_call_fault(calls[i])->sent);
        rs_call_free(calls[i]);
    }
    assert_int_equal(server_requests(here), 0);
    end();
}

/* Each with an option or a text that a service could only misread. */
static void refuses_texts_that_are_no_unicode(void **state) {
    (void)state;
    static const rs_metadata_item key[] = {{"\xFF", "v"}, {NULL, NULL}};
    static const rs_metadata_item value[] = {{"k", "\xFF"}, {NULL, NULL}};
    begin();
    rs_call *const calls[] = {
        rs_snapshot_update(session, "s1", "\xC3", NULL),
        rs_snapshot_update(session, "s1", NULL, "a\xED\xA0\x80"),
        rs_snapshot_create(session, &(rs_create_options){.volume_id = "\xFF"}),
        rs_snapshot_create(
            session, &(rs_create_options){.volume_id = "v", .metadata = key}),
        rs_snapshot_create(session, &(rs_create_options){.volume_id = "v",
                                                         .metadata = value})};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        assert_true(rs_call_is_done(calls[i]));
        assert_int_equal(rs_call_fault(calls[i])->kind, RS_INVALID);
        assert_string_equal(rs_call_fault(calls[i])->message,
                            "a text in the request is not UTF-8");
        rs_call_free(calls[i]);
    }
    assert_int_equal(server_requests(here), 0);
    end();
}

static rs_call *ask(const char *path, const char *const *headers) {
    const rs_call_options options = {.path = path, .headers = headers};
    return rs_call_start(session, &options);
}

/* A "post" would not be known for one that must not be sent twice; the answer
 * to a HEAD with a body would be waited for in vain. */
static void refuses_methods_that_are_none(void **state) {
    (void)state;
    static const rs_call_options all[] = {
        {.path = "/a", .method = ""},
        {.path = "/a", .method = "post"},
        {.path = "/a", .method = "Get"},
        {.path = "/a", .method = "HEAD", .body = "{}", .body_size = 2}};
    begin();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        rs_call *call = rs_call_start(session, &all[i]);
        assert_false(rs_call_wait(call));
        assert_int_equal(rs_call_fault(call)->kind, RS_INVALID);
        rs_call_free(call);
    }
    assert_int_equal(server_requests(here), 1); /* for a token */
    end();
}

static void says_why_a_request_cannot_be_sent(void **state) {
    (void)state;
    static const char *const lines[][2] = {
        {"X-A", NULL},     {"X-A: b\r\nX-C: d", NULL}, {": b", NULL},
        {" X-A: b", NULL}, {"X A: b", NULL},           {"X-A: ", NULL}};
    begin();
    rs_call *call = ask("/a b", NULL);
    assert_false(rs_call_wait(call));
    assert_non_null(strstr(rs_call_fault(call)->message,
                           "the URL has a character that must be encoded"));
    rs_call_free(call);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        call = ask("/a", lines[i]);
        assert_false(rs_call_wait(call));
        assert_int_equal(rs_call_fault(call)->kind, RS_INVALID);
        assert_non_null(strstr(rs_call_fault(call)->message,
                               "a header is not \"Name: value\""));
        rs_call_free(call);
    }
    end();
}

/* ---------------------------------------------------------- the endpoint */

static void joins_the_endpoint_and_the_path(void **state) {
    (void)state;
    static const struct {
        const char *endpoint, *path, *asked;
    } all[] = {{"/v3/p/", "/x", "GET /v3/p/x HTTP"},
               {"/v3/p//", "/x", "GET /v3/p/x HTTP"},
               {"/", "/x", "GET /x HTTP"},
               {"", "?a=/b?c", "GET /?a=/b?c HTTP"}};
    here = server_start(ANSWERS(answer(200, NULL, "{}")));
    for (int i = 0; i < 4; i++) {
        const rs_options options = {
            .endpoint = server_url(here, all[i].endpoint), .proxy = ""};
        session = rs_session_new(&options, NULL, &test_allocator);
        rs_call *call = ask(all[i].path, NULL);
        assert_true(rs_call_wait(call));
        assert_ptr_equal(strstr(server_request(here, i), all[i].asked),
                         server_request(here, i));
        rs_call_free(call);
        rs_session_free(session);
    }
    server_stop(here);
    assert_no_block_is_left();
}

static void takes_an_empty_token_for_none(void **state) {
    (void)state;
    begin_with((rs_options){.token = ""}, true);
    rs_snapshot_free(snapshot_of(rs_snapshot_get(session, "s1")));
    assert_int_equal(server_count(here, "POST /v3/auth/tokens"), 1);
    assert_int_equal(server_requests(here), 2);
    end();
}

static void gives_a_body_if_there_is_an_answer(void **state) {
    (void)state;
    size_t size = 1;
    begin();
    rs_call *call = rs_snapshot_delete(session, "s1");
    assert_true(rs_call_wait(call));
    assert_string_equal(rs_call_body(call, &size), ""); /* an empty one */
    assert_int_equal(size, 0);
    rs_call_free(call);
    call = rs_call_start(session,
                         &(rs_call_options){.url = "http://127.0.0.1:1/"});
    assert_false(rs_call_wait(call));
    assert_int_equal(rs_call_status(call), 0);
    assert_null(rs_call_body(call, &size));
    rs_call_free(call);
    end();
}

/* ------------------------------------------------------------------ listings
 */

static void lists(void **state) {
    (void)state;
    rs_snapshot *snapshot;
    size_t count = 0;
    begin();
    rs_listing *listing = rs_listing_new(session, NULL, NULL);
    rs_next next;
    while ((next = rs_listing_next(listing, &snapshot)) != RS_NEXT_END) {
        assert_int_not_equal(next, RS_NEXT_FAULT);
        if (next == RS_NEXT_ROW) {
            char id[] = {'s', (char)('1' + count++), '\0'};
            assert_string_equal(rs_snapshot_id(snapshot), id);
            rs_snapshot_free(snapshot);
            continue;
        }
        struct pollfd one = {rs_session_fd(session), POLLIN, 0};
        (void)poll(&one, 1, (int)rs_session_timeout(session));
        rs_session_step(session);
    }
    assert_int_equal(count, 3);
    assert_string_equal(rs_listing_token(listing), "end:");
    rs_listing_free(listing);
    end();
}

/* rs_snapshot_created_time gives it where there is none. */
static void refuses_times_that_are_none(void **state) {
    (void)state;
    static const rs_filters all[] = {{.created_after = NAN},
                                     {.created_before = NAN}};
    begin();
    for (size_t i = 0; i < 2; i++) {
        const char *problem = NULL;
        assert_null(rs_listing_new(session, &all[i], &problem));
        assert_string_equal(
            problem,
            "created_after and created_before: a time is not a number");
    }
    end();
}

static void runs_many_at_once(void **state) {
    (void)state;
    enum { CALLS = 20 };
    rs_call *calls[CALLS];
    begin();
    rs_lane *lane = rs_lane_new(session, 4);
    for (size_t i = 0; i < CALLS; i++)
        calls[i] =
            rs_call_start(session, &(rs_call_options){.method = "GET",
                                                      .path = "/snapshots/s1",
                                                      .lane = lane});
    for (size_t i = 0; i < CALLS; i++)
        rs_snapshot_free(snapshot_of(calls[i]));
    assert_int_equal(rs_lane_limit(lane), 4);
    assert_true(server_connections(here) <= 5);
    assert_int_equal(server_count(here, "POST /v3/auth/tokens"), 1);
    rs_lane_free(lane);
    end();
}

static void reports_what_was_sent(void **state) {
    (void)state;
    rs_report report;
    begin_with((rs_options){.reports = true, .retries = -1}, true);
    rs_snapshot_free(snapshot_of(rs_snapshot_get(session, "s1")));
    static const char *const methods[] = {"POST", "GET"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(rs_session_next_report(session, &report));
        assert_string_equal(report.method, methods[i]);
        assert_null(report.fault);
    }
    assert_false(rs_session_next_report(session, &report));
    end();
}

/* ------------------------------------------------------ cut after every byte
 */

static char cut_text[4096];

/* An answer whose connection is closed after this many bytes. */
static const char *cut(const char *text, size_t size) {
    snprintf(cut_text, sizeof cut_text, "!%.*s", (int)size, text);
    return cut_text;
}

/* How the call ends for each cut of its answer. */
static void cut_call(rs_call *(*start)(void), const char *whole,
                     rs_kind otherwise) {
    for (size_t size = 0; size <= strlen(whole); size++) {
        here = server_start(ANSWERS(cut(whole, size)));
        session =
            open_session((rs_options){.token = "t", .retries = -1}, false);
        rs_call *call = start();
        (void)rs_call_wait(call);
        const rs_fault *fault = rs_call_fault(call);
        rs_kind kind = fault != NULL ? fault->kind : RS_OK;
        assert_int_equal(kind, size == strlen(whole) ? RS_OK : otherwise);
        assert_int_equal(server_requests(here), 1);
        rs_call_free(call);
        end();
    }
}

static rs_call *get(void) {
    return rs_snapshot_get(session, "s1");
}

static rs_call *create(void) {
    return rs_snapshot_create(session, &(rs_create_options){.volume_id = "v"});
}

static void takes_no_part_of_an_answer_for_the_whole(void **state) {
    (void)state;
    cut_call(get, answer(200, NULL, ONE), RS_NETWORK);
    cut_call(create, answer(202, NULL, ONE), RS_UNCERTAIN);
}

static void takes_no_part_of_a_page_for_the_whole(void **state) {
    (void)state;
    const char *whole = answer(200, NULL, PAGE2);
    for (size_t size = 0; size <= strlen(whole); size++) {
        here = server_start(ANSWERS(cut(whole, size)));
        session =
            open_session((rs_options){.token = "t", .retries = -1}, false);
        rs_snapshot *snapshot;
        rs_listing *listing = rs_listing_new(session, NULL, NULL);
        rs_next next = rs_listing_wait(listing, &snapshot);
        assert_int_equal(next,
                         size == strlen(whole) ? RS_NEXT_ROW : RS_NEXT_FAULT);
        rs_snapshot_free(snapshot);
        rs_listing_free(listing);
        end();
    }
}

/* -------------------------------------------------- each allocation refused
 */

/* An operation returns its kind of failure, RS_OK, or RS_NO_MEMORY if something
 * could not be made. */
typedef rs_kind (*operation)(void);

static rs_kind kind_of(const rs_fault *fault) {
    return fault != NULL ? fault->kind : RS_OK;
}

static rs_kind run_call(rs_call *call) {
    if (call == NULL)
        return RS_NO_MEMORY;
    (void)rs_call_wait(call);
    rs_kind kind = kind_of(rs_call_fault(call));
    if (kind == RS_OK) {
        rs_snapshot *snapshot = rs_call_snapshot(call);
        kind = kind_of(rs_call_fault(call));
        if (snapshot != NULL && rs_snapshot_metadata(snapshot, "k") == NULL)
            kind = RS_NO_MEMORY;
        rs_snapshot_free(snapshot);
    }
    rs_call_free(call);
    return kind;
}

static rs_kind run_get(void) {
    return run_call(rs_snapshot_get(session, "s1"));
}

static rs_kind run_create(void) {
    static const rs_metadata_item metadata[] = {{"k", "v"}, {NULL, NULL}};
    const rs_create_options options = {
        .volume_id = "v", .name = "n", .metadata = metadata};
    return run_call(rs_snapshot_create(session, &options));
}

static rs_kind run_update(void) {
    return run_call(rs_snapshot_update(session, "s1", "n", "d"));
}

static rs_kind run_plain(void) {
    static const char *const headers[] = {"X-One: 1", "X-Two: 2", NULL};
    rs_lane *lane = rs_lane_new(session, 1);
    const rs_call_options options = {.method = "GET",
                                     .path = "/snapshots/s1",
                                     .headers = headers,
                                     .lane = lane};
    rs_kind kind = run_call(rs_call_start(session, &options));
    rs_lane_free(lane);
    return kind;
}

static rs_kind run_list(void) {
    rs_snapshot *snapshot;
    rs_next next;
    const rs_filters filters = {.sort = "name", .name_like = ""};
    rs_listing *listing = rs_listing_new(session, &filters, NULL);
    if (listing == NULL)
        return RS_NO_MEMORY;
    while ((next = rs_listing_wait(listing, &snapshot)) == RS_NEXT_ROW)
        rs_snapshot_free(snapshot);
    rs_kind kind =
        next == RS_NEXT_END ? RS_OK : rs_listing_fault(listing)->kind;
    if (rs_listing_token(listing) == NULL)
        kind = RS_NO_MEMORY;
    rs_listing_free(listing);
    return kind;
}

/* The kinds that a lack of memory may have: without a socket it is the network;
 * a create whose answer could not be kept is uncertain. */
static bool is_expected(rs_kind kind) {
    return kind == RS_OK || kind == RS_NO_MEMORY || kind == RS_NETWORK ||
           kind == RS_UNCERTAIN || kind == RS_DECODE;
}

/* Refuses each allocation in turn, alone or with all that follow. */
static void refuse_each(operation run, bool on) {
    bool refused = true;
    for (size_t point = 1; refused; point++) {
        memory.asked = 0;
        memory.refuse_in = point;
        memory.refuses_on = on;
        begin_with((rs_options){.retries = -1, .reports = true}, true);
        rs_kind kind = session != NULL ? run() : RS_NO_MEMORY;
        refused = memory.asked >= point;
        memory.refuse_in = 0;
        assert_true(is_expected(kind));
        assert_true(refused || kind == RS_OK);
        if (session != NULL && kind != RS_OK)
            assert_int_equal(run(), RS_OK); /* the session works as before */
        end();
    }
}

static void loses_nothing_when_memory_is_out(void **state) {
    (void)state;
    static const operation all[] = {run_get, run_create, run_update, run_plain,
                                    run_list};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int on = 0; on < 2; on++)
            refuse_each(all[i], on == 1);
}

static void names_every_kind(void **state) {
    (void)state;
    for (int kind = RS_OK; kind <= RS_NO_MEMORY; kind++)
        for (int other = RS_OK; other < kind; other++)
            assert_string_not_equal(rs_kind_name((rs_kind)kind),
                                    rs_kind_name((rs_kind)other));
    assert_string_equal(rs_kind_name(RS_NOT_FOUND), "not_found");
    assert_string_equal(rs_kind_name((rs_kind)(RS_NO_MEMORY + 1)), "?");
    assert_string_equal(rs_kind_name((rs_kind)-1), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_a_snapshot),
        cmocka_unit_test(gives_what_little_there_is),
        cmocka_unit_test(creates),
        cmocka_unit_test(updates_and_deletes),
        cmocka_unit_test(names_fields_as_version_1_does),
        cmocka_unit_test(gives_version_1_no_metadata),
        cmocka_unit_test(encodes_ids),
        cmocka_unit_test(refuses_what_cannot_be_meant),
        cmocka_unit_test(refuses_texts_that_are_no_unicode),
        cmocka_unit_test(refuses_methods_that_are_none),
        cmocka_unit_test(says_why_a_request_cannot_be_sent),
        cmocka_unit_test(joins_the_endpoint_and_the_path),
        cmocka_unit_test(takes_an_empty_token_for_none),
        cmocka_unit_test(gives_a_body_if_there_is_an_answer),
        cmocka_unit_test(lists),
        cmocka_unit_test(refuses_times_that_are_none),
        cmocka_unit_test(runs_many_at_once),
        cmocka_unit_test(reports_what_was_sent),
        cmocka_unit_test(takes_no_part_of_an_answer_for_the_whole),
        cmocka_unit_test(takes_no_part_of_a_page_for_the_whole),
        cmocka_unit_test(loses_nothing_when_memory_is_out),
        cmocka_unit_test(names_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
