/*
 * Calls: requests, attempts, pauses and deadlines.
 */
#include "client.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define GOOD answer(200, NULL, "{}")
#define AWAY answer(503, NULL, "")
#define SLOW answer(429, "Retry-After: 7\r\n", "")
#define GONE answer(404, NULL, "{\"itemNotFound\":{\"message\":\"gone\"}}")
#define BUSY answer(409, NULL, "{\"conflict\":{\"message\":\"busy\"}}")

/* ----------------------------------------------------------- what is sent */

static void sends_the_request_that_was_asked_for(void **state) {
    (void)state;
    static const char *const headers[] = {"X-One: 1", "X-Two: 2", NULL};
    begin_with(ANSWERS(GOOD), (rs_options){.token = TOKEN, .microversion = 70},
               NULL);
    rs_call *call = start_with((rs_call_options){.method = "PUT",
                                                 .path = "/snapshots/x?y=z",
                                                 .headers = headers,
                                                 .body = "{\"a\":1}",
                                                 .body_size = 7});
    assert_outcome(call, RS_OK, 1);
    const char *sent = server_request(here, 0);
    static const char *const lines[] = {
        "PUT /v3/p/snapshots/x?y=z HTTP/1.1\r\n",
        "\r\nX-Auth-Token: " TOKEN "\r\n",
        "\r\nOpenStack-API-Version: volume 3.70\r\n",
        "\r\nAccept: application/json\r\n",
        "\r\nContent-Type: application/json\r\n",
        "\r\nUser-Agent: rsnapshots/" RSNAPSHOTS_VERSION "\r\n",
        "\r\nX-One: 1\r\n",
        "\r\nX-Two: 2\r\n",
        "\r\n\r\n{\"a\":1}"};
    for (size_t i = 0; i < COUNT(lines); i++)
        if (strstr(sent, lines[i]) == NULL)
            fail_msg("there is no %s in %s", lines[i], sent);
    end();
}

/* All with one libcurl handle, in which nothing must be left of the request
 * before. */
static void sends_every_method_as_it_is(void **state) {
    (void)state;
    static const struct {
        const char *method, *body;
    } cases[] = {{"POST", "{}"}, {"GET", NULL},    {"GET", "{}"},
                 {"GET", NULL},  {"HEAD", NULL},   {"POST", "{}"},
                 {"HEAD", NULL}, {"DELETE", NULL}, {"GET", NULL},
                 {"PUT", "{}"},  {"DELETE", "{}"}, {"GET", "{}"},
                 {"POST", NULL}, {"GET", NULL}};
    begin(ANSWERS(answer(204, NULL, "")));
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[64];
        const char *body = cases[i].body != NULL ? cases[i].body : "";
        assert_outcome(start_with((rs_call_options){.method = cases[i].method,
                                                    .body = cases[i].body,
                                                    .body_size = strlen(body)}),
                       RS_OK, 1);
        const char *sent = server_request(here, (int)i);
        (void)snprintf(line, sizeof line, "%s /v3/p/snapshots/x HTTP/1.1\r\n",
                       cases[i].method);
        assert_ptr_equal(strstr(sent, line), sent);
        assert_string_equal(strstr(sent, "\r\n\r\n") + 4, body);
        assert_null(strstr(sent, "Expect"));
        assert_true((strstr(sent, "Content-Length: 2\r\n") != NULL) ==
                    (cases[i].body != NULL));
    }
    end();
}

static void sends_no_token_to_a_url_of_its_own(void **state) {
    (void)state;
    begin_with(ANSWERS(GOOD), (rs_options){.token = TOKEN, .microversion = 70},
               NULL);
    rs_call *call =
        start_with((rs_call_options){.url = server_url(here, "/elsewhere")});
    assert_outcome(call, RS_OK, 1);
    const char *sent = server_request(here, 0);
    assert_non_null(strstr(sent, "GET /elsewhere HTTP/1.1\r\n"));
    assert_null(strstr(sent, TOKEN));
    assert_null(strstr(sent, "OpenStack-API-Version"));
    end();
}

static void gives_the_answer(void **state) {
    (void)state;
    size_t size;
    begin(ANSWERS(OK));
    rs_call *call = start("GET", "/x");
    assert_int_equal(rs_call_status(call), 0);
    assert_null(rs_call_body(call, &size));
    assert_true(rs_call_wait(call));
    assert_int_equal(rs_call_status(call), 200);
    assert_memory_equal(rs_call_body(call, &size), "hi", 2);
    assert_int_equal(size, 2);
    assert_null(rs_call_fault(call));
    rs_call_free(call);
    end();
}

/* ----------------------------------------------------------------- attempts */

static void tries_again_what_passes(void **state) {
    (void)state;
    const char *cut = "!HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
    begin(ANSWERS(AWAY, HANG_UP, cut, SLOW, GOOD));
    /* one more than the attempts: libcurl itself repeats a GET on a new
     * connection if the kept one was closed */
    assert_outcome(start("GET", "/x"), RS_OK, 4);
    assert_int_equal(server_requests(here), 5);
    assert_true(passed >= 7000); /* what the service wanted */
    end();
}

static void gives_up_after_so_many_retries(void **state) {
    (void)state;
    static const struct {
        int retries, attempts;
    } cases[] = {{0, 5}, {1, 2}, {3, 4}, {-1, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin(ANSWERS(AWAY));
        rs_call *call =
            start_with((rs_call_options){.retries = cases[i].retries});
        assert_outcome(call, RS_SERVER, cases[i].attempts);
        assert_int_equal(server_requests(here), cases[i].attempts);
        end();
    }
}

static void does_not_try_again_what_is_final(void **state) {
    (void)state;
    static const int statuses[] = {400, 401, 403, 404, 405, 406,
                                   409, 410, 412, 413, 422, 501};
    for (size_t i = 0; i < COUNT(statuses); i++) {
        begin(ANSWERS(answer(statuses[i], NULL,
                             "{\"itemNotFound\":{\"message\":\"no\"}}")));
        rs_call *call = start("GET", "/x");
        finish(call);
        assert_non_null(rs_call_fault(call));
        assert_int_equal(rs_call_fault(call)->status, statuses[i]);
        assert_int_equal(rs_call_fault(call)->attempts, 1);
        rs_call_free(call);
        end();
    }
}

/* After a 500 nobody knows whether anything but a GET took effect. */
static void tries_a_500_again_of_a_get_only(void **state) {
    (void)state;
    static const char *const methods[] = {"GET", "PUT", "DELETE"};
    for (size_t i = 0; i < 3; i++) {
        begin(ANSWERS(answer(500, NULL, ""), GOOD));
        assert_outcome(start(methods[i], "/x"), i == 0 ? RS_OK : RS_SERVER,
                       i == 0 ? 2 : 1);
        end();
    }
}

static void asks_again_where_the_answer_is_no_object(void **state) {
    (void)state;
    const char *page = answer(200, NULL, "<html>maintenance</html>");
    begin(ANSWERS(page, answer(200, NULL, ""), GOOD));
    rs_call *call = start_with((rs_call_options){.expects_object = true});
    assert_outcome(call, RS_OK, 3);
    end();
    begin(ANSWERS(page));
    call = start_with((rs_call_options){.expects_object = true, .retries = 1});
    assert_outcome(call, RS_DECODE, 2);
    end();
}

static void asks_for_a_snapshot_again_where_there_is_none(void **state) {
    (void)state;
    begin(ANSWERS(answer(200, NULL, "<html>We will be back soon</html>"),
                  answer(204, NULL, ""),
                  answer(200, NULL, "{\"snapshot\":{\"id\":\"a\"}}")));
    rs_call *call = rs_snapshot_get(session, "a");
    finish(call);
    rs_snapshot *snapshot = rs_call_snapshot(call);
    assert_string_equal(rs_snapshot_id(snapshot), "a");
    rs_snapshot_free(snapshot);
    assert_outcome(call, RS_OK, 3);
    end();
}

/* Otherwise a program takes a snapshot for deleted that is not. */
static void takes_no_page_of_a_proxy_for_a_change(void **state) {
    (void)state;
    static const char page[] = "<html>We will be back soon</html>";
    begin(ANSWERS(answer(200, NULL, page), answer(202, NULL, ""),
                  answer(200, NULL, page), answer(200, NULL, "{}"),
                  answer(202, NULL, "<p>Accepted"), answer(200, NULL, "OK"),
                  answer(204, NULL, ""), answer(200, NULL, page)));
    assert_outcome(rs_snapshot_delete(session, "a"), RS_OK, 2);
    assert_outcome(rs_snapshot_update(session, "a", "n", NULL), RS_OK, 2);
    assert_outcome(rs_snapshot_delete(session, "a"), RS_OK, 1);
    assert_outcome(rs_snapshot_delete(session, "a"), RS_OK, 1);
    assert_outcome(rs_snapshot_update(session, "a", "n", NULL), RS_OK, 1);
    assert_outcome(rs_snapshot_delete(session, "a"), RS_DECODE, 5);
    end();
}

static void tries_a_delete_in_conflict_until_its_deadline(void **state) {
    (void)state;
    begin(ANSWERS(BUSY, AWAY, BUSY, BUSY, BUSY, GOOD));
    rs_call *call = start_with((rs_call_options){
        .method = "DELETE", .retry_conflict = true, .retries = 1});
    assert_outcome(call, RS_OK, 6);
    end();
    begin(ANSWERS(BUSY));
    call = start_with((rs_call_options){.method = "DELETE",
                                        .retry_conflict = true,
                                        .retries = -1,
                                        .timeout = 60000});
    finish(call);
    assert_int_equal(rs_call_fault(call)->kind, RS_CONFLICT);
    assert_true(rs_call_fault(call)->attempts > 3);
    assert_true(passed <= 60000);
    assert_kind(call, RS_CONFLICT);
    end();
}

/* The first delete worked, so the second one finds nothing. */
static void a_delete_that_is_done_already_succeeds(void **state) {
    (void)state;
    begin(ANSWERS(HANG_UP, GONE));
    rs_call *call = start("DELETE", "/snapshots/x");
    finish(call);
    assert_null(rs_call_fault(call));
    assert_int_equal(rs_call_status(call), 0);
    assert_outcome(call, RS_OK, 2);
    end();
    begin(ANSWERS(SLOW, GONE)); /* the first one did nothing */
    assert_outcome(start("DELETE", "/snapshots/x"), RS_NOT_FOUND, 2);
    end();
}

/* -------------------------------------------------------------------- pauses
 */

#define SAMPLES 2000

typedef struct spread {
    double least, mean, greatest;
} spread;

static spread measure(int attempt, double retry_after) {
    spread found = {1e300, 0, -1e300};
    for (int i = 0; i < SAMPLES; i++) {
        double delay =
            (double)rs_retry_delay(attempt, retry_after, (double)i / SAMPLES);
        found.least = fmin(found.least, delay);
        found.greatest = fmax(found.greatest, delay);
        found.mean += delay / SAMPLES;
    }
    return found;
}

static void pauses_twice_as_long_each_time(void **state) {
    (void)state;
    for (int attempt = 1; attempt <= 12; attempt++) {
        double most = fmin(20000, 500 * pow(2, attempt - 1));
        spread found = measure(attempt, -1);
        assert_true(found.least >= 0 && found.least < 0.1 * most);
        assert_true(found.greatest <= most && found.greatest > 0.9 * most);
        assert_true(fabs(found.mean - most / 2) < 0.1 * most);
    }
}

static void pauses_20_seconds_at_most(void **state) {
    (void)state;
    static const int attempts[] = {20, 1000, 100000, INT32_MAX};
    for (size_t i = 0; i < COUNT(attempts); i++) {
        spread found = measure(attempts[i], -1);
        assert_true(found.greatest <= 20000 && found.greatest > 18000);
    }
}

static void pauses_never_less_than_the_service_wants(void **state) {
    (void)state;
    static const double wanted[] = {0, 0.3, 7, 30, 3600};
    for (size_t i = 0; i < COUNT(wanted); i++) {
        spread found = measure(6, wanted[i]);
        assert_true(found.least >= floor(wanted[i] * 1000));
        assert_true(found.greatest <= fmax(wanted[i] * 1000, 16000));
    }
    assert_true(rs_retry_delay(1, 1e9, 0.5) >= 1000000000000);
    assert_true(rs_retry_delay(1, 1e300, 0.5) > 0);
}

static void sessions_pause_differently(void **state) {
    (void)state;
    double first[8];
    begin(ANSWERS(OK));
    for (int i = 0; i < 8; i++) {
        first[i] = rs_session_random(session);
        assert_true(first[i] >= 0 && first[i] < 1);
    }
    end();
    begin(ANSWERS(OK));
    bool same = true;
    for (int i = 0; i < 8; i++) {
        double second = rs_session_random(session);
        same = same && memcmp(&first[i], &second, sizeof second) == 0;
    }
    assert_false(same);
    end();
}

/* ----------------------------------------------------------------- deadlines
 */

static void ends_at_its_deadline(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE));
    rs_call *call = start_with((rs_call_options){.timeout = 20000});
    await_requests(1);
    rs_session_skip(session, 19000);
    rs_session_step(session);
    assert_false(rs_call_is_done(call));
    rs_session_skip(session, 1001);
    rs_session_step(session);
    assert_true(rs_call_is_done(call));
    assert_true(rs_call_fault(call)->sent);
    assert_outcome(call, RS_TIMEOUT, 1);
    end();
}

static void each_attempt_has_a_deadline_of_its_own(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE, GOOD),
               (rs_options){.token = TOKEN, .attempt_timeout = 10000}, NULL);
    rs_call *call = start("GET", "/x");
    await_requests(1);
    rs_session_skip(session, 10001);
    assert_outcome(call, RS_OK, 2);
    end();
}

static void does_not_begin_a_pause_that_is_too_long(void **state) {
    (void)state;
    begin(ANSWERS(SLOW));
    rs_call *call = start_with((rs_call_options){.timeout = 6000});
    finish(call);
    assert_true(fabs(rs_call_fault(call)->retry_after - 7) < 0.001);
    assert_true(passed < 6000);
    assert_outcome(call, RS_RATE_LIMITED, 1);
    end();
}

static void says_when_it_was_never_sent(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE),
               (rs_options){.token = TOKEN, .max_connections = 1}, NULL);
    rs_call *first = start("GET", "/x");
    rs_call *second = start_with((rs_call_options){.timeout = 5000});
    await_requests(1);
    rs_session_skip(session, 5001);
    rs_session_step(session);
    assert_false(rs_call_is_done(first));
    assert_true(rs_call_is_done(second));
    assert_false(rs_call_fault(second)->sent);
    assert_string_equal(rs_call_fault(second)->message,
                        "the deadline passed before the request was sent");
    assert_outcome(second, RS_TIMEOUT, 0);
    rs_call_free(first);
    end();
}

/* What its last attempt told stays: the service saw that one. */
static void says_when_it_was_sent_before(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE),
               (rs_options){.token = TOKEN, .max_connections = 1}, NULL);
    server_route(here, "GET /v3/p/a ", ANSWERS(AWAY));
    rs_call *call =
        start_with((rs_call_options){.path = "/a", .timeout = 5000});
    while (call->state != RS_CALL_PAUSING)
        turn();
    rs_call *other = start("GET", "/b");
    await_requests(2);
    rs_session_skip(session, 1000);
    rs_session_step(session);
    rs_session_skip(session, 4001);
    rs_session_step(session);
    assert_true(rs_call_is_done(call));
    assert_true(rs_call_fault(call)->sent);
    assert_int_equal(rs_call_fault(call)->status, 503);
    assert_string_equal(rs_call_fault(call)->message,
                        "the deadline passed before the next attempt");
    assert_outcome(call, RS_TIMEOUT, 1);
    rs_call_free(other);
    end();
}

static void says_when_there_was_no_token(void **state) {
    (void)state;
    begin_with(ANSWERS(SILENCE), (rs_options){.timeout = 60000}, "{}");
    rs_call *call = start_with((rs_call_options){.timeout = 5000});
    await_requests(1);
    rs_session_skip(session, 5001);
    rs_session_step(session);
    assert_true(rs_call_is_done(call));
    assert_false(rs_call_fault(call)->sent);
    assert_string_equal(
        rs_call_fault(call)->message,
        "the deadline passed before the identity service gave a token");
    assert_outcome(call, RS_TIMEOUT, 0);
    end();
}

static void says_whether_it_was_sent_if_closed_in_a_pause(void **state) {
    (void)state;
    begin(ANSWERS(AWAY));
    rs_call *call = start("DELETE", "/a");
    while (call->state != RS_CALL_PAUSING)
        turn();
    rs_session_close(session);
    assert_true(rs_call_fault(call)->closed);
    assert_true(rs_call_fault(call)->sent);
    assert_outcome(call, RS_NETWORK, 1);
    end();
}

/* A program may be busy with something else when the answer comes. */
static void no_deadline_passes_while_nobody_looks(void **state) {
    (void)state;
    begin_with(
        ANSWERS(LATE OK),
        (rs_options){.token = TOKEN, .timeout = 600, .attempt_timeout = 600},
        NULL);
    rs_call *call = start("GET", "/x");
    while (server_requests(here) == 0)
        rs_session_step(session);
    server_release(here);
    usleep(1700000); /* more than a second late */
    rs_session_step(session);
    assert_outcome(call, RS_OK, 1);
    end();
}

static void may_have_no_path(void **state) {
    (void)state;
    begin(ANSWERS(GOOD));
    const rs_call_options options = {.method = "GET"};
    rs_call *call = rs_call_start(session, &options);
    assert_outcome(call, RS_OK, 1);
    assert_non_null(strstr(server_request(here, 0), "GET /v3/p HTTP/1.1\r\n"));
    end();
}

static void takes_answers_of_less_than_four_gib(void **state) {
    (void)state;
    begin_with(ANSWERS(GOOD), (rs_options){.max_response = SIZE_MAX}, NULL);
    assert_true(session->max_response == UINT32_MAX);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_the_request_that_was_asked_for),
        cmocka_unit_test(sends_every_method_as_it_is),
        cmocka_unit_test(sends_no_token_to_a_url_of_its_own),
        cmocka_unit_test(gives_the_answer),
        cmocka_unit_test(tries_again_what_passes),
        cmocka_unit_test(gives_up_after_so_many_retries),
        cmocka_unit_test(does_not_try_again_what_is_final),
        cmocka_unit_test(tries_a_500_again_of_a_get_only),
        cmocka_unit_test(asks_again_where_the_answer_is_no_object),
        cmocka_unit_test(asks_for_a_snapshot_again_where_there_is_none),
        cmocka_unit_test(takes_no_page_of_a_proxy_for_a_change),
        cmocka_unit_test(tries_a_delete_in_conflict_until_its_deadline),
        cmocka_unit_test(a_delete_that_is_done_already_succeeds),
        cmocka_unit_test(pauses_twice_as_long_each_time),
        cmocka_unit_test(pauses_20_seconds_at_most),
        cmocka_unit_test(pauses_never_less_than_the_service_wants),
        cmocka_unit_test(sessions_pause_differently),
        cmocka_unit_test(ends_at_its_deadline),
        cmocka_unit_test(each_attempt_has_a_deadline_of_its_own),
        cmocka_unit_test(does_not_begin_a_pause_that_is_too_long),
        cmocka_unit_test(says_when_it_was_never_sent),
        cmocka_unit_test(says_when_it_was_sent_before),
        cmocka_unit_test(says_when_there_was_no_token),
        cmocka_unit_test(says_whether_it_was_sent_if_closed_in_a_pause),
        cmocka_unit_test(no_deadline_passes_while_nobody_looks),
        cmocka_unit_test(may_have_no_path),
        cmocka_unit_test(takes_answers_of_less_than_four_gib),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
