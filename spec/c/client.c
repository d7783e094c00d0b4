#include "client.h"

#include <stdio.h>

#include "http/poller.h"

server *here;
rs_session *session;
int64_t passed;

void begin_with(const char *const *answers, rs_options options,
                const char *source_body) {
    char url[128];
    here = server_start(answers);
    snprintf(url, sizeof url, "%s", server_url(here, "/v3/auth/tokens"));
    const rs_token_source source = {url, source_body, 3};
    if (options.endpoint == NULL)
        options.endpoint = server_url(here, "/v3/p");
    options.proxy = "";
    options.reports = true;
    session = rs_session_new(&options, source_body != NULL ? &source : NULL,
                             &test_allocator);
    assert_non_null(session);
    passed = 0;
}

void begin(const char *const *answers) {
    begin_with(answers, (rs_options){.token = TOKEN}, NULL);
}

void end(void) {
    rs_session_free(session);
    server_stop(here);
    assert_no_block_is_left();
}

rs_call *start_with(rs_call_options options) {
    if (options.method == NULL)
        options.method = "GET";
    if (options.path == NULL)
        options.path = "/snapshots/x";
    rs_call *call = rs_call_start(session, &options);
    assert_non_null(call);
    return call;
}

rs_call *start(const char *method, const char *path) {
    return start_with((rs_call_options){.method = method, .path = path});
}

static bool is_under_way(void) {
    for (const rs_call *call = session->first; call != NULL; call = call->next)
        if (call->state == RS_CALL_SENT)
            return true;
    return false;
}

void turn(void) {
    long timeout = rs_session_timeout(session);
    if (!is_under_way() && timeout > 0) {
        rs_session_skip(session, timeout);
        passed += timeout;
    } else if (timeout != 0)
        (void)rs_poll_one(rs_session_fd(session), RS_POLL_READ, (int)timeout);
    rs_session_step(session);
}

void finish(rs_call *call) {
    while (!rs_call_is_done(call))
        turn();
}

void finish_all(void) {
    while (session->first != NULL)
        turn();
}

void await_requests(int count) {
    while (server_requests(here) < count) {
        (void)rs_poll_one(rs_session_fd(session), RS_POLL_READ, 5);
        rs_session_step(session);
    }
}

static void check(const rs_call *call, rs_kind kind) {
    const rs_fault *fault = rs_call_fault(call);
    rs_kind found = fault != NULL ? fault->kind : RS_OK;
    if (found != kind)
        fail_msg("%s in the place of %s: %s", rs_kind_name(found),
                 rs_kind_name(kind), fault != NULL ? fault->message : "");
}

void assert_kind(rs_call *call, rs_kind kind) {
    finish(call);
    check(call, kind);
    rs_call_free(call);
}

void assert_outcome(rs_call *call, rs_kind kind, int attempts) {
    finish(call);
    check(call, kind);
    assert_int_equal(call->attempt, attempts);
    rs_call_free(call);
}
