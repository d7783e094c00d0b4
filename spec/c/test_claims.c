/*
 * What rsnapshots.h says of arguments that nobody means, and of calls that end
 * early: limits, texts that would forge something, sizes that are absurd.
 */
#include <rsnapshots.h>

#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "memory.h"
#include "server.h"

#define ONE "{\"snapshot\":{\"id\":\"s1\",\"status\":\"available\"}}"
#define MIB ((size_t)1024 * 1024)

static server *here;
static rs_session *session;

static void begin_with(const char *const *answers, rs_options options) {
    here = server_start(answers);
    if (options.endpoint == NULL)
        options.endpoint = server_url(here, "/v3/p");
    if (options.token == NULL)
        options.token = "the-token";
    options.proxy = "";
    session = rs_session_new(&options, NULL, &test_allocator);
    assert_non_null(session);
}

static void begin(void) {
    begin_with(ANSWERS(answer(200, NULL, ONE)), (rs_options){.retries = -1});
}

static void end(void) {
    rs_session_free(session);
    server_stop(here);
    assert_no_block_is_left();
}

static void step(void) {
    struct pollfd one = {rs_session_fd(session), POLLIN, 0};
    (void)poll(&one, 1, (int)rs_session_timeout(session));
    rs_session_step(session);
}

static void await_requests(int count) {
    while (server_requests(here) < count) {
        struct pollfd one = {rs_session_fd(session), POLLIN, 0};
        (void)poll(&one, 1, 10);
        rs_session_step(session);
    }
}

/* Waits for a call, and frees it. */
static rs_kind kind_of(rs_call *call) {
    assert_non_null(call);
    (void)rs_call_wait(call);
    const rs_fault *fault = rs_call_fault(call);
    rs_kind kind = fault != NULL ? fault->kind : RS_OK;
    rs_call_free(call);
    return kind;
}

static rs_call *start(rs_call_options options) {
    if (options.path == NULL && options.url == NULL)
        options.path = "/snapshots/s1";
    return rs_call_start(session, &options);
}

/* A call that is over at once: nothing was sent, and no line was forged. */
static void assert_refused(rs_call *call) {
    assert_non_null(call);
    assert_true(rs_call_is_done(call));
    const rs_fault *fault = rs_call_fault(call);
    assert_non_null(fault);
    assert_int_equal(fault->kind, RS_INVALID);
    assert_false(fault->sent);
    assert_null(strpbrk(fault->message, "\r\n"));
    assert_null(strpbrk(fault->url, "\r\n"));
    rs_call_free(call);
    assert_int_equal(server_requests(here), 0);
}

/* A text of so many letters. */
static char *text_of(size_t size) {
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'x', size);
    text[size] = '\0';
    return text;
}

/* ----------------------------------------------------------------- numbers */

static void speaks_no_other_version(void **state) {
    static const int others[] = {-1, 4, 2147483647};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        rs_snapshot *snapshot;
        begin_with(ANSWERS(answer(200, NULL, ONE)),
                   (rs_options){.api_version = others[i]});
        assert_refused(rs_snapshot_get(session, "s1"));
        assert_refused(rs_snapshot_create(
            session, &(rs_create_options){.volume_id = "v"}));
        rs_listing *listing =
            rs_listing_new(session, &(rs_filters){.name = "x"}, NULL);
        assert_non_null(listing);
        assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_FAULT);
        assert_int_equal(rs_listing_fault(listing)->kind, RS_INVALID);
        rs_listing_free(listing);
        assert_int_equal(server_requests(here), 0);
        end();
    }
}

/* ------------------------------------------------------------------- texts */

static void takes_sixty_four_headers(void **state) {
    (void)state;
    const char *headers[301];
    for (size_t i = 0; i < 300; i++)
        headers[i] = "X-Name: value";
    headers[300] = NULL;
    begin();
    assert_refused(start((rs_call_options){.headers = headers}));
    headers[65] = NULL;
    assert_refused(start((rs_call_options){.headers = headers}));
    headers[64] = NULL;
    assert_int_equal(kind_of(start((rs_call_options){.headers = headers})),
                     RS_OK);
    end();
}

static void forges_no_line(void **state) {
    (void)state;
    static const char evil[] = "X: y\r\nEvil: 1";
    const char *headers[] = {evil, NULL};
    begin();
    assert_refused(start((rs_call_options){.headers = headers}));
    assert_refused(start((rs_call_options){.path = "/x HTTP/1.1\r\nEvil: 1"}));
    assert_refused(start((rs_call_options){.path = "/x#y"}));
    assert_refused(start((rs_call_options){.url = "http://h\r\nEvil: 1/x"}));
    assert_refused(start((rs_call_options){.method = "GET\r\nEvil: 1"}));
    end();
    begin_with(ANSWERS(answer(200, NULL, ONE)), (rs_options){.token = evil});
    assert_refused(rs_snapshot_get(session, "s1"));
    end();
    begin_with(ANSWERS(answer(200, NULL, ONE)),
               (rs_options){.user_agent = evil});
    assert_refused(rs_snapshot_get(session, "s1"));
    end();
    begin_with(ANSWERS(answer(200, NULL, ONE)),
               (rs_options){.endpoint = "http://127.0.0.1:1\r\nEvil: 1"});
    assert_refused(rs_snapshot_get(session, "s1"));
    end();
}

/* Otherwise the token would go to the host behind the "@". */
static void has_paths_below_the_endpoint_alone(void **state) {
    (void)state;
    char endpoint[64], path[64];
    begin();
    snprintf(path, sizeof path, "@%s/x", server_url(here, "") + 7);
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:1");
    rs_session_free(session);
    session = rs_session_new(
        &(rs_options){.endpoint = endpoint, .token = "t", .proxy = ""}, NULL,
        &test_allocator);
    assert_refused(start((rs_call_options){.path = path}));
    assert_refused(start((rs_call_options){.path = "23/x"}));
    assert_refused(start((rs_call_options){.path = ".example.org/x"}));
    end();
}

static void tells_no_account(void **state) {
    (void)state;
    rs_report report;
    begin_with(ANSWERS(SILENCE),
               (rs_options){.endpoint = "http://user:secret@127.0.0.1:1/v3",
                            .retries = -1,
                            .reports = true});
    rs_call *call = start((rs_call_options){.path = "/x?a=b@c"});
    assert_false(rs_call_wait(call));
    const rs_fault *fault = rs_call_fault(call);
    assert_int_equal(fault->kind, RS_NETWORK);
    assert_null(strstr(fault->message, "secret"));
    assert_string_equal(fault->url,
                        "http://***********@127.0.0.1:1/v3/x?a=b@c");
    assert_true(rs_session_next_report(session, &report));
    assert_string_equal(report.url, fault->url);
    assert_string_equal(report.fault->url, fault->url);
    rs_call_free(call);
    end();
}

/* The service never gets what proves who one is. */
static void logs_in_nowhere_else(void **state) {
    (void)state;
    static const char *const urls[] = {NULL, "", "nonsense",
                                       "http://h\r\nEvil/"};
    begin();
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        rs_session_free(session);
        const rs_token_source source = {urls[i], "{\"password\":\"p\"}", 3};
        session = rs_session_new(
            &(rs_options){.endpoint = server_url(here, "/v3"), .proxy = ""},
            &source, &test_allocator);
        rs_call *call = rs_snapshot_get(session, "s1");
        assert_false(rs_call_wait(call));
        assert_refused(call);
    }
    end();
}

static void tells_no_account_of_the_identity_service(void **state) {
    (void)state;
    begin();
    rs_session_free(session);
    const rs_token_source source = {"http://user:secret@127.0.0.1:1/x", "{}",
                                    0};
    session = rs_session_new(&(rs_options){.endpoint = server_url(here, "/v3"),
                                           .proxy = "",
                                           .retries = -1},
                             &source, &test_allocator);
    rs_call *call = rs_snapshot_get(session, "s1");
    assert_false(rs_call_wait(call));
    assert_int_equal(rs_call_fault(call)->kind, RS_NETWORK);
    assert_string_equal(rs_call_fault(call)->url,
                        "http://***********@127.0.0.1:1/x");
    assert_string_equal(rs_call_fault(call)->method, "POST");
    rs_call_free(call);
    end();
}

static void refuses_texts_that_are_too_long(void **state) {
    (void)state;
    char *text = text_of(9 * MIB);
    text[0] = '/';
    begin();
    assert_refused(start((rs_call_options){.path = text}));
    const rs_create_options options = {.volume_id = "v", .description = text};
    assert_refused(rs_snapshot_create(session, &options));
    assert_refused(rs_snapshot_update(session, "s1", text, NULL));
    assert_refused(rs_snapshot_get(session, text));
    end();
    begin_with(ANSWERS(answer(200, NULL, ONE)),
               (rs_options){.user_agent = text});
    assert_refused(rs_snapshot_get(session, "s1"));
    end();
    free(text);
}

/* Never without a token, which would look like a wrong one. */
static void sends_a_token_whole_or_nothing(void **state) {
    (void)state;
    char *token = text_of(20000);
    begin_with(ANSWERS(answer(200, NULL, ONE)), (rs_options){.token = token});
    assert_refused(rs_snapshot_get(session, "s1"));
    end();
    token[16000] = '\0';
    begin_with(ANSWERS(answer(200, NULL, ONE)), (rs_options){.token = token});
    assert_int_equal(kind_of(rs_snapshot_get(session, "s1")), RS_OK);
    assert_non_null(strstr(server_request(here, 0), token));
    end();
    free(token);
}

/* -------------------------------------------------------------------- sizes */

static void counts_longer_times_as_the_longest(void **state) {
    (void)state;
    begin_with(ANSWERS(answer(200, NULL, ONE)),
               (rs_options){.timeout = LONG_MAX,
                            .attempt_timeout = LONG_MAX,
                            .connect_timeout = LONG_MAX});
    assert_int_equal(kind_of(rs_snapshot_get(session, "s1")), RS_OK);
    rs_call *call = start((rs_call_options){.timeout = LONG_MAX});
    assert_true(rs_session_timeout(session) <= 1000000000);
    assert_int_equal(kind_of(call), RS_OK);
    end();
}

static void has_a_lane_for_one_at_least(void **state) {
    (void)state;
    begin();
    for (int most = -1; most < 2; most++) {
        rs_lane *lane = rs_lane_new(session, most);
        assert_int_equal(rs_lane_limit(lane), 1);
        assert_int_equal(kind_of(start((rs_call_options){.lane = lane})),
                         RS_OK);
        rs_lane_free(lane);
    }
    end();
}

static rs_listing *list(rs_filters filters) {
    const char *problem = "";
    rs_listing *listing = rs_listing_new(session, &filters, &problem);
    assert_null(problem);
    assert_non_null(listing);
    return listing;
}

/* Whatever a listing begins with, its token is one. */
static void goes_on_from_any_beginning(void **state) {
    (void)state;
    static const rs_filters beginnings[] = {
        {.offset = 5000000},
        {.offset = SIZE_MAX},
        {.marker = ""},
        {.marker = "a:b"},
        {.marker = "", .offset = 1},
        {.marker = "a:b", .offset = SIZE_MAX}};
    begin();
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        rs_listing *first = list(beginnings[i]);
        char *token = strdup(rs_listing_token(first));
        rs_listing *second = list((rs_filters){.token = token});
        assert_string_equal(rs_listing_token(second), token);
        rs_listing_free(first);
        rs_listing_free(second);
        free(token);
    }
    end();
}

static void leaves_out_more_than_there_are(void **state) {
    (void)state;
    rs_snapshot *snapshot;
    begin_with(ANSWERS(answer(200, NULL,
                              "{\"snapshots\":[{\"id\":\"a\"},{\"id\":\"b\"},"
                              "{\"id\":\"c\"}]}")),
               (rs_options){.retries = -1});
    rs_listing *listing = list((rs_filters){
        .sort = "name", .marker = "a", .offset = SIZE_MAX, .page_size = 5});
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_END);
    rs_listing_free(listing);
    listing = list((rs_filters){
        .sort = "name", .marker = "a", .offset = 1, .page_size = 5});
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_ROW);
    assert_string_equal(rs_snapshot_id(snapshot), "c");
    rs_snapshot_free(snapshot);
    rs_listing_free(listing);
    end();
}

/* -------------------------------------------------------------------- calls */

static void reads_no_body_after_a_head(void **state) {
    (void)state;
    size_t size;
    begin_with(ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n",
                       answer(200, NULL, ONE)),
               (rs_options){.retries = -1});
    rs_call *call = start((rs_call_options){.method = "HEAD"});
    assert_true(rs_call_wait(call));
    assert_int_equal(rs_call_status(call), 200);
    (void)rs_call_body(call, &size);
    assert_int_equal(size, 0);
    rs_call_free(call);
    assert_int_equal(kind_of(start((rs_call_options){.method = NULL})), RS_OK);
    assert_memory_equal(server_request(here, 0), "HEAD ", 5);
    assert_memory_equal(server_request(here, 1), "GET ", 4);
    assert_int_equal(server_connections(here), 1);
    end();
}

static void says_whether_a_cancelled_call_was_sent(void **state) {
    (void)state;
    const rs_create_options options = {.volume_id = "v"};
    begin_with(ANSWERS(SILENCE), (rs_options){.max_connections = 1});
    rs_call *sent = rs_snapshot_create(session, &options);
    await_requests(1);
    rs_call *waiting = rs_snapshot_create(session, &options);
    step();
    rs_call_cancel(sent);
    rs_call_cancel(waiting);
    rs_call_cancel(sent);
    assert_int_equal(rs_call_fault(sent)->kind, RS_NETWORK);
    assert_true(rs_call_fault(sent)->sent);
    assert_true(rs_call_fault(sent)->lost);
    assert_false(rs_call_fault(waiting)->sent);
    assert_false(rs_call_fault(waiting)->lost);
    assert_int_equal(rs_call_fault(waiting)->attempts, 0);
    rs_call_free(sent);
    rs_call_free(waiting);
    end();
}

static void gives_a_snapshot_when_there_is_memory_again(void **state) {
    (void)state;
    begin();
    rs_call *call =
        rs_snapshot_create(session, &(rs_create_options){.volume_id = "v"});
    assert_true(rs_call_wait(call));
    memory.refuse_in = 1;
    assert_null(rs_call_snapshot(call));
    memory.refuse_in = 0;
    assert_int_equal(rs_call_fault(call)->kind, RS_NO_MEMORY);
    assert_int_equal(rs_call_fault(call)->status, 200);
    assert_true(rs_call_fault(call)->sent); /* it was created */
    rs_snapshot *snapshot = rs_call_snapshot(call);
    assert_string_equal(rs_snapshot_id(snapshot), "s1");
    assert_null(rs_call_fault(call));
    rs_snapshot_free(snapshot);
    rs_call_free(call);
    end();
}

/* A create whose answer no memory was left for may have taken effect. */
static void does_not_call_a_create_that_was_sent_a_failure(void **state) {
    (void)state;
    int uncertain = 0;
    for (size_t point = 1; point < 30; point++) {
        begin_with(ANSWERS(answer(202, NULL, ONE)),
                   (rs_options){.retries = -1});
        rs_call *call =
            rs_snapshot_create(session, &(rs_create_options){.volume_id = "v"});
        memory.refuse_in = point;
        memory.refuses_on = true;
        (void)rs_call_wait(call);
        memory.refuse_in = 0;
        memory.refuses_on = false;
        const rs_fault *fault = rs_call_fault(call);
        if (fault != NULL)
            assert_int_equal(fault->kind == RS_UNCERTAIN, fault->sent);
        uncertain += fault != NULL && fault->sent;
        rs_call_free(call);
        end();
    }
    assert_int_not_equal(uncertain, 0);
}

/* Otherwise it would wait for its deadline, with nothing to wait for. */
static void ends_in_a_child_without_descriptors(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE), (rs_options){.retries = -1});
    rs_call *call = rs_snapshot_get(session, "s1");
    await_requests(1);
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_NOFILE, &none);
        bool due = rs_session_timeout(session) == 0;
        rs_session_step(session);
        _exit(due && rs_call_is_done(call) &&
                      rs_call_fault(call)->kind == RS_NETWORK &&
                      rs_session_timeout(session) == -1
                  ? 0
                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_false(rs_call_is_done(call)); /* the parent's goes on */
    rs_call_free(call);
    end();
}

static void gives_metadata_as_unicode(void **state) {
    (void)state;
    begin_with(ANSWERS(answer(200, NULL,
                              "{\"snapshot\":{\"id\":\"s\",\"metadata\":{"
                              "\"k\":[\"\xE9\\n\"],\"l\":\"\xE9\"}}}")),
               (rs_options){.retries = -1});
    rs_call *call = rs_snapshot_get(session, "s");
    assert_true(rs_call_wait(call));
    rs_snapshot *snapshot = rs_call_snapshot(call);
    assert_string_equal(rs_snapshot_metadata(snapshot, "k"),
                        "[\"\xEF\xBF\xBD\\n\"]");
    assert_string_equal(rs_snapshot_metadata(snapshot, "l"), "\xEF\xBF\xBD");
    rs_snapshot_free(snapshot);
    rs_call_free(call);
    end();
}

/* Otherwise a program that deletes by this id deletes another snapshot. */
static void cuts_no_text_off(void **state) {
    (void)state;
    begin_with(ANSWERS(answer(200, NULL,
                              "{\"snapshot\":{\"id\":\"a\\u0000b\","
                              "\"name\":\"\\u0000\\u0000\","
                              "\"status\":\"\\u0000x\\u0000\",\"metadata\":{"
                              "\"k\":\"1\\u00002\"}}}")),
               (rs_options){.retries = -1});
    rs_call *call = rs_snapshot_get(session, "s");
    assert_true(rs_call_wait(call));
    rs_snapshot *snapshot = rs_call_snapshot(call);
    assert_string_equal(rs_snapshot_id(snapshot), "a\xEF\xBF\xBD"
                                                  "b");
    assert_string_equal(rs_snapshot_name(snapshot), "\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(rs_snapshot_status(snapshot),
                        "\xEF\xBF\xBDX\xEF\xBF\xBD");
    assert_string_equal(rs_snapshot_metadata(snapshot, "k"), "1\xEF\xBF\xBD"
                                                             "2");
    rs_snapshot_free(snapshot);
    rs_call_free(call);
    end();
}

static void has_a_fault_while_the_last_result_is_one(void **state) {
    (void)state;
    rs_snapshot *snapshot;
    char late[512];
    snprintf(late, sizeof late, "%s%s", LATE, answer(200, NULL, "{}"));
    begin_with(ANSWERS(answer(500, NULL, "{}"), late,
                       answer(200, NULL, "{\"snapshots\":[]}")),
               (rs_options){.retries = -1});
    rs_listing *listing = list((rs_filters){.page_size = 5});
    assert_null(rs_listing_fault(listing));
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_FAULT);
    assert_int_equal(rs_listing_fault(listing)->kind, RS_SERVER);
    assert_int_equal(rs_listing_next(listing, &snapshot), RS_NEXT_WAIT);
    assert_null(rs_listing_fault(listing));
    server_release(here);
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_FAULT);
    assert_int_equal(rs_listing_fault(listing)->kind, RS_DECODE);
    assert_null(snapshot);
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_END);
    assert_null(rs_listing_fault(listing));
    rs_listing_free(listing);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_no_other_version),
        cmocka_unit_test(takes_sixty_four_headers),
        cmocka_unit_test(forges_no_line),
        cmocka_unit_test(has_paths_below_the_endpoint_alone),
        cmocka_unit_test(tells_no_account),
        cmocka_unit_test(logs_in_nowhere_else),
        cmocka_unit_test(tells_no_account_of_the_identity_service),
        cmocka_unit_test(refuses_texts_that_are_too_long),
        cmocka_unit_test(sends_a_token_whole_or_nothing),
        cmocka_unit_test(counts_longer_times_as_the_longest),
        cmocka_unit_test(has_a_lane_for_one_at_least),
        cmocka_unit_test(goes_on_from_any_beginning),
        cmocka_unit_test(leaves_out_more_than_there_are),
        cmocka_unit_test(reads_no_body_after_a_head),
        cmocka_unit_test(says_whether_a_cancelled_call_was_sent),
        cmocka_unit_test(gives_a_snapshot_when_there_is_memory_again),
        cmocka_unit_test(does_not_call_a_create_that_was_sent_a_failure),
        cmocka_unit_test(ends_in_a_child_without_descriptors),
        cmocka_unit_test(gives_metadata_as_unicode),
        cmocka_unit_test(cuts_no_text_off),
        cmocka_unit_test(has_a_fault_while_the_last_result_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
