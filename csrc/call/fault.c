#include "call/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parse/ascii.h"
#include "parse/json.h"
#include "parse/url.h"

#define MAX_ID 100
#define MAX_TARGET 200 /* bytes of a redirect's target */
#define CROSSING 1000  /* ms: longer than bytes take to the service and back */
#define ESCAPE 6       /* bytes of \uXXXX, which may be cut, too */

static void scrub(const rs_call *call, char *text) {
    size_t size = strlen(text);
    size_t left = rs_secrets_scrub(&call->session->secrets, text, size);
    text[left] = '\0';
}

/* Replaces line breaks and all other characters that move a cursor. */
static void hide_controls(char *text) {
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

/* Replaces a URL's user and password with stars. */
static void hide_account(char *url) {
    char *from = strstr(url, "://");
    if (from == NULL)
        return;
    from += 3;
    char *end = from + strcspn(from, "/?#");
    while (end > from && end[-1] != '@')
        end--;
    for (; from + 1 < end; from++)
        *from = '*';
}

static bool is_id_letter(char c) {
    return rs_is_alnum(c) || memchr("-_.:", c, 4) != NULL;
}

/* Notes the service's id for the request, if it looks like one. Only faults and
 * reports tell it. */
static void note_request_id(rs_call *call) {
    rs_fault_store *store = &call->store;
    rs_slice id = rs_request_header(call->request, "x-openstack-request-id");
    if (id.size == 0)
        id = rs_request_header(call->request, "X-Compute-Request-Id");
    store->request_id[0] = '\0';
    store->fault.request_id = NULL;
    if (id.size == 0 || id.size > MAX_ID)
        return;
    for (size_t i = 0; i < id.size; i++)
        if (!is_id_letter(id.data[i]))
            return;
    memcpy(store->request_id, id.data, id.size);
    store->request_id[id.size] = '\0';
    scrub(call, store->request_id);
    store->fault.request_id = store->request_id;
}

void rs_fault_set(rs_call *call, rs_kind kind, const char *format, ...) {
    rs_fault_store *store = &call->store;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(store->message, sizeof store->message, format, arguments);
    va_end(arguments);
    if (call->request != NULL && rs_request_is_done(call->request))
        note_request_id(call);
    scrub(call, store->message);
    hide_controls(store->message);
    store->fault.kind = kind;
    store->fault.message = store->message;
    store->fault.method = call->method.data;
    store->fault.url = rs_call_shown_url(call);
    store->fault.attempts = call->attempt;
}

void rs_fault_copy(rs_fault_store *to, const rs_fault_store *from) {
    *to = *from;
    to->fault.message = to->message;
    if (from->fault.code != NULL)
        to->fault.code = to->code;
    if (from->fault.request_id != NULL)
        to->fault.request_id = to->request_id;
}

const char *rs_call_shown_url(rs_call *call) {
    const rs_allocator *memory = &call->session->memory;
    if (call->shown.data != NULL)
        return call->shown.data;
    if (!rs_string_copy(&call->shown, memory, call->url.data))
        return NULL;
    size_t whole = call->shown.size;
    size_t size =
        rs_secrets_scrub(&call->session->secrets, call->shown.data, whole);
    memset(call->shown.data + size, 0, whole - size);
    hide_account(call->shown.data);
    hide_controls(call->shown.data);
    return call->shown.data;
}

void rs_fault_conclude(rs_call *call) {
    rs_fault_copy(&call->cause, &call->store);
    call->cause.fault.lost = true;
    rs_fault_set(call, RS_UNCERTAIN,
                 "the request was sent, and nobody can tell whether it took "
                 "effect: look before you send it again (%s)",
                 call->cause.message);
    call->lost = true;
    call->store.fault.lost = true;
    call->store.fault.cause = &call->cause.fault;
}

bool rs_fault_is_uncertain(const rs_fault_store *store) {
    const rs_fault *fault = &store->fault;
    bool blurred = fault->kind == RS_NETWORK || fault->kind == RS_TIMEOUT ||
                   fault->kind == RS_DECODE || fault->kind == RS_SERVER ||
                   fault->kind == RS_NO_MEMORY;
    /* such a status says that the request had no effect, even if the answer was
     * cut; a 408 says so only if nobody had read the request */
    bool refused = fault->status >= 300 && fault->status < 500 &&
                   (fault->status != 408 || store->crossed);
    return fault->sent && blurred && !refused;
}

/* The host and port of the call's URL, for messages. */
static rs_slice place_of(const rs_call *call) {
    static const char unnamed[] = "the service";
    const char *end = call->url.data + call->url.size;
    rs_slice host = rs_url_host((rs_slice){call->url.data, call->url.size});
    if (host.size == 0)
        return (rs_slice){unnamed, sizeof unnamed - 1};
    host.data -= host.data[-1] == '['; /* of an address of IPv6 */
    while (host.data + host.size < end &&
           strchr("/?#", host.data[host.size]) == NULL)
        host.size++;
    host.size = host.size < 255 ? host.size : 255;
    return host;
}

/* Why nothing was sent before the deadline. */
static const char *words_of_wait(const rs_call *call) {
    if (call->state == RS_CALL_TOKENLESS)
        return "the deadline passed before the identity service gave a token";
    return call->attempt == 0
               ? "the deadline passed before the request was sent"
               : "the deadline passed before the next attempt";
}

void rs_fault_of_timeout(rs_call *call) {
    int64_t now = rs_session_now(call->session);
    if (call->state != RS_CALL_SENT) { /* the last attempt stays as it was */
        rs_fault_set(call, RS_TIMEOUT, "%s", words_of_wait(call));
        return;
    }
    rs_slice host = place_of(call);
    double seconds = (double)(now - call->entered) / 1000;
    if (call->attempt > 1)
        rs_fault_set(call, RS_TIMEOUT,
                     "no answer in time from %.*s: the last of %d attempts had "
                     "%.1f seconds",
                     (int)host.size, host.data, call->attempt, seconds);
    else
        rs_fault_set(call, RS_TIMEOUT,
                     "no answer in time from %.*s: none within %.1f seconds",
                     (int)host.size, host.data, seconds);
    call->store.fault.sent = rs_request_was_sent(call->request);
}

/* ------------------------------------------------------- without an answer */

/* Replaces the user and password before an "@" with stars. */
static void mask_users(char *text) {
    char *from = text; /* what is not masked yet of a word */
    for (char *at = text; *at != '\0'; at++) {
        if (strchr(" \t\r\n'\"/", *at) != NULL) {
            from = at + 1;
        } else if (*at == '@') {
            memset(from, '*', (size_t)(at - from));
            from = at;
        }
    }
}

static rs_kind kind_of_transport(rs_http_error error) {
    switch (error) {
    case RS_HTTP_INVALID:
        return RS_INVALID;
    case RS_HTTP_TLS:
        return RS_TLS;
    case RS_HTTP_TIMEOUT:
        return RS_TIMEOUT;
    case RS_HTTP_TOO_LARGE:
    case RS_HTTP_BAD_ANSWER:
        return RS_DECODE;
    case RS_HTTP_NO_MEMORY:
        return RS_NO_MEMORY;
    default:
        return RS_NETWORK;
    }
}

static const char *words_of_transport(rs_http_error error) {
    switch (kind_of_transport(error)) {
    case RS_INVALID:
        return "cannot send this to";
    case RS_TLS:
        return "no safe connection to";
    case RS_TIMEOUT:
        return "no answer in time from";
    case RS_DECODE:
        return "unusable answer from";
    case RS_NO_MEMORY:
        return "not enough memory for";
    default:
        return "cannot reach";
    }
}

/* Did libcurl try to connect to another place than the URL's? It says
 * "Failed to connect to HOST port PORT after ...". */
static bool tried_another(const rs_call *call, const char *message) {
    char own[sizeof "connect to " + 255 + sizeof " port 65535 "];
    rs_slice host = rs_url_host((rs_slice){call->url.data, call->url.size});
    const char *name = strstr(message, "connect to ");
    const char *port = host.data + host.size;
    port += *port == ']';
    long number = *port == ':' ? strtol(port + 1, NULL, 10)
                  : strncmp(call->url.data, "https", 5) == 0 ? 443
                                                             : 80;
    (void)snprintf(own, sizeof own, "connect to %.*s port %ld ",
                   (int)(host.size < 255 ? host.size : 255), host.data, number);
    return name != NULL && strncmp(name, own, strlen(own)) != 0;
}

/* If a message is about a proxy: which setting gives that proxy; otherwise "".
 * libcurl may name just the place to which it could not connect, or, if it is
 * newer, "via" and the proxy's host. */
static const char *proxy_hint(const rs_call *call, const char *message) {
    const char *origin =
        rs_http_proxy_origin(call->session->http, call->url.data);
    bool named =
        strstr(message, "proxy") != NULL || strstr(message, "Proxy") != NULL ||
        strstr(message, "CONNECT") != NULL ||
        strstr(message, "SOCKS") != NULL || strstr(message, " via ") != NULL;
    return origin != NULL && (named || tried_another(call, message)) ? origin
                                                                     : "";
}

/* What to do about a TLS failure, if libcurl's message does not say it. */
static const char *tls_hint(const rs_fault_store *store, const char *message) {
    static const char *const hints[][2] = {
        {"wrong version number",
         " (it seems to speak plain http: is https right?)"},
        {"self-signed certificate", " (if that is right, give it as cacert)"},
        {"self signed certificate", " (if that is right, give it as cacert)"},
        {"local issuer",
         " (give the certificate of its authority as cacert; or the server "
         "leaves out one in between)"},
        {"protocol version", " (it speaks no TLS from version 1.2 on)"},
        {"certificate required", " (give yours as cert, and its key as key)"},
        {"handshake failure",
         " (if it wants a certificate of yours: give cert and key)"},
        {"private key",
         " (the key must be a PEM file, not encrypted, and that of the "
         "certificate)"},
    };
    if (store->transport != RS_HTTP_TLS || strstr(message, "proxy") != NULL)
        return ""; /* our options are not about a proxy's certificate */
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (strstr(message, hints[i][0]) != NULL)
            return hints[i][1];
    return "";
}

static void explain_transport(rs_call *call) {
    char message[300];
    rs_http_error error = rs_request_error(call->request);
    (void)snprintf(message, sizeof message, "%s",
                   rs_request_message(call->request));
    mask_users(message);
    call->store.transport = error;
    const char *origin = proxy_hint(call, message);
    rs_slice place = place_of(call);
    rs_fault_set(call, kind_of_transport(error), "%s %.*s: %s%s%s%s%s",
                 words_of_transport(error), (int)place.size, place.data,
                 message, tls_hint(&call->store, message),
                 *origin != '\0' ? " (the proxy is that of " : "", origin,
                 *origin != '\0' ? ")" : "");
}

/* ---------------------------------------------------------- with an answer */

static void scrub_words(const rs_call *call, rs_words *words) {
    words->size =
        rs_secrets_scrub(&call->session->secrets, words->data, words->size);
    rs_fault_tidy(words);
}

/* Writes where a redirect points to, cut if it is too long; "" if it does not
 * say. Secrets are masked before the text is cut, because a part of a secret
 * would not be found. */
static void read_target(const rs_call *call, char to[MAX_TARGET + 1]) {
    const rs_allocator *memory = &call->session->memory;
    rs_slice target = rs_request_header(call->request, "Location");
    rs_string whole = {NULL, 0};
    to[0] = '\0';
    if (!rs_string_set(&whole, memory, target.data, target.size))
        return;
    scrub(call, whole.data);
    mask_users(whole.data);
    (void)snprintf(to, MAX_TARGET + 1, "%s", whole.data);
    for (; *to != '\0'; to++)
        if (*to <= ' ' || *to >= 0x7f)
            *to = '?';
    rs_string_free(&whole, memory);
}

static void explain_redirect(rs_call *call) {
    char target[MAX_TARGET + 1];
    read_target(call, target);
    rs_fault_set(call, RS_DECODE,
                 "the service redirects%s%s, which is not followed with a "
                 "%s right?",
                 *target != '\0' ? " to " : "", target,
                 call->login ? "login: is the identity service's URL (auth_url)"
                             : "token: is the endpoint");
}

static void explain_refusal(rs_call *call, long status,
                            const rs_fault_words *words, rs_kind kind) {
    char factor[400];
    rs_slice head = rs_request_head(call->request);
    rs_slice body = rs_request_body(call->request);
    if (status == 401 &&
        rs_fault_second_factor(head, body, factor, sizeof factor))
        rs_fault_set(call, kind, "%s", factor);
    else if (status == RS_HTTP_NO_CREDENTIALS)
        rs_fault_set(call, kind, RS_HTTP_NO_CREDENTIALS_WORDS);
    else if (words->message.size > 0)
        rs_fault_set(call, kind, "%.*s", (int)words->message.size,
                     words->message.data);
    else if (words->code.size > 0)
        rs_fault_set(call, kind, "%.*s", (int)words->code.size,
                     words->code.data);
    else
        rs_fault_set(
            call, kind,
            "the service answered with HTTP status %ld and no explanation",
            status);
}

/* Says after a 401 what is known of the token, if there is no other to try. */
static void explain_token(rs_call *call) {
    const rs_session *session = call->session;
    size_t size = strlen(call->store.message);
    const char *words = "";
    if (call->renewed)
        words = " (a new token was refused, too: is the endpoint of this "
                "cloud?)";
    else if (!rs_token_can_renew(session))
        words = session->token.text.data != NULL
                    ? " (the token is not renewed: it may have expired)"
                    : " (no token was sent)";
    (void)snprintf(call->store.message + size,
                   sizeof call->store.message - size, "%s", words);
}

static void note_code(rs_call *call, const rs_words *code) {
    rs_fault_store *store = &call->store;
    size_t size =
        code->size < sizeof store->code ? code->size : sizeof store->code - 1;
    memcpy(store->code, code->data, size);
    store->code[size] = '\0';
    store->fault.code = size > 0 ? store->code : NULL;
}

static void explain_status(rs_call *call, long status) {
    rs_fault_words words;
    rs_request *request = call->request;
    rs_fault_read(rs_request_body(request), &words);
    double retry_after =
        rs_retry_after(rs_request_header(request, "Retry-After"),
                       rs_request_header(request, "Date"), (double)time(NULL));
    if (retry_after < 0)
        retry_after = words.retry_after;
    scrub_words(call, &words.code);
    scrub_words(call, &words.message);
    rs_kind kind = rs_fault_kind(status, &words, retry_after);
    if (status >= 300 && status < 400)
        explain_redirect(call);
    else
        explain_refusal(call, status, &words, kind);
    if (status == 401 && !call->anonymous)
        explain_token(call);
    note_code(call, &words.code);
    call->store.fault.unrouted = kind == RS_NOT_FOUND && !words.is_own;
    call->store.fault.retry_after = retry_after;
}

/* Is the answer about snapshots or volumes? Then its words are data. */
static bool is_data(rs_slice body) {
    static const char *const signs[] = {"\"snapshot", "\"volume", "<snapshot",
                                        "<volume"};
    bool found = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        found = found || rs_slice_find(body, signs[i]) < body.size;
    return found;
}

/* Are the words a whole body in JSON, because nothing in it is for people or it
 * ends early? Then they may be metadata. */
static bool is_json(const rs_words *words) {
    return memchr("{[", *words->data, 2) != NULL;
}

void rs_fault_quote(rs_call *call, rs_slice body) {
    rs_fault_words words;
    char *message = call->store.message;
    size_t size = strlen(message);
    if (call->login || is_data(body)) /* a login's answer may hold a token */
        return;
    rs_fault_read(body, &words);
    scrub_words(call, &words.message);
    if (words.message.size == 0 || is_json(&words.message))
        return;
    (void)snprintf(message + size, sizeof call->store.message - size,
                   "; it says \"%.*s\"", (int)words.message.size,
                   words.message.data);
    hide_controls(message);
}

/* Does a body begin and end like a JSON object? */
static bool looks_like_object(rs_slice body) {
    rs_slice text = rs_slice_trim(body);
    if (text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        text = rs_slice_trim(rs_slice_from(text, 3));
    return text.size >= 2 && text.data[0] == '{' &&
           text.data[text.size - 1] == '}';
}

/* Was the body cut? That cannot be seen from its end if it ends where the
 * connection ends: half of it may end like an object. */
static bool is_cut(const rs_call *call, rs_slice body) {
    rs_json json;
    rs_json_token token;
    if (rs_request_header(call->request, "Content-Length").data != NULL ||
        rs_request_header(call->request, "Transfer-Encoding").data != NULL)
        return false;
    rs_json_init(&json, body.data, body.size);
    return rs_json_next(&json, &token) == RS_JSON_OBJECT &&
           !rs_json_skip(&json, &token) &&
           body.size - rs_json_offset(&json) < ESCAPE;
}

/* Is the body a proxy's page, or half an answer, instead of the service's
 * answer? A change may be confirmed by any text, but not by a web page. */
static bool is_odd(const rs_call *call, long status) {
    rs_slice body = rs_request_body(call->request);
    if (!call->expects_object || (status == 204 && call->allows_204) ||
        (body.size == 0 && call->allows_nothing))
        return false;
    bool is_text = strcmp(call->method.data, "GET") != 0 && !call->login;
    if (is_cut(call, body) || (!is_text && !looks_like_object(body)))
        return true;
    body = rs_slice_trim(body);
    return is_text && status == 200 && body.size > 0 && *body.data == '<';
}

static bool is_good(const rs_call *call, long status) {
    return (status >= 200 && status <= 299) || (status == 300 && call->choices);
}

/* Did the answer cross the request, which nobody has read? With a 408, a
 * balancer closes a kept connection that was idle. A gateway says the same, but
 * later, when the service takes too long. */
static bool is_crossing(const rs_call *call, long status) {
    int64_t took = rs_session_now(call->session) - call->entered;
    return status == 408 && rs_request_was_reused(call->request) &&
           took < CROSSING;
}

static void explain_answer(rs_call *call, long status) {
    rs_request *request = call->request;
    if (rs_request_error(request) != RS_HTTP_OK) {
        explain_transport(call);
        call->store.fault.sent = rs_request_was_sent(request);
    } else if (is_good(call, status)) {
        rs_fault_set(call, RS_DECODE,
                     "the service's answer cannot be used: it is not a "
                     "JSON object");
        rs_fault_quote(call, rs_request_body(request));
        call->store.odd = true;
        call->store.fault.sent = true;
    } else {
        explain_status(call, status);
        call->store.fault.sent = true;
    }
    call->store.fault.status = status;
    call->store.crossed = is_crossing(call, status);
}

bool rs_fault_of_answer(rs_call *call) {
    long status = rs_request_status(call->request);
    bool is_fine = rs_request_error(call->request) == RS_HTTP_OK &&
                   is_good(call, status) && !is_odd(call, status);
    if (!is_fine)
        explain_answer(call, status);
    else if (call->session->reports)
        note_request_id(call);
    return !is_fine;
}

void rs_call_reject(rs_call *call, const char *problem, bool created) {
    rs_fault_set(call, RS_DECODE, "the service's answer cannot be used: %s",
                 problem);
    if (call->request != NULL)
        rs_fault_quote(call, rs_request_body(call->request));
    call->store.fault.status = rs_call_status(call);
    call->store.fault.sent = true;
    if (created) /* it was accepted, but its id is unknown */
        rs_fault_conclude(call);
}
