#include <string.h>
#include <time.h>

#include "call/internal.h"
#include "parse/ascii.h"
#include "parse/head.h"
#include "parse/json.h"
#include "parse/timestamp.h"

/* In ms: */
#define RENEW_BEFORE 60000.0 /* before its end, or a tenth of its lifetime */
#define SPARE 5000           /* until the next renewal after a failed one */

/* ----------------------------------------------------------- what is known */

bool rs_session_set_token(rs_session *session, rs_slice text, double lifetime) {
    rs_token *token = &session->token;
    rs_string fresh = {NULL, 0};
    if (!rs_string_set(&fresh, &session->memory, text.data, text.size))
        return false;
    unsigned number = token->number + 1;
    if (!rs_secrets_add(&session->secrets, &session->memory, text, number)) {
        rs_string_free(&fresh, &session->memory);
        return false;
    }
    if (number > 1) /* answers may still contain the last one */
        rs_secrets_drop(&session->secrets, &session->memory, number - 1);
    rs_string_free(&token->text, &session->memory);
    rs_token_forget_refusal(session);
    int64_t now = rs_session_now(session);
    *token = (rs_token){fresh, number, RS_NEVER, RS_NEVER};
    if (lifetime >= 0 && lifetime < 1e12) {
        token->expires_at = now + (int64_t)lifetime;
        double early = lifetime / 10;
        token->renew_at =
            token->expires_at -
            (int64_t)(early < RENEW_BEFORE ? early : RENEW_BEFORE);
    }
    return true;
}

/* Keeps the value of a secret member out of messages. */
static bool hide_member(rs_session *session, const rs_json_token *value) {
    char text[RS_MAX_TOKEN];
    if (value->type != RS_JSON_STRING)
        return true;
    rs_slice plain = rs_text_decode((rs_text){value->text, value->escaped},
                                    text, sizeof text);
    bool hidden = plain.data == NULL ||
                  rs_secrets_add(&session->secrets, &session->memory, plain, 0);
    rs_wipe(text, sizeof text);
    return hidden;
}

static bool is_secret(const rs_json_token *key) {
    static const char *const names[] = {"password", "secret", "apiKey",
                                        "passcode"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (rs_json_equals(key, names[i]))
            return true;
    return false;
}

/* Also a token may be sent for another one: {"token": {"id": ...}}. */
static bool hide_body(rs_session *session) {
    rs_json json;
    rs_json_token token;
    rs_json_type type;
    bool proves = false, names_token = false, in_token = false;
    rs_json_init(&json, session->source_body.data, session->source_body.size);
    while ((type = rs_json_next(&json, &token)) != RS_JSON_END &&
           type != RS_JSON_ERROR) {
        if (proves && !hide_member(session, &token))
            return false;
        if (type == RS_JSON_OBJECT)
            in_token = names_token;
        bool is_key = type == RS_JSON_KEY;
        names_token = is_key && rs_json_equals(&token, "token");
        proves = is_key && (is_secret(&token) ||
                            (in_token && rs_json_equals(&token, "id")));
    }
    return true;
}

bool rs_session_set_source(rs_session *session, const rs_token_source *source,
                           const char *who) {
    session->source_version = source->version == 2 ? 2 : 3;
    rs_token_forget_refusal(session);
    return rs_string_replace(&session->source_url, &session->memory,
                             source->url) &&
           rs_string_replace(&session->source_body, &session->memory,
                             source->body) &&
           rs_string_replace(&session->who, &session->memory, who) &&
           hide_body(session);
}

bool rs_token_can_renew(const rs_session *session) {
    return session->source_version != 0 && !session->closed;
}

void rs_token_refuse(rs_session *session, unsigned number) {
    if (session->token.number == number) /* it has not been renewed since */
        rs_string_free(&session->token.text, &session->memory);
}

/* ---------------------------------------------------------------- renewing */

static bool begin_renewal(rs_session *session) {
    const char *url = session->source_url.data;
    const rs_call_options options = {.method = "POST",
                                     .url = url != NULL ? url : "",
                                     .body = session->source_body.data,
                                     .body_size = session->source_body.size,
                                     .idempotent = true};
    static const rs_call_extra extra = {.login = true};
    session->renewal = rs_call_begin(session, &options, &extra);
    return session->renewal != NULL;
}

static bool is_waited_for(const rs_session *session) {
    for (const rs_call *call = session->first; call != NULL; call = call->next)
        if (call->state == RS_CALL_TOKENLESS)
            return true;
    return false;
}

void rs_token_forget_refusal(rs_session *session) {
    rs_call_free(session->refused);
    session->refused = NULL;
}

/* If a password has changed, calls find that out one after another. They must
 * not all try it, because clouds lock accounts for that. */
static bool was_refused(rs_session *session, int64_t now) {
    if (session->refused != NULL && now >= session->refused_until)
        rs_token_forget_refusal(session);
    return session->refused != NULL;
}

/* While the old token is still good, no call waits for the new one. */
rs_token_state rs_token_prepare(rs_session *session) {
    const rs_token *token = &session->token;
    int64_t now = rs_session_now(session);
    bool is_over =
        session->renewal != NULL && rs_call_is_done(session->renewal);
    if (is_over && !is_waited_for(session))
        (void)rs_token_collect(session); /* it ended without a step */
    bool usable = token->text.data != NULL && now < token->expires_at;
    bool due = !usable || now >= token->renew_at;
    if (!rs_token_can_renew(session))
        return RS_TOKEN_READY; /* the service decides if it is valid */
    if (!usable && was_refused(session, now))
        return RS_TOKEN_REFUSED;
    if (due && session->renewal == NULL && !begin_renewal(session))
        return RS_TOKEN_READY;
    return usable || session->renewal == NULL ? RS_TOKEN_READY
                                              : RS_TOKEN_COMING;
}

/* -------------------------------------------------------------- the answer */

/* What an answer says of its token. */
typedef struct rs_told {
    rs_grant *grant;
    double expires, issued; /* Unix seconds; 0: not said */
} rs_told;

/* Reads a time; leaves *seconds alone if the text is not a time. */
static void take_time(const rs_json_token *value, double *seconds) {
    if (value->type == RS_JSON_STRING && !value->escaped)
        (void)rs_timestamp_parse(value->text, seconds);
}

/* data NULL: it is too long once it is decoded. */
static void set_id(rs_grant *grant, rs_slice id) {
    grant->size = RS_MAX_TOKEN + 1;
    if (id.data == NULL)
        return;
    id = rs_slice_trim(id);
    grant->size = id.size;
    if (id.size <= RS_MAX_TOKEN)
        memmove(grant->id, id.data, id.size);
}

static void take_id(const rs_json_token *value, rs_grant *grant) {
    rs_text text = {value->text, value->escaped};
    if (value->type == RS_JSON_STRING)
        set_id(grant, rs_text_decode(text, grant->id, sizeof grant->id));
}

/* v2 and v3 have different names for the same members. */
static void take_member(const rs_json_token *key, const rs_json_token *value,
                        rs_told *told) {
    if (rs_json_equals(key, "id"))
        take_id(value, told->grant);
    else if (rs_json_equals(key, "expires_at") ||
             rs_json_equals(key, "expires"))
        take_time(value, &told->expires);
    else if (rs_json_equals(key, "issued_at"))
        take_time(value, &told->issued);
}

/* Reads the object under these names, a list ended by NULL: {"token": {...}} or
 * {"access": {"token": {...}}}. */
static bool read_object(rs_json *json, const char *const *names,
                        rs_told *told) {
    rs_json_token key, value;
    if (rs_json_next(json, &value) != RS_JSON_OBJECT)
        return false;
    while (rs_json_next(json, &key) == RS_JSON_KEY) {
        if (*names != NULL && rs_json_equals(&key, *names)) {
            if (!read_object(json, names + 1, told))
                return false;
            continue;
        }
        if (rs_json_next(json, &value) == RS_JSON_ERROR)
            return false;
        if (*names == NULL)
            take_member(&key, &value, told);
        if (!rs_json_skip(json, &value))
            return false;
    }
    return key.type == RS_JSON_OBJECT_END;
}

static bool read_body(rs_slice body, int version, rs_told *told) {
    static const char *const v2[] = {"access", "token", NULL};
    static const char *const v3[] = {"token", NULL};
    rs_json json;
    rs_json_init(&json, body.data, body.size);
    return read_object(&json, version == 3 ? v3 : v2, told);
}

/* The token's lifetime in ms, by the service's own clock; negative: unknown. */
static double lifetime_of(const rs_told *told, rs_slice date) {
    double from = (double)time(NULL);
    if (told->issued > 0)
        from = told->issued;
    else
        (void)rs_http_date(date, from, &from);
    return told->expires > from ? (told->expires - from) * 1000 : -1;
}

static bool is_sendable(const rs_grant *grant) {
    for (size_t i = 0; i < grant->size; i++) {
        unsigned char c = (unsigned char)grant->id[i];
        if (c <= ' ' || c >= 0x7f)
            return false;
    }
    return true;
}

const char *rs_token_read(rs_grant *grant, int version, rs_slice body,
                          rs_slice header, rs_slice date) {
    rs_told told = {.grant = grant};
    grant->size = 0;
    bool is_read = read_body(body, version, &told);
    if (version == 3)
        set_id(grant, header.data != NULL ? header : (rs_slice){"", 0});
    if (!is_read || grant->size == 0)
        return "there is no token in it";
    if (grant->size > RS_MAX_TOKEN)
        return "the token in it is too long for a header";
    if (!is_sendable(grant))
        return "the token in it has characters that a header cannot hold";
    grant->lifetime = lifetime_of(&told, date);
    return NULL;
}

/* ------------------------------------------------------------- its outcome */

void rs_token_fail(rs_call *call, rs_call *renewal) {
    const rs_allocator *memory = &call->session->memory;
    rs_fault_copy(&call->store, &renewal->store);
    call->store.fault.method = "POST";
    rs_string_free(&call->shown, memory);
    (void)rs_string_copy(&call->shown, memory, rs_call_shown_url(renewal));
    call->store.fault.url = call->shown.data;
}

/* Settles the calls that wait for the token, with the renewal's fault. */
static void fail_waiting(const rs_session *session, rs_call *renewal) {
    rs_call *next;
    for (rs_call *call = session->first; call != NULL; call = next) {
        next = call->next;
        if (call->state != RS_CALL_TOKENLESS)
            continue;
        rs_token_fail(call, renewal);
        rs_call_settle(call);
    }
}

static bool is_refusal(const rs_fault *fault) {
    return fault->status != 0 &&
           (fault->kind == RS_AUTH || fault->kind == RS_FORBIDDEN);
}

/* Adds to the message who could not log in, and whether that was refused. */
static void explain_failure(const rs_session *session, rs_call *renewal) {
    rs_fault_store *store = &renewal->store;
    const char *who = session->who.data;
    char words[sizeof store->message];
    if (store->fault.kind == RS_NOT_FOUND)
        store->fault.kind = RS_AUTH; /* there is no such user */
    rs_kind kind = store->fault.kind;
    if (who == NULL || kind == RS_NO_MEMORY || store->fault.closed)
        return;
    bool refused = store->fault.status != 0 &&
                   (kind == RS_AUTH || kind == RS_FORBIDDEN ||
                    kind == RS_INVALID || kind == RS_UNSUPPORTED);
    size_t size = strcspn(who, "\n");
    memcpy(words, store->message, sizeof words);
    rs_fault_set(renewal, kind, "%.*s %s%s: %s", (int)size, who,
                 refused ? "was refused" : "could not log in",
                 who + size + (who[size] != '\0'), words);
}

/* Handles a renewal that failed, and takes it over. */
static void fail_renewal(rs_session *session, rs_call *renewal) {
    rs_token *token = &session->token;
    int64_t now = rs_session_now(session);
    explain_failure(session, renewal);
    bool refused = is_refusal(&renewal->store.fault);
    if (token->text.data == NULL || now >= token->expires_at)
        fail_waiting(session, renewal);
    else /* the old token is still good */
        token->renew_at = refused ? token->expires_at : now + SPARE;
    if (!refused) {
        rs_call_free(renewal);
        return;
    }
    rs_token_forget_refusal(session);
    session->refused = renewal;
    session->refused_until = now + SPARE;
}

/* Uses the token that a renewal got. Returns whether that worked. */
static bool use_grant(rs_session *session, rs_call *renewal) {
    rs_grant grant;
    const rs_request *request = rs_call_request(renewal);
    const char *problem =
        rs_token_read(&grant, session->source_version, rs_request_body(request),
                      rs_request_header(request, "X-Subject-Token"),
                      rs_request_header(request, "Date"));
    bool used = false;
    if (problem != NULL) {
        rs_fault_set(renewal, RS_DECODE,
                     "the identity service's answer cannot be used: %s",
                     problem);
    } else {
        used = rs_session_set_token(session, (rs_slice){grant.id, grant.size},
                                    grant.lifetime);
        if (!used)
            rs_fault_set(renewal, RS_NO_MEMORY, "not enough memory");
    }
    rs_wipe(&grant, sizeof grant);
    if (!used) {
        renewal->store.fault.status = rs_call_status(renewal);
        renewal->store.fault.sent = true;
    }
    return used;
}

bool rs_token_collect(rs_session *session) {
    rs_call *renewal = session->renewal;
    if (renewal == NULL || !rs_call_is_done(renewal))
        return false;
    session->renewal = NULL;
    if (rs_call_fault(renewal) == NULL && use_grant(session, renewal))
        rs_call_free(renewal);
    else
        fail_renewal(session, renewal);
    return true;
}
