/*
 * Tokens: where they come from, one renewal for all calls that wait, and no
 * trace of them in freed memory.
 */
#include "client.h"

#include <stdio.h>
#include <sys/types.h>
#include <time.h>

/* A token's life goes beyond 2038, and files may have large numbers: on
 * machines whose long has 32 bits, too. */
_Static_assert(sizeof(time_t) == 8, "times have 64 bits");
_Static_assert(sizeof(off_t) == 8, "sizes of files have 64 bits");

#define GOOD answer(200, NULL, "{}")
#define REFUSED answer(401, NULL, "{\"error\":{\"message\":\"who are you?\"}}")
#define LIFE                                                                   \
    "\"expires_at\":\"2026-11-23T09:00:00Z\","                                 \
    "\"issued_at\":\"2026-11-23T08:00:00Z\""
#define GRANT(name)                                                            \
    answer(201, "X-Subject-Token: " name "\r\n", "{\"token\":{" LIFE "}}")
#define BODY "{\"auth\":{\"password\":\"the-secret-of-all\"}}"
#define HOUR 3600000

/* A session with a token source; these are the answers of /v3/auth/tokens. */
static void begin_granted(const char *const *answers, const char *const *grants,
                          const char *token) {
    begin_with(answers, (rs_options){.token = token}, BODY);
    server_route(here, "POST /v3/auth/tokens", grants);
}

static int grants(void) {
    return server_count(here, "POST /v3/auth/tokens");
}

static bool proves(int request, const char *token) {
    char line[128];
    snprintf(line, sizeof line, "\r\nX-Auth-Token: %s\r\n", token);
    return strstr(server_request(here, request), line) != NULL;
}

static void is_obtained_before_the_first_call(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(GRANT("first")), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_outcome(start("GET", "/y"), RS_OK, 1);
    assert_int_equal(grants(), 1);
    assert_non_null(strstr(server_request(here, 0), BODY));
    assert_null(strstr(server_request(here, 0), "X-Auth-Token"));
    assert_true(proves(1, "first") && proves(2, "first"));
    end();
}

static void is_renewed_once_for_all_that_wait(void **state) {
    (void)state;
    enum { CALLS = 8 };
    rs_call *calls[CALLS];
    char late[512];
    snprintf(late, sizeof late, LATE "%s", GRANT("second"));
    begin_granted(ANSWERS(REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED,
                          REFUSED, REFUSED, GOOD),
                  ANSWERS(late), "first");
    for (size_t i = 0; i < CALLS; i++)
        calls[i] = start("GET", "/x");
    await_requests(CALLS + 1); /* all were refused before it is granted */
    server_release(here);
    finish_all();
    for (size_t i = 0; i < CALLS; i++)
        assert_outcome(calls[i], RS_OK, 2);
    assert_int_equal(grants(), 1);
    end();
}

static void is_waited_for_by_calls_that_come_later(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(answer(201, NULL, "{}") /* unused */),
                  "first");
    end();
    char late[512];
    snprintf(late, sizeof late, LATE "%s", GRANT("second"));
    begin_granted(ANSWERS(REFUSED, GOOD), ANSWERS(late), "first");
    rs_call *first = start("GET", "/x");
    await_requests(2);
    rs_call *second = start("POST", "/y");
    assert_int_equal(first->state, RS_CALL_TOKENLESS);
    assert_int_equal(second->state, RS_CALL_TOKENLESS);
    server_release(here);
    assert_outcome(first, RS_OK, 2);
    assert_outcome(second, RS_OK, 1);
    assert_int_equal(grants(), 1);
    end();
}

static void is_renewed_once_per_call(void **state) {
    (void)state;
    begin_granted(ANSWERS(REFUSED), ANSWERS(GRANT("second")), "first");
    rs_call *call = start("POST", "/x");
    finish(call);
    assert_string_equal(rs_call_fault(call)->message,
                        "who are you? (a new token was refused, too: is the "
                        "endpoint of this cloud?)");
    assert_outcome(call, RS_AUTH, 2);
    assert_int_equal(grants(), 1);
    end();
}

static void cannot_be_renewed_without_a_source(void **state) {
    (void)state;
    begin(ANSWERS(REFUSED));
    assert_outcome(start("GET", "/x"), RS_AUTH, 1);
    end();
}

static void fails_all_that_wait_where_it_is_refused(void **state) {
    (void)state;
    begin_granted(ANSWERS(REFUSED),
                  ANSWERS(answer(401, NULL,
                                 "{\"error\":{\"message\":"
                                 "\"the-secret-of-all is wrong\"}}")),
                  "first");
    rs_call *const calls[] = {start("GET", "/x"), start("GET", "/y")};
    for (size_t i = 0; i < 2; i++) {
        finish(calls[i]);
        const rs_fault *fault = rs_call_fault(calls[i]);
        assert_string_equal(fault->message, "*** is wrong");
        assert_string_equal(fault->method, "POST");
        assert_non_null(strstr(fault->url, "/v3/auth/tokens"));
        assert_kind(calls[i], RS_AUTH);
    }
    assert_int_equal(grants(), 1);
    end();
}

static void says_when_nobody_knows_who_asks(void **state) {
    (void)state;
    const char *unknown = answer(404, NULL,
                                 "{\"error\":{\"message\":\"no such one\","
                                 "\"code\":404,\"title\":\"Not Found\"}}");
    begin_granted(ANSWERS(GOOD), ANSWERS(unknown), NULL);
    assert_outcome(start("GET", "/x"), RS_AUTH, 0);
    end();
}

/* An identity service that fails is tried again like any other. */
static void is_asked_for_again(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD),
                  ANSWERS(answer(500, NULL, ""), HANG_UP, GRANT("first")),
                  NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_int_equal(grants(), 3);
    end();
}

/* Asked for once, or again where the answer is no object: it may be a page of a
 * proxy. */
static void cannot_be_any_answer(void **state) {
    (void)state;
    enum { AGAIN = 5 };
    const struct {
        const char *answer;
        int grants;
    } odd[] = {
        {answer(201, "X-Subject-Token: \r\n", "{\"token\":{}}"), 1},
        {answer(201, NULL, "{\"token\":{}}"), 1},
        {answer(201, "X-Subject-Token: a b\r\n", "{\"token\":{}}"), 1},
        {answer(201, "X-Subject-Token: a\xC3\xA4\r\n", "{\"token\":{}}"), 1},
        {answer(201, "X-Subject-Token: t\r\n", "{\"token\":[]}"), 1},
        {answer(201, "X-Subject-Token: t\r\n", "{\"token\":{\"id\":tru}}"), 1},
        {answer(201, "X-Subject-Token: t\r\n", "[]"), AGAIN},
        {answer(201, "X-Subject-Token: t\r\n", "<html>"), AGAIN},
        {answer(204, NULL, ""), AGAIN}};
    for (size_t i = 0; i < COUNT(odd); i++) {
        begin_granted(ANSWERS(GOOD), ANSWERS(odd[i].answer), NULL);
        rs_call *call = start("GET", "/x");
        finish(call);
        assert_int_equal(rs_call_fault(call)->status, i < 8 ? 201 : 204);
        assert_outcome(call, RS_DECODE, 0);
        assert_int_equal(grants(), odd[i].grants);
        assert_int_equal(server_requests(here), odd[i].grants);
        end();
    }
}

/* Other members of a token than its times make no difference. */
static void may_have_other_members(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD),
                  ANSWERS(answer(201, "X-Subject-Token: t\r\n",
                                 "{\"a\":[{\"token\":1}],\"token\":{\"id\":7,"
                                 "\"expires_at\":null,\"issued_at\":\"\\u0061"
                                 "\",\"user\":{\"expires_at\":\"x\"}}}")),
                  NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_true(session->token.expires_at == RS_NEVER);
    end();
}

static void comes_from_version_2_too(void **state) {
    (void)state;
    here = server_start(ANSWERS(GOOD));
    server_route(here, "POST /v2.0/tokens",
                 ANSWERS(answer(200, "Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n",
                                "{\"access\":{\"user\":{\"id\":\"u\"},"
                                "\"token\":{\"id\":\"a\\u0062c\",\"expires\":"
                                "\"2026-11-23T09:00:00Z\"}}}")));
    char url[128];
    snprintf(url, sizeof url, "%s", server_url(here, "/v2.0/tokens"));
    const rs_token_source source = {url, BODY, 2};
    const rs_options options = {.endpoint = server_url(here, ""), .proxy = ""};
    session = rs_session_new(&options, &source, &test_allocator);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_true(proves(1, "abc"));
    int64_t life = session->token.expires_at - rs_session_now(session);
    assert_true(life > HOUR - 60000 && life <= HOUR);
    end();
}

/* The token is renewed shortly before it expires, and nobody waits. */
static void is_renewed_ahead(void **state) {
    (void)state;
    char late[512];
    snprintf(late, sizeof late, LATE "%s", GRANT("second"));
    begin_granted(ANSWERS(GOOD), ANSWERS(GRANT("first"), late), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    rs_session_skip(session, HOUR - 120000);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_int_equal(grants(), 1);
    rs_session_skip(session, 70000);
    assert_outcome(start("GET", "/x"), RS_OK, 1); /* while the new one comes */
    assert_true(proves(server_requests(here) - 1, "first") ||
                proves(server_requests(here) - 2, "first"));
    assert_int_equal(grants(), 2);
    server_release(here);
    finish_all();
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_true(proves(server_requests(here) - 1, "second"));
    end();
}

/* A service may be so quick that the renewal is over before the next step. */
static void is_asked_for_again_where_it_came_between_steps(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD),
                  ANSWERS(GRANT("first"), SILENCE, GRANT("third")), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    rs_session_skip(session, HOUR - 30000);
    assert_outcome(start("GET", "/x"), RS_OK, 1); /* while it comes */
    rs_call_cancel(session->renewal);
    assert_int_equal(rs_session_timeout(session), 0);
    rs_session_skip(session, 30001);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_int_equal(grants(), 3);
    assert_true(proves(server_requests(here) - 1, "third"));
    end();
}

static void serves_to_its_last_second_where_no_other_comes(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(GRANT("first"), REFUSED), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    rs_session_skip(session, HOUR - 30000);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    finish_all();
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    assert_int_equal(grants(), 2); /* nobody asks again for a while */
    rs_session_skip(session, 30001);
    assert_outcome(start("GET", "/x"), RS_AUTH, 0);
    assert_int_equal(grants(), 3);
    end();
}

/* Clouds lock accounts for some wrong passwords in a row. */
static void is_not_asked_for_ahead_where_that_was_refused(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(GRANT("first"), REFUSED), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    rs_session_skip(session, HOUR - 60000);
    for (int i = 0; i < 9; i++) {
        assert_outcome(start("GET", "/x"), RS_OK, 1);
        finish_all();
        rs_session_skip(session, 6000);
    }
    assert_int_equal(grants(), 2);
    end();
}

static void waits_for_a_token_no_longer_than_its_deadline(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(SILENCE), NULL);
    rs_call *call = start_with((rs_call_options){.timeout = 4000});
    await_requests(1);
    rs_session_skip(session, 4001);
    rs_session_step(session);
    assert_true(rs_call_is_done(call));
    assert_false(rs_call_fault(call)->sent);
    assert_outcome(call, RS_TIMEOUT, 0);
    end();
}

static void ends_a_renewal_with_the_session(void **state) {
    (void)state;
    begin_granted(ANSWERS(GOOD), ANSWERS(SILENCE), NULL);
    rs_call *call = start("GET", "/x");
    await_requests(1);
    rs_session_close(session);
    assert_true(rs_call_fault(call)->closed);
    assert_kind(call, RS_NETWORK);
    end();
}

/* ------------------------------------------------------------------- secrets
 */

static void leaves_no_secret_behind(void **state) {
    (void)state;
    memory.secret_left = false;
    begin_granted(ANSWERS(REFUSED, GOOD),
                  ANSWERS(GRANT("a-secret-token"), GRANT("a-secret-too")),
                  NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 2);
    end();
    assert_false(memory.secret_left);
}

static void hides_each_proof_in_a_body(void **state) {
    (void)state;
    char text[] = "the-password, the-secret, the-key, 123456: demo";
    const rs_token_source source = {
        "http://h/v3/auth/tokens",
        "{\"password\":\"the-password\",\"secret\":\"the-secret\","
        "\"apiKey\":\"the-key\",\"passcode\":\"123456\",\"name\":\"demo\"}",
        3};
    begin(ANSWERS(GOOD));
    assert_true(rs_session_set_source(session, &source, NULL));
    size_t size = rs_session_scrub(session, text, sizeof text - 1);
    text[size] = '\0';
    assert_string_equal(text, "***, ***, ***, ***: demo");
    end();
}

static void hides_every_spelling(void **state) {
    (void)state;
    char text[] = "p\xC3\xA4/\"s, p\xC3\xA4/\\\"s, p\xC3\xA4\\/\\\"s, "
                  "p%C3%A4%2F%22s, p%c3%a4%2f%22s.";
    begin(ANSWERS(GOOD));
    assert_true(rs_session_hide(session, (rs_slice){"p\xC3\xA4/\"s", 6}));
    assert_true(rs_session_hide(session, (rs_slice){"abc", 3})); /* no secret */
    size_t size = rs_session_scrub(session, text, sizeof text - 1);
    text[size] = '\0';
    assert_string_equal(text, "***, ***, ***, ***, ***.");
    char plain[] = "abc";
    assert_int_equal(rs_session_scrub(session, plain, 3), 3);
    end();
}

/* A proxy that refuses may send back what it was sent. */
static void hides_the_account_of_a_proxy(void **state) {
    (void)state;
    static const struct {
        const char *proxy, *sent;
    } cases[] = {
        {"http://user:pa%2Fss@h:1", "user:pa%2Fss, pa%2Fss, pa/ss, "
                                    "Basic dXNlcjpwYS9zcw==."},
        {"socks5h://u:p@ss@h", "u:p@ss, p@ss, p@ss, Basic dTpwQHNz."},
        {"the-user@h", "the-user, the-user, the-user, Basic dGhlLXVzZXI6."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        session = rs_session_new(&(rs_options){.proxy = cases[i].proxy}, NULL,
                                 &test_allocator);
        assert_non_null(session);
        (void)snprintf(text, sizeof text, "%s", cases[i].sent);
        text[rs_session_scrub(session, text, strlen(text))] = '\0';
        assert_string_equal(text, "***, ***, ***, Basic ***.");
        rs_session_free(session);
        assert_no_block_is_left();
    }
}

/* ------------------------------------------------------------------ its life
 */

static void may_live_for_a_short_time(void **state) {
    (void)state;
    const char *brief =
        answer(201, "X-Subject-Token: brief\r\n",
               "{\"token\":{\"expires_at\":\"2026-11-23T08:01:40Z\","
               "\"issued_at\":\"2026-11-23T08:00:00Z\"}}");
    begin_granted(ANSWERS(GOOD), ANSWERS(brief, GRANT("next")), NULL);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    rs_session_skip(session, 85000); /* a tenth of it is left to renew it */
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    finish_all();
    assert_int_equal(grants(), 1);
    rs_session_skip(session, 10000);
    assert_outcome(start("GET", "/x"), RS_OK, 1);
    finish_all();
    assert_int_equal(grants(), 2);
    end();
}

static void is_none_where_it_does_not_fit(void **state) {
    (void)state;
    enum { SIZE = 17000 };
    char *header = test_malloc(SIZE);
    strcpy(header, "X-Subject-Token: ");
    memset(header + strlen(header), 'x', 16100);
    strcpy(header + 17 + 16100, "\r\n");
    begin_granted(ANSWERS(GOOD), ANSWERS(answer(201, header, "{\"token\":{}}")),
                  NULL);
    assert_outcome(start("GET", "/x"), RS_DECODE, 0);
    test_free(header);
    end();
}

/* A byte that is no UTF-8 means a character of three. */
static void is_none_where_it_is_too_long_decoded(void **state) {
    (void)state;
    enum { SIZE = 6000 };
    static const char before[] = "{\"access\":{\"token\":{\"id\":\"";
    char body[SIZE + 100] = "";
    memcpy(body, before, sizeof before - 1);
    memset(body + sizeof before - 1, 0xFF, SIZE);
    strcpy(body + sizeof before - 1 + SIZE, "\"}}}");
    begin_granted(ANSWERS(GOOD), ANSWERS(answer(200, NULL, body)), NULL);
    session->source_version = 2;
    assert_outcome(start("GET", "/x"), RS_DECODE, 0);
    end();
}

/* Services say which token they do not know. */
static void may_come_for_another_token_which_is_hidden(void **state) {
    (void)state;
    static const char refusal[] =
        "{\"error\":{\"message\":\"Could not find token: the-other\"}}";
    begin_with(ANSWERS(answer(401, NULL, refusal)), (rs_options){0},
               "{\"auth\":{\"identity\":{\"methods\":[\"token\"],"
               "\"token\":{\"id\":\"the-other\"}}}}");
    rs_call *call = start("GET", "/x");
    finish(call);
    assert_string_equal(rs_call_fault(call)->message,
                        "Could not find token: ***");
    assert_outcome(call, RS_AUTH, 0);
    end();
}

static void may_come_for_a_password_in_another_encoding(void **state) {
    (void)state;
    static char body[16000] = "{\"password\":\"";
    memset(body + 13, 0xE4, 15900);
    strcpy(body + 13 + 15900, "\"}");
    begin_with(ANSWERS(GOOD), (rs_options){0}, body);
    end();
}

/* A body that is not JSON has no secrets to hide; a text may be too long for a
 * secret.
 */
static void may_come_for_any_body(void **state) {
    (void)state;
    static char longest[9000] = "{\"password\":\"";
    memset(longest + 13, 'x', 8500);
    strcpy(longest + 13 + 8500, "\"}");
    static const char *const bodies[] = {"{\"password\":7}",
                                         "{\"password\":", "no JSON", longest};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        begin_with(ANSWERS(GOOD), (rs_options){0}, bodies[i]);
        server_route(here, "POST /v3/auth/tokens", ANSWERS(REFUSED));
        if (bodies[i] != longest) /* more than the server reads */
            assert_outcome(start("GET", "/x"), RS_AUTH, 0);
        end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_obtained_before_the_first_call),
        cmocka_unit_test(is_renewed_once_for_all_that_wait),
        cmocka_unit_test(is_waited_for_by_calls_that_come_later),
        cmocka_unit_test(is_renewed_once_per_call),
        cmocka_unit_test(cannot_be_renewed_without_a_source),
        cmocka_unit_test(fails_all_that_wait_where_it_is_refused),
        cmocka_unit_test(says_when_nobody_knows_who_asks),
        cmocka_unit_test(is_asked_for_again),
        cmocka_unit_test(cannot_be_any_answer),
        cmocka_unit_test(may_have_other_members),
        cmocka_unit_test(comes_from_version_2_too),
        cmocka_unit_test(is_renewed_ahead),
        cmocka_unit_test(is_asked_for_again_where_it_came_between_steps),
        cmocka_unit_test(serves_to_its_last_second_where_no_other_comes),
        cmocka_unit_test(is_not_asked_for_ahead_where_that_was_refused),
        cmocka_unit_test(waits_for_a_token_no_longer_than_its_deadline),
        cmocka_unit_test(ends_a_renewal_with_the_session),
        cmocka_unit_test(leaves_no_secret_behind),
        cmocka_unit_test(hides_each_proof_in_a_body),
        cmocka_unit_test(hides_every_spelling),
        cmocka_unit_test(hides_the_account_of_a_proxy),
        cmocka_unit_test(may_live_for_a_short_time),
        cmocka_unit_test(is_none_where_it_does_not_fit),
        cmocka_unit_test(is_none_where_it_is_too_long_decoded),
        cmocka_unit_test(may_come_for_another_token_which_is_hidden),
        cmocka_unit_test(may_come_for_a_password_in_another_encoding),
        cmocka_unit_test(may_come_for_any_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
