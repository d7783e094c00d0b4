/*
 * How calls end: creates that are never sent twice, kinds of failure, and
 * reports.
 */
#include "client.h"
#include "http/http_internal.h"

#include <stdio.h>

#define GOOD answer(200, NULL, "{}")
#define AWAY answer(503, NULL, "")
#define SLOW answer(429, "Retry-After: 7\r\n", "")
#define NOBODY "http://127.0.0.1:1/"
#define LONG 600000 /* ms: TLS takes its time on a machine that is emulated */

/* ------------------------------------------------------------------- creates
 */

static rs_call *create(void) {
    return rs_snapshot_create(session, &(rs_create_options){.volume_id = "v"});
}

static void a_create_is_never_sent_twice_blindly(void **state) {
    (void)state;
    const char *lost[] = {HANG_UP,
                          "!HTTP/1.1 202 Accepted\r\n",
                          "!HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n",
                          answer(500, NULL, ""),
                          answer(502, NULL, ""),
                          answer(503, NULL, ""),
                          answer(504, NULL, ""),
                          answer(408, NULL, "")};
    for (size_t i = 0; i < COUNT(lost); i++) {
        begin(ANSWERS(lost[i]));
        rs_call *call = create();
        finish(call);
        const rs_fault *fault = rs_call_fault(call);
        assert_non_null(fault);
        assert_int_equal(fault->kind, RS_UNCERTAIN);
        assert_true(fault->lost && fault->cause != NULL);
        assert_int_not_equal(fault->cause->kind, RS_UNCERTAIN);
        assert_non_null(strstr(fault->message, fault->cause->message));
        assert_outcome(call, RS_UNCERTAIN, 1);
        assert_int_equal(server_requests(here), 1);
        end();
    }
}

static void a_create_without_an_answer_in_time_is_uncertain(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE));
    rs_call *call = create();
    await_requests(1);
    rs_session_skip(session, 30001);
    finish(call);
    assert_int_equal(rs_call_fault(call)->cause->kind, RS_TIMEOUT);
    assert_outcome(call, RS_UNCERTAIN, 1);
    end();
}

static void a_create_cut_on_a_kept_connection_is_uncertain(void **state) {
    (void)state;
    begin(ANSWERS(GOOD, HANG_UP, GOOD));
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_outcome(create(), RS_UNCERTAIN, 1);
    assert_int_equal(server_count(here, "POST"), 1);
    end();
}

/* A balancer answers 408 on a connection that was idle: nobody read the
 * request.
 */
static void a_create_that_surely_did_nothing_is_sent_again(void **state) {
    (void)state;
    const char *made = answer(202, NULL, "{\"snapshot\":{\"id\":\"s\"}}");
    begin(ANSWERS(SLOW, made));
    assert_outcome(create(), RS_OK, 2);
    end();
    begin(ANSWERS(GOOD, answer(408, NULL, ""), made));
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_outcome(create(), RS_OK, 2);
    end();
}

static void a_create_that_never_left_is_an_ordinary_failure(void **state) {
    (void)state;
    begin_with(ANSWERS(OK), (rs_options){.endpoint = NOBODY, .retries = 2},
               NULL);
    rs_call *call = create();
    finish(call);
    assert_false(rs_call_fault(call)->sent || rs_call_fault(call)->lost);
    assert_outcome(call, RS_NETWORK, 3);
    end();
}

static void a_create_that_may_be_repeated_is(void **state) {
    (void)state;
    begin(ANSWERS(HANG_UP, AWAY, GOOD));
    rs_call *call =
        start_with((rs_call_options){.method = "POST", .idempotent = true});
    assert_outcome(call, RS_OK, 3);
    end();
}

/* --------------------------------------------------------------------- kinds
 */

typedef struct answer_kind {
    int status;
    const char *body;
    rs_kind kind;
} answer_kind;

static void tells_the_kind_of_an_answer(void **state) {
    (void)state;
    static const answer_kind cases[] = {
        {302, "", RS_DECODE},
        {400, "{\"badRequest\":{\"message\":\"m\"}}", RS_INVALID},
        {400, "{\"badRequest\":{\"message\":\"quota exceeded\"}}", RS_QUOTA},
        {401, "", RS_AUTH},
        {403, "", RS_FORBIDDEN},
        {404, "{\"itemNotFound\":{\"message\":\"m\"}}", RS_NOT_FOUND},
        {404, "<html>not found</html>", RS_SERVER}, /* a proxy's */
        {405, "", RS_UNSUPPORTED},
        {409, "", RS_CONFLICT},
        {413, "{\"overLimit\":{\"message\":\"quota exceeded\"}}", RS_QUOTA},
        {422, "", RS_INVALID},
        {429, "", RS_RATE_LIMITED},
        {500, "", RS_SERVER},
        {501, "", RS_UNSUPPORTED},
        {503, "", RS_SERVER}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin(ANSWERS(answer(cases[i].status, NULL, cases[i].body)));
        rs_call *call = start_with((rs_call_options){.retries = -1});
        assert_outcome(call, cases[i].kind, 1);
        end();
    }
}

static void tells_the_kind_where_there_is_no_answer(void **state) {
    (void)state;
    static const char *const line_break[] = {"X: a\r\nY: b", NULL};
    begin_with(ANSWERS(OK),
               (rs_options){.max_response = 1,
                            .retries = -1,
                            .timeout = LONG,
                            .attempt_timeout = LONG,
                            .connect_timeout = LONG},
               NULL);
    assert_outcome(start("GET", "/x"), RS_DECODE, 1); /* too large */
    assert_outcome(start_with((rs_call_options){.url = NOBODY}), RS_NETWORK, 1);
    assert_outcome(start_with((rs_call_options){.url = "ftp://h/"}), RS_INVALID,
                   1);
    assert_outcome(start_with((rs_call_options){.headers = line_break}),
                   RS_INVALID, 1);
    char url[64];
    snprintf(url, sizeof url, "https%s", server_url(here, "/") + 4);
    rs_call *call = start_with((rs_call_options){.url = url});
    assert_outcome(call, RS_TLS, 1);
    end();
}

static void tells_what_the_service_said(void **state) {
    (void)state;
    begin(ANSWERS(answer(404, "X-Openstack-Request-Id: req-7\r\n",
                         "{\"itemNotFound\":{\"message\":\"no " TOKEN "\"}}")));
    rs_call *call = start("GET", "/snapshots/" TOKEN);
    finish(call);
    const rs_fault *fault = rs_call_fault(call);
    assert_string_equal(fault->message, "no ***");
    assert_string_equal(fault->code, "itemNotFound");
    assert_string_equal(fault->request_id, "req-7");
    assert_string_equal(fault->method, "GET");
    assert_non_null(strstr(fault->url, "/v3/p/snapshots/***"));
    assert_true(fault->sent && !fault->lost && !fault->unrouted);
    assert_kind(call, RS_NOT_FOUND);
    end();
}

static void names_where_a_redirect_goes(void **state) {
    (void)state;
    begin(ANSWERS(answer(301, "Location: https://u:p@h/\x01x\r\n", "")));
    rs_call *call = start("GET", "/x");
    finish(call);
    const char *message = rs_call_fault(call)->message;
    assert_non_null(strstr(message, "https://***@h/?x"));
    assert_kind(call, RS_DECODE);
    end();
}

static void gives_a_fault_to_an_answer_that_is_none(void **state) {
    (void)state;
    begin(ANSWERS(GOOD));
    for (int made = 0; made < 2; made++) {
        rs_call *call = start("POST", "/x");
        finish(call);
        rs_call_reject(call, "it is odd", made == 1);
        const rs_fault *fault = rs_call_fault(call);
        assert_int_equal(fault->status, 200);
        assert_non_null(strstr(fault->message, "it is odd"));
        assert_kind(call, made == 1 ? RS_UNCERTAIN : RS_DECODE);
    }
    end();
}

/* ----------------------------------------------------------- ends and reports
 */

static void is_cancelled(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE));
    rs_call *call = start("GET", "/x");
    await_requests(1);
    rs_call_cancel(call);
    rs_call_cancel(call);
    assert_string_equal(rs_call_fault(call)->message, "the call was cancelled");
    assert_null(session->first);
    assert_kind(call, RS_NETWORK);
    rs_call_free(NULL);
    end();
}

static void is_ended_by_the_session(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE),
               (rs_options){.token = TOKEN, .max_connections = 1}, NULL);
    rs_call *sent = start("GET", "/x"), *queued = start("GET", "/y");
    await_requests(1);
    rs_session_close(session);
    rs_session_close(session);
    rs_call *late = start("GET", "/z");
    rs_call *const calls[] = {sent, queued, late};
    for (size_t i = 0; i < COUNT(calls); i++) {
        assert_true(rs_call_is_done(calls[i]));
        assert_true(rs_call_fault(calls[i])->closed);
        assert_int_equal(rs_call_fault(calls[i])->sent, i == 0);
        assert_kind(calls[i], RS_NETWORK);
    }
    assert_int_equal(rs_session_fd(session), -1);
    assert_int_equal(rs_session_timeout(session), -1);
    rs_session_step(session);
    end();
}

/* Calls may be freed after their session. */
static void outlives_the_session(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE));
    rs_call *call = start("GET", "/x");
    await_requests(1);
    rs_session_free(session);
    assert_string_equal(rs_call_fault(call)->message, "the client was closed");
    rs_call_free(call);
    rs_session_free(NULL);
    server_stop(here);
    assert_no_block_is_left();
}

static void reports_every_attempt(void **state) {
    (void)state;
    rs_report report;
    begin(ANSWERS(answer(503, "X-Openstack-Request-Id: req-1\r\n", ""), GOOD));
    assert_outcome(start("GET", "/x"), RS_OK, 2);
    assert_true(rs_session_has_report(session));
    assert_true(rs_session_next_report(session, &report));
    assert_int_equal(report.status, 503);
    assert_int_equal(report.attempt, 1);
    assert_string_equal(report.request_id, "req-1");
    assert_string_equal(report.method, "GET");
    assert_int_equal(report.fault->kind, RS_SERVER);
    assert_string_equal(report.fault->url, report.url);
    assert_true(report.seconds >= 0);
    assert_true(rs_session_next_report(session, &report));
    assert_int_equal(report.status, 200);
    assert_int_equal(report.attempt, 2);
    assert_null(report.fault);
    assert_null(report.request_id);
    assert_false(rs_session_next_report(session, &report));
    end();
}

/* -------------------------------------------------------------- odd answers */

static void takes_only_names_for_request_ids(void **state) {
    (void)state;
    char longest[128], longer[128];
    memset(longest, 'x', sizeof longest);
    longest[100] = '\0';
    memset(longer, 'x', sizeof longer);
    longer[101] = '\0';
    const struct {
        const char *id;
        bool taken;
    } cases[] = {{"req-aZ09_.:", true}, {longest, true}, {longer, false},
                 {"a b", false},        {"a/b", false},  {"a\xC3\xA4", false},
                 {"", false},           {"{x}", false},  {"a[b", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char header[200];
        snprintf(header, sizeof header, "X-Compute-Request-Id: %s\r\n",
                 cases[i].id);
        begin(ANSWERS(answer(400, header, "")));
        rs_call *call = start("GET", "/x");
        finish(call);
        const char *id = rs_call_fault(call)->request_id;
        assert_int_equal(id != NULL, cases[i].taken);
        if (id != NULL)
            assert_string_equal(id, cases[i].id);
        rs_call_free(call);
        end();
    }
}

/* said: libcurl's message, where another version has other words; or NULL. */
static void assert_names_the_proxys_origin(const char *said) {
    here = server_start(ANSWERS(OK));
    const rs_options options = {.endpoint = "http://service:80/v3",
                                .proxy = "http://127.0.0.2:1",
                                .retries = -1};
    session = rs_session_new(&options, NULL, &test_allocator);
    assert_non_null(session);
    rs_call *call = start("GET", "/x");
    if (said != NULL)
        rs_request_finish(call->request, RS_HTTP_NETWORK, said);
    finish(call);
    assert_non_null(strstr(rs_call_fault(call)->message,
                           "(the proxy is that of the option proxy)"));
    assert_kind(call, RS_NETWORK);
    end();
}

static void says_where_the_proxy_came_from(void **state) {
    (void)state;
    assert_names_the_proxys_origin(NULL);
    assert_names_the_proxys_origin("Failed to connect to service port 80 via "
                                   "127.0.0.2 after 5 ms: no such luck");
}

static void cuts_a_long_target_of_a_redirect(void **state) {
    (void)state;
    char header[600] = "Location: http://h/";
    memset(header + strlen(header), 'x', 400);
    strcat(header, "\r\n");
    begin(ANSWERS(answer(307, header, ""), answer(300, NULL, "")));
    rs_call *call = start("PUT", "/x");
    finish(call);
    assert_true(strlen(rs_call_fault(call)->message) < 400);
    assert_non_null(strstr(rs_call_fault(call)->message, "http://h/xxx"));
    assert_kind(call, RS_DECODE);
    assert_kind(start("GET", "/x"), RS_DECODE); /* nobody asked for choices */
    end();
}

static void tells_of_a_second_factor(void **state) {
    (void)state;
    begin(ANSWERS(answer(401, "WWW-Authenticate: OS-MF\r\n", "")));
    rs_call *call = start("GET", "/x");
    finish(call);
    assert_non_null(strstr(rs_call_fault(call)->message, "second factor"));
    assert_kind(call, RS_AUTH);
    end();
}

static void takes_an_object_for_one_whatever_surrounds_it(void **state) {
    (void)state;
    static const struct {
        const char *body;
        rs_kind kind;
    } cases[] = {{"\xEF\xBB\xBF {\"a\":1}\r\n", RS_OK},
                 {" {} ", RS_OK},
                 {"\xEF\xBB\xBF", RS_DECODE},
                 {"{", RS_DECODE},
                 {"{\"a\":1", RS_DECODE},
                 {"[]", RS_DECODE}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin(ANSWERS(answer(200, NULL, cases[i].body)));
        rs_call *call = start_with(
            (rs_call_options){.expects_object = true, .retries = -1});
        assert_outcome(call, cases[i].kind, 1);
        end();
    }
}

/* Without a length, a body ends where the connection ends. */
static void asks_again_for_half_an_answer(void **state) {
    (void)state;
#define WHOLE                                                                  \
    "{\"snapshot\":{\"id\":\"a\",\"name\":\"\\u00e4\xC3\xA4\",\"size\":-1.5e+" \
    "3,"                                                                       \
    "\"bootable\":true,\"metadata\":{}}}"
    static const char head[] = "!HTTP/1.1 200 OK\r\n\r\n";
    char whole[200], half[200];
    snprintf(whole, sizeof whole, "%s%s", head, WHOLE);
    for (size_t size = 1; size < sizeof WHOLE - 1; size++) {
        snprintf(half, sizeof half, "%s%.*s", head, (int)size, WHOLE);
        begin(ANSWERS(half, whole, half, whole));
        rs_call *call = rs_snapshot_get(session, "a");
        assert_outcome(call, RS_OK, 2);
        call = rs_snapshot_update(session, "a", "n", NULL);
        assert_outcome(call, RS_OK, 2);
        end();
    }
}

static void tries_again_only_what_can_pass(void **state) {
    (void)state;
    static const struct {
        int status, attempts;
    } cases[] = {{500, 2}, {501, 1}, {502, 2}, {503, 2}, {504, 2},
                 {505, 1}, {599, 1}, {507, 1}, {509, 2}, {519, 1},
                 {520, 2}, {522, 2}, {530, 2}, {531, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin(ANSWERS(answer(cases[i].status, NULL, "")));
        rs_call *call = start_with((rs_call_options){.retries = 1});
        finish(call);
        assert_int_equal(rs_call_fault(call)->attempts, cases[i].attempts);
        rs_call_free(call);
        end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_is_never_sent_twice_blindly),
        cmocka_unit_test(a_create_without_an_answer_in_time_is_uncertain),
        cmocka_unit_test(a_create_cut_on_a_kept_connection_is_uncertain),
        cmocka_unit_test(a_create_that_surely_did_nothing_is_sent_again),
        cmocka_unit_test(a_create_that_never_left_is_an_ordinary_failure),
        cmocka_unit_test(a_create_that_may_be_repeated_is),
        cmocka_unit_test(tells_the_kind_of_an_answer),
        cmocka_unit_test(tells_the_kind_where_there_is_no_answer),
        cmocka_unit_test(tells_what_the_service_said),
        cmocka_unit_test(names_where_a_redirect_goes),
        cmocka_unit_test(gives_a_fault_to_an_answer_that_is_none),
        cmocka_unit_test(is_cancelled),
        cmocka_unit_test(is_ended_by_the_session),
        cmocka_unit_test(outlives_the_session),
        cmocka_unit_test(reports_every_attempt),
        cmocka_unit_test(takes_only_names_for_request_ids),
        cmocka_unit_test(says_where_the_proxy_came_from),
        cmocka_unit_test(cuts_a_long_target_of_a_redirect),
        cmocka_unit_test(tells_of_a_second_factor),
        cmocka_unit_test(takes_an_object_for_one_whatever_surrounds_it),
        cmocka_unit_test(asks_again_for_half_an_answer),
        cmocka_unit_test(tries_again_only_what_can_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
