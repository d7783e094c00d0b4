#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call/internal.h"
#include "http/poller.h"
#include "parse/url.h"

#define MIB ((size_t)1024 * 1024)
#define NEGLECT 1000       /* ms: see forgive */
#define LONGEST 1000000000 /* ms: a longer wait has no limit */

/* ---------------------------------------------------------------- lifetime */

long rs_limited_time(long milliseconds, long otherwise) {
    long given = milliseconds > 0 ? milliseconds : otherwise;
    return given < LONGEST ? given : LONGEST;
}

static void set_limits(rs_session *session, const rs_options *options) {
    session->timeout = rs_limited_time(options->timeout, 60000);
    session->attempt_timeout = rs_limited_time(options->attempt_timeout, 30000);
    session->connect_timeout = rs_limited_time(options->connect_timeout, 10000);
    session->retries = options->retries == 0  ? 4
                       : options->retries < 0 ? 0
                                              : options->retries;
    size_t most = options->max_response > 0 ? options->max_response : 64 * MIB;
    session->max_response = most < UINT32_MAX ? most : UINT32_MAX;
    session->max_connections = options->max_connections;
    session->reports = options->reports;
}

static rs_http *open_http(const rs_session *session,
                          const rs_options *options) {
    const rs_http_options transport = {
        .insecure = options->insecure,
        .cacert = options->cacert,
        .cert = options->cert,
        .key = options->key,
        .proxy = options->proxy,
        .max_connections = options->max_connections,
        .user_agent = options->user_agent != NULL
                          ? options->user_agent
                          : "rsnapshots/" RSNAPSHOTS_VERSION};
    return rs_http_new(&session->memory, &transport);
}

static bool hide_proxy(rs_session *session, const char *address) {
    return address == NULL ||
           rs_secrets_add_account(
               &session->secrets, &session->memory,
               rs_url_account((rs_slice){address, strlen(address)}));
}

/* Without an option, libcurl takes the proxy from a variable. */
static bool hide_proxies(rs_session *session, const char *option) {
    static const char *const names[] = {"http_proxy",  "HTTP_PROXY",
                                        "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",   "ALL_PROXY"};
    bool hidden = hide_proxy(session, option);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        hidden = hidden && hide_proxy(session, getenv(names[i]));
    return hidden;
}

/* The part of a new session that can fail. */
static bool fill(rs_session *session, const rs_options *options,
                 const rs_token_source *source) {
    int version = options->api_version == 0 ? 3 : options->api_version;
    if (!hide_proxies(session, options->proxy))
        return false;
    if (options->endpoint != NULL &&
        !rs_session_set_service(session, options->endpoint, version,
                                options->microversion, NULL))
        return false;
    if (options->token != NULL && *options->token != '\0') {
        rs_slice token = {options->token, strlen(options->token)};
        if (!rs_session_set_token(session, token, -1))
            return false;
    }
    return source == NULL || rs_session_set_source(session, source, NULL);
}

/* Each session has its own seed, so that clients that were refused together do
 * not all come back at the same moment. */
static uint64_t seed(const rs_session *session) {
    struct timespec now;
    (void)timespec_get(&now, TIME_UTC);
    uint64_t mixed = (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec ^
                     (uint64_t)(uintptr_t)session << 20;
    mixed *= 0x9E3779B97F4A7C15u;
    return (mixed ^ mixed >> 32) | 1; /* from 0, xorshift produces only 0 */
}

rs_session *rs_session_new(const rs_options *options,
                           const rs_token_source *source,
                           const rs_allocator *allocator) {
    const rs_allocator *memory =
        allocator != NULL ? allocator : &rs_standard_allocator;
    rs_session *session = rs_new(memory, sizeof *session);
    if (session == NULL)
        return NULL;
    *session = (rs_session){.memory = *memory, .references = 1};
    set_limits(session, options);
    session->random = seed(session);
    session->stepped = rs_clock();
    session->http = open_http(session, options);
    if (session->http != NULL && fill(session, options, source))
        return session;
    rs_session_free(session);
    return NULL;
}

void rs_session_retain(rs_session *session) {
    session->references++;
}

static void free_session(rs_session *session) {
    rs_allocator memory = session->memory;
    rs_string *strings[] = {&session->endpoint,    &session->version_header,
                            &session->token.text,  &session->source_url,
                            &session->source_body, &session->who};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        rs_string_free(strings[i], &memory);
    rs_report_free_all(session);
    rs_secrets_free(&session->secrets, &memory);
    if (session->http != NULL)
        rs_http_release(session->http);
    rs_free(&memory, session, sizeof *session);
}

void rs_session_release(rs_session *session) {
    if (--session->references == 0)
        free_session(session);
}

static void forget_token(rs_session *session) {
    rs_string_free(&session->token.text, &session->memory);
    rs_string_free(&session->source_body, &session->memory);
    session->source_version = 0;
}

void rs_session_end(rs_session *session) {
    if (session->closed)
        return;
    session->closed = true;
    rs_session_retain(session); /* a call may hold the last other reference */
    rs_call_free(session->renewal);
    session->renewal = NULL;
    rs_token_forget_refusal(session);
    while (session->first != NULL) {
        rs_call *call = session->first;
        bool sent = call->state == RS_CALL_SENT;
        rs_fault_set(call, RS_NETWORK, "the client was closed");
        call->store.fault.closed = true;
        call->store.fault.sent = call->store.fault.sent || sent;
        call->lost = call->lost || sent;
        rs_call_settle(call);
    }
    forget_token(session);
    rs_session_release(session);
}

void rs_session_close(rs_session *session) {
    rs_session_end(session);
    if (session->http != NULL)
        rs_http_close(session->http);
}

void rs_session_free(rs_session *session) {
    if (session == NULL)
        return;
    rs_session_close(session);
    rs_session_release(session);
}

bool rs_session_hide(rs_session *session, rs_slice text) {
    return rs_secrets_add(&session->secrets, &session->memory, text, 0);
}

size_t rs_session_scrub(const rs_session *session, char *text, size_t size) {
    return rs_secrets_scrub(&session->secrets, text, size);
}

bool rs_session_is_closed(const rs_session *session) {
    return session->closed;
}

/* ----------------------------------------------------------------- service */

bool rs_session_set_service(rs_session *session, const char *endpoint,
                            int api_version, int microversion,
                            const char *header) {
    char own[64];
    if (header == NULL && api_version == 3 && microversion > 0) {
        (void)snprintf(own, sizeof own, "OpenStack-API-Version: volume 3.%d",
                       microversion);
        header = own;
    }
    session->api_version = api_version;
    session->microversion = api_version == 3 ? microversion : 0;
    return rs_string_replace(&session->endpoint, &session->memory, endpoint) &&
           rs_string_replace(&session->version_header, &session->memory,
                             header);
}

/* ------------------------------------------------------------------- clock */

int64_t rs_session_now(const rs_session *session) {
    return rs_clock() + session->skipped;
}

void rs_session_skip(rs_session *session, int64_t milliseconds) {
    if (milliseconds > 0)
        session->skipped += milliseconds;
}

/* xorshift64*: good enough for jitter, not for secrets. */
uint64_t rs_session_seed(rs_session *session) {
    uint64_t x = session->random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    session->random = x;
    return x * 0x2545F4914F6CDD1Du;
}

double rs_session_random(rs_session *session) {
    return (double)(rs_session_seed(session) >> 11) / 9007199254740992.0;
}

/* ---------------------------------------------------------------- stepping */

int rs_session_fd(rs_session *session) {
    return rs_http_fd(session->http);
}

bool rs_session_alarm(rs_session *session, bool on) {
    return rs_http_alarm(session->http, on);
}

/* When the first call has to be looked at again without an event. */
static int64_t next_due(const rs_session *session) {
    int64_t due = RS_NEVER;
    for (const rs_call *call = session->first; call != NULL;
         call = call->next) {
        int64_t own = rs_call_due(call);
        due = own < due ? own : due;
    }
    return due;
}

/* After a fork, was no descriptor left for connections of its own? */
static bool is_lost(const rs_session *session) {
    return rs_http_fd(session->http) < 0;
}

long rs_session_timeout(rs_session *session) {
    if (session->closed)
        return -1;
    if (session->restless || is_lost(session))
        return 0;
    long timeout = rs_http_timeout(session->http);
    int64_t due = next_due(session);
    if (due == RS_NEVER)
        return timeout;
    int64_t left = due - rs_session_now(session);
    if (left < 0)
        left = 0;
    else if (left > 1000000000)
        left = 1000000000;
    return timeout >= 0 && timeout < left ? timeout : (long)left;
}

/* A script that is busy with something else steps too late. The time that was
 * lost does not count: no deadline passes while nobody steps. */
static void forgive(rs_session *session, int64_t due) {
    int64_t late = due == RS_NEVER ? 0 : rs_session_now(session) - due;
    int64_t since = rs_clock() - session->stepped;
    session->stepped += since;
    late = late < since ? late : since; /* the rest was skipped on purpose */
    if (late <= NEGLECT)
        return;
    for (rs_call *call = session->first; call != NULL; call = call->next)
        rs_call_shift(call, late);
}

/* Advances all calls until none can move. */
static void advance_all(rs_session *session) {
    bool moved;
    do {
        moved = false;
        rs_call *next;
        for (rs_call *call = session->first; call != NULL; call = next) {
            next = call->next;
            moved = rs_call_advance(call) || moved;
        }
        moved = rs_token_collect(session) || moved;
    } while (moved);
    session->restless = false;
}

void rs_session_step(rs_session *session) {
    if (session->closed)
        return;
    forgive(session, next_due(session));
    rs_http_step(session->http);
    if (is_lost(session))
        rs_session_end(session);
    else
        advance_all(session);
}
