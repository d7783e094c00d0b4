#include <poll.h>
#include <string.h>

#include "call/internal.h"
#include "http/poller.h"

#define MAX_HEADERS 64 /* how many a caller may add */
#define OWN_HEADERS 4  /* Accept, Content-Type, the token, the version */

/* ---------------------------------------------------------------- the list */

static void link_call(rs_call *call) {
    rs_session *session = call->session;
    call->previous = session->last;
    if (session->last != NULL)
        session->last->next = call;
    else
        session->first = call;
    session->last = call;
}

static void unlink_call(rs_call *call) {
    rs_session *session = call->session;
    if (call->previous == NULL && session->first != call)
        return; /* it was never linked */
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        session->first = call->next;
    if (call->next != NULL)
        call->next->previous = call->previous;
    else
        session->last = call->previous;
    call->previous = call->next = NULL;
}

static void leave_lane(rs_call *call, bool came_back, const rs_fault *fault) {
    if (!call->in_lane)
        return;
    call->in_lane = false;
    rs_lane_leave(call->lane, rs_session_now(call->session), call->entered,
                  came_back, fault);
}

static void drop_request(rs_call *call) {
    if (call->request != NULL)
        rs_request_free(call->request);
    call->request = NULL;
}

static void end_attempt(rs_call *call) {
    if (call->under_way)
        call->session->sent--;
    call->under_way = false;
}

void rs_call_settle(rs_call *call) {
    if (call->state == RS_CALL_SETTLED)
        return;
    end_attempt(call);
    if (call->request != NULL && !rs_request_is_done(call->request))
        rs_request_cancel(call->request);
    leave_lane(call, false, NULL);
    call->state = RS_CALL_SETTLED;
    call->store.fault.lost = call->lost;
    unlink_call(call);
    /* another call may have waited for it, and the outcome of a renewal has to
     * be read */
    call->session->restless =
        call->session->first != NULL || call->session->renewal != NULL;
}

/* ------------------------------------------------------------ the attempts */

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Ends a call whose deadline passed while nothing was under way. */
static rs_call_state give_up(rs_call *call) {
    rs_fault_of_timeout(call);
    return RS_CALL_SETTLED;
}

static const char token_name[] = "X-Auth-Token: ";

#define MAX_HEADER (sizeof token_name + RS_MAX_TOKEN)

/* Writes the header with the token, for which there is room; returns its
 * size. */
static size_t write_token(const rs_session *session, char to[MAX_HEADER]) {
    const rs_string *token = &session->token.text;
    memcpy(to, token_name, sizeof token_name - 1);
    memcpy(to + sizeof token_name - 1, token->data, token->size + 1);
    return sizeof token_name - 1 + token->size;
}

/* Starts the request; NULL when memory runs out. */
static rs_request *start_request(rs_call *call, int64_t now) {
    rs_session *session = call->session;
    const char *headers[MAX_HEADERS + OWN_HEADERS + 1];
    char token[MAX_HEADER];
    size_t count = 0, secret = 0;
    headers[count++] = "Accept: application/json";
    if (call->body.data != NULL)
        headers[count++] = "Content-Type: application/json";
    if (!call->anonymous && session->token.text.data != NULL)
        secret = write_token(session, token);
    if (secret > 0)
        headers[count++] = token;
    if (!call->anonymous && session->version_header.data != NULL)
        headers[count++] = session->version_header.data;
    for (size_t i = 0; i < call->header_count; i++)
        headers[count++] = call->headers[i].data;
    headers[count] = NULL;
    call->token_number = session->token.number;
    int64_t left = call->stop - now;
    const rs_request_options options = {
        .method = call->method.data,
        .url = call->url.data,
        .headers = headers,
        .body = call->body.data,
        .body_size = call->body.size,
        .max_body = session->max_response,
        .secret = call->login,
        .room = &call->room,
        .connect_timeout_ms =
            (long)earlier(session->connect_timeout, left > 0 ? left : 1)};
    rs_request *request = rs_request_start(session->http, &options);
    rs_wipe(token, secret);
    return request;
}

static rs_call_state send(rs_call *call, int64_t now) {
    if (!call->anonymous && call->session->token.text.size > RS_MAX_TOKEN) {
        rs_fault_set(call, RS_INVALID, "the token is longer than %d bytes",
                     RS_MAX_TOKEN);
        return RS_CALL_SETTLED;
    }
    call->stop = earlier(call->deadline, now + call->session->attempt_timeout);
    drop_request(call);
    call->store = (rs_fault_store){.fault = {.retry_after = -1}};
    call->attempt++;
    call->request = start_request(call, now);
    if (call->request == NULL) {
        call->attempt--;
        rs_fault_set(call, RS_NO_MEMORY, "not enough memory");
        return RS_CALL_SETTLED;
    }
    call->session->sent++;
    call->under_way = true;
    call->entered = now;
    if (call->lane != NULL) {
        rs_lane_enter(call->lane);
        call->in_lane = true;
    }
    return RS_CALL_SENT;
}

/* Ends a call, because the service wants no requests until after its
 * deadline. */
static rs_call_state refuse_limited(rs_call *call, int64_t now) {
    double seconds = (double)(call->lane->opens_at - now) / 1000;
    rs_fault_set(call, RS_RATE_LIMITED,
                 "the service limits the rate, and wants no more requests for "
                 "%.0f seconds",
                 seconds);
    call->store.fault.retry_after = seconds;
    return RS_CALL_SETTLED;
}

static bool is_full(const rs_session *session) {
    return session->max_connections > 0 &&
           session->sent >= session->max_connections;
}

static rs_call_state advance_queued(rs_call *call, int64_t now) {
    if (now >= call->deadline)
        return give_up(call);
    rs_token_state token =
        call->anonymous ? RS_TOKEN_READY : rs_token_prepare(call->session);
    if (token == RS_TOKEN_COMING)
        return RS_CALL_TOKENLESS;
    if (token == RS_TOKEN_REFUSED) {
        rs_token_fail(call, call->session->refused);
        return RS_CALL_SETTLED;
    }
    const rs_lane *lane = call->lane;
    if (lane != NULL && lane->opens_at >= call->deadline)
        return refuse_limited(call, now);
    if (lane != NULL &&
        (lane->under_way >= lane->limit || lane->opens_at > now))
        return RS_CALL_QUEUED;
    return is_full(call->session) ? RS_CALL_QUEUED : send(call, now);
}

/* A renewal that fails settles the calls that wait for it (token.c). */
static rs_call_state advance_tokenless(rs_call *call, int64_t now) {
    if (now >= call->deadline)
        return give_up(call);
    return call->session->renewal != NULL ? RS_CALL_TOKENLESS : RS_CALL_QUEUED;
}

static rs_call_state try_again(rs_call *call, int64_t now) {
    const rs_fault *fault = &call->store.fault;
    rs_session *session = call->session;
    if (fault->kind == RS_AUTH && fault->status == 401 && !call->anonymous &&
        !call->renewed && rs_token_can_renew(session)) {
        call->renewed = true; /* once per call, with a new token */
        call->uncounted++;
        rs_token_refuse(session, call->token_number);
        return RS_CALL_QUEUED;
    }
    if (call->retry_conflict && fault->kind == RS_CONFLICT)
        call->uncounted++;
    int64_t delay = rs_retry_delay(call->attempt, fault->retry_after,
                                   rs_session_random(session));
    int64_t stop = now + delay + 1; /* this millisecond has begun already */
    if (call->attempt - call->uncounted > call->retries ||
        !rs_retry_is_allowed(call) || stop >= call->deadline)
        return RS_CALL_SETTLED;
    call->stop = stop;
    return RS_CALL_PAUSING;
}

/* If it is unknown whether a create took effect, it must not look like one that
 * failed. */
static void conclude(rs_call *call) {
    if (strcmp(call->method.data, "POST") == 0 && !call->idempotent &&
        rs_fault_is_uncertain(&call->store))
        rs_fault_conclude(call);
}

/* Did a repeated delete find nothing because an earlier attempt had worked, or
 * because what was in the way of that one has removed it? */
static bool is_done_already(const rs_call *call) {
    return (call->lost || call->was_there) &&
           strcmp(call->method.data, "DELETE") == 0 &&
           call->store.fault.kind == RS_NOT_FOUND &&
           !call->store.fault.unrouted;
}

static rs_call_state after_failure(rs_call *call, int64_t now) {
    end_attempt(call);
    leave_lane(call, true, &call->store.fault);
    rs_report_attempt(call, &call->store);
    if (is_done_already(call)) {
        call->store = (rs_fault_store){.fault = {.retry_after = -1}};
        drop_request(call);
        return RS_CALL_SETTLED;
    }
    call->lost = call->lost || rs_fault_is_uncertain(&call->store);
    call->was_there =
        call->was_there ||
        (call->retry_conflict && call->store.fault.kind == RS_CONFLICT);
    rs_call_state next = try_again(call, now);
    if (next == RS_CALL_SETTLED)
        conclude(call);
    return next;
}

static rs_call_state advance_sent(rs_call *call, int64_t now) {
    if (rs_request_is_done(call->request)) {
        if (rs_fault_of_answer(call))
            return after_failure(call, now);
        end_attempt(call);
        leave_lane(call, true, NULL);
        rs_report_attempt(call, NULL);
        return RS_CALL_SETTLED;
    }
    if (now < call->stop)
        return RS_CALL_SENT;
    rs_fault_of_timeout(call);
    if (rs_request_was_reused(call->request))
        rs_http_drop_idle(call->session->http); /* if its connection was dead
                                                   they are, too */
    rs_request_cancel(call->request);
    return after_failure(call, now);
}

static rs_call_state advance_pausing(rs_call *call, int64_t now) {
    return now >= call->stop ? RS_CALL_QUEUED : RS_CALL_PAUSING;
}

bool rs_call_advance(rs_call *call) {
    static rs_call_state (*const advance[])(rs_call *, int64_t) = {
        [RS_CALL_QUEUED] = advance_queued,
        [RS_CALL_TOKENLESS] = advance_tokenless,
        [RS_CALL_SENT] = advance_sent,
        [RS_CALL_PAUSING] = advance_pausing};
    bool moved = false;
    while (call->state != RS_CALL_SETTLED) {
        rs_call_state next =
            advance[call->state](call, rs_session_now(call->session));
        if (next == RS_CALL_SETTLED)
            rs_call_settle(call);
        else if (next == call->state)
            break;
        call->state = next;
        moved = true;
    }
    return moved;
}

int64_t rs_call_due(const rs_call *call) {
    const rs_lane *lane = call->lane;
    switch (call->state) {
    case RS_CALL_QUEUED:
        return lane != NULL && lane->under_way < lane->limit &&
                       lane->opens_at < call->deadline &&
                       lane->opens_at > rs_session_now(call->session)
                   ? lane->opens_at
                   : call->deadline;
    case RS_CALL_TOKENLESS:
        return call->deadline;
    case RS_CALL_SENT:
    case RS_CALL_PAUSING:
        return call->stop;
    default:
        return RS_NEVER;
    }
}

void rs_call_shift(rs_call *call, int64_t milliseconds) {
    call->deadline += milliseconds;
    call->stop += milliseconds;
}

/* ---------------------------------------------------------------- lifetime */

static bool copy_headers(rs_call *call, const char *const *headers) {
    const rs_allocator *memory = &call->session->memory;
    size_t count = 0;
    while (headers != NULL && headers[count] != NULL)
        count++;
    if (count == 0)
        return true;
    call->headers = rs_new(memory, count * sizeof *call->headers);
    if (call->headers == NULL)
        return false;
    memset(call->headers, 0, count * sizeof *call->headers);
    call->header_count = count;
    for (size_t i = 0; i < count; i++)
        if (!rs_string_copy(&call->headers[i], memory, headers[i]))
            return false;
    return true;
}

static bool join_url(rs_call *call, const rs_call_options *options) {
    const rs_session *session = call->session;
    const rs_allocator *memory = &session->memory;
    if (options->url != NULL)
        return rs_string_copy(&call->url, memory, options->url);
    const rs_string *endpoint = &session->endpoint;
    const char *path = options->path != NULL ? options->path : "";
    size_t size = endpoint->size, more = strlen(path);
    while (*path == '/' && size > 0 && endpoint->data[size - 1] == '/')
        size--; /* only one slash between them */
    char *joined = rs_new(memory, size + more + 1);
    if (joined == NULL)
        return false;
    if (size > 0)
        memcpy(joined, endpoint->data, size);
    memcpy(joined + size, path, more + 1);
    call->url = (rs_string){joined, size + more};
    return true;
}

static bool copy_texts(rs_call *call, const rs_call_options *options) {
    const rs_allocator *memory = &call->session->memory;
    const char *method = options->method != NULL ? options->method : "GET";
    return rs_string_copy(&call->method, memory, method) &&
           join_url(call, options) &&
           (options->body == NULL ||
            rs_string_set(&call->body, memory, options->body,
                          options->body_size)) &&
           copy_headers(call, options->headers);
}

static void set_options(rs_call *call, const rs_call_options *options,
                        const rs_call_extra *extra) {
    const rs_session *session = call->session;
    call->deadline = rs_session_now(session) +
                     rs_limited_time(options->timeout, session->timeout);
    if (extra->deadline > 0)
        call->deadline = earlier(call->deadline, extra->deadline);
    call->retries = options->retries == 0  ? session->retries
                    : options->retries < 0 ? 0
                                           : options->retries;
    call->idempotent = options->idempotent;
    call->retry_conflict = options->retry_conflict;
    call->expects_object = options->expects_object || extra->login;
    call->anonymous = options->url != NULL && !extra->with_token;
    call->choices = extra->choices;
    call->login = extra->login;
    call->allows_nothing = extra->allows_nothing;
    call->allows_204 = extra->allows_204;
    call->lane = options->lane;
    if (call->lane != NULL)
        rs_lane_retain(call->lane);
    if (extra->room != NULL)
        call->room = rs_buffer_take(extra->room);
}

/* Why these options must be a mistake; NULL: they are fine. */
static const char *find_flaw(const rs_call *call,
                             const rs_call_options *options) {
    int version = call->session->api_version;
    if (version < 0 || version > 3) /* 0: no service is known yet */
        return "the API's version is not 1, 2 or 3";
    if (call->header_count > MAX_HEADERS)
        return "there are more than 64 headers";
    bool joined = options->url == NULL && options->path != NULL;
    if (joined && strchr("/?", options->path[0]) == NULL)
        return "the path does not begin with a slash"; /* a host? */
    return NULL;
}

/* Settles a call that must not be sent at all. Returns whether it did. */
static bool is_refused(rs_call *call, const char *refusal) {
    bool closed = call->session->closed;
    if (!closed && refusal == NULL)
        return false;
    if (closed)
        rs_fault_set(call, RS_NETWORK, "the client was closed");
    else
        rs_fault_set(call, RS_INVALID, "%s", refusal);
    call->store.fault.closed = closed;
    call->state = RS_CALL_SETTLED;
    return true;
}

rs_call *rs_call_begin(rs_session *session, const rs_call_options *options,
                       const rs_call_extra *extra) {
    rs_call *call = rs_new(&session->memory, sizeof *call);
    if (call == NULL)
        return NULL;
    memset(call, 0, sizeof *call);
    call->session = session;
    call->references = 1;
    rs_session_retain(session);
    call->store.fault.retry_after = -1;
    set_options(call, options, extra);
    if (!copy_texts(call, options)) {
        call->state = RS_CALL_SETTLED;
        rs_call_free(call);
        return NULL;
    }
    const char *refusal = extra->refusal;
    if (!is_refused(call,
                    refusal != NULL ? refusal : find_flaw(call, options))) {
        link_call(call);
        (void)rs_call_advance(call);
    }
    return call;
}

rs_call *rs_call_start(rs_session *session, const rs_call_options *options) {
    static const rs_call_extra none = {0};
    return rs_call_begin(session, options, &none);
}

void rs_call_cancel(rs_call *call) {
    if (call->state == RS_CALL_SETTLED)
        return;
    if (call->state == RS_CALL_SENT) {
        call->store.fault.sent = rs_request_was_sent(call->request);
        call->lost = call->lost || call->store.fault.sent;
    }
    rs_fault_set(call, RS_NETWORK, "the call was cancelled");
    rs_call_settle(call);
}

rs_call *rs_call_retain(rs_call *call) {
    call->references++;
    return call;
}

void rs_call_free(rs_call *call) {
    if (call == NULL)
        return;
    rs_call_cancel(call);
    if (--call->references > 0)
        return;
    rs_session *session = call->session;
    const rs_allocator *memory = &session->memory;
    drop_request(call);
    for (size_t i = 0; i < call->header_count; i++)
        rs_string_free(&call->headers[i], memory);
    rs_free(memory, call->headers, call->header_count * sizeof *call->headers);
    rs_string_free(&call->method, memory);
    rs_string_free(&call->url, memory);
    rs_string_free(&call->shown, memory);
    rs_string_free(&call->body, memory);
    rs_buffer_free(&call->room, memory);
    rs_lane_free(call->lane);
    rs_free(memory, call, sizeof *call);
    rs_session_release(session);
}

/* ------------------------------------------------------------------ asking */

bool rs_call_is_done(const rs_call *call) {
    return call->state == RS_CALL_SETTLED;
}

bool rs_call_wait(rs_call *call) {
    rs_session *session = call->session;
    while (!rs_call_is_done(call)) {
        long timeout = rs_session_timeout(session);
        (void)rs_poll_one(rs_session_fd(session), RS_POLL_READ, (int)timeout);
        rs_session_step(session);
    }
    return rs_call_fault(call) == NULL;
}

const rs_fault *rs_call_fault(const rs_call *call) {
    return rs_call_is_done(call) && call->store.fault.kind != RS_OK
               ? &call->store.fault
               : NULL;
}

rs_request *rs_call_request(const rs_call *call) {
    return rs_call_is_done(call) ? call->request : NULL;
}

long rs_call_status(const rs_call *call) {
    const rs_request *request = rs_call_request(call);
    return request != NULL ? rs_request_status(request) : 0;
}

const char *rs_call_body(const rs_call *call, size_t *size) {
    const rs_request *request = rs_call_request(call);
    rs_slice body = {NULL, 0};
    if (rs_call_status(call) != 0)
        body = rs_request_body(request);
    *size = body.size;
    return body.data;
}
