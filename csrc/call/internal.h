/*
 * What the files of this folder share, and what the binding and the listings
 * use of a session beyond the public header.
 *
 * A call is a state machine: its state says what it waits for, and one table of
 * functions (call.c) moves it on. States are in the order in which they are
 * first reached; a retry goes back to the first.
 */
#ifndef RS_CALL_INTERNAL_H
#define RS_CALL_INTERNAL_H

#include "http/http.h"
#include "http/string.h"
#include "parse/fault.h"
#include "parse/hidden.h"
#include "parse/snapshot.h"
#include "rsnapshots.h"

RS_HIDDEN

#define RS_MAX_TOKEN 16000 /* bytes: servers take headers up to 16 KiB */

#define RS_NEVER INT64_MAX

typedef enum rs_call_state {
    RS_CALL_QUEUED,    /* its lane or the connections are full */
    RS_CALL_TOKENLESS, /* the token is being renewed */
    RS_CALL_SENT,      /* a request is under way */
    RS_CALL_PAUSING,   /* it waits before the next attempt */
    RS_CALL_SETTLED
} rs_call_state;

/* A fault together with the texts that it points to. */
typedef struct rs_fault_store {
    rs_fault fault;
    rs_http_error transport; /* how the request failed in http */
    bool crossed;            /* the answer is no answer: see is_crossing */
    bool odd;                /* a good status, but no usable body */
    char code[128], message[768], request_id[104];
} rs_fault_store;

/* ----------------------------------------------------------------- secrets */

typedef struct rs_secret {
    char *data;
    size_t size;
    unsigned origin; /* number of its token; 0: never dropped */
} rs_secret;

typedef struct rs_secrets {
    rs_secret *list; /* the longest first: one may contain another */
    size_t count, capacity;
} rs_secrets;

/* Keeps a text out of every later message, also in the spellings of URLs and
 * JSON. False when memory runs out. Texts of less than four bytes are ignored.
 */
bool rs_secrets_add(rs_secrets *secrets, const rs_allocator *memory,
                    rs_slice text, unsigned origin);

/* The same for the user and the password of a proxy, "user:password" as in its
 * address, also as they are sent to it. */
bool rs_secrets_add_account(rs_secrets *secrets, const rs_allocator *memory,
                            rs_slice account);

/* Drops the secrets of the tokens before this one. */
void rs_secrets_drop(rs_secrets *secrets, const rs_allocator *memory,
                     unsigned before);
void rs_secrets_free(rs_secrets *secrets, const rs_allocator *memory);

/* Masks the secrets in a text, which may become shorter; returns its new size.
 */
size_t rs_secrets_scrub(const rs_secrets *secrets, char *text, size_t size);

/* ------------------------------------------------------------------- lanes */

struct rs_lane {
    rs_allocator memory;
    long references;
    int most, limit, under_way;
    int successes;      /* since the limit last changed */
    int64_t lowered_at; /* ms: when the limit was halved */
    int64_t opens_at;   /* ms: nothing is sent before this time */
};

void rs_lane_retain(rs_lane *lane);
void rs_lane_enter(rs_lane *lane);

/* A call that entered the lane at that time leaves it. came_back: it was
 * answered, with this fault or NULL for success; false: it was given up. */
void rs_lane_leave(rs_lane *lane, int64_t now, int64_t entered, bool came_back,
                   const rs_fault *fault);

/* ---------------------------------------------------------------- sessions */

typedef struct rs_token {
    rs_string text;
    unsigned number;              /* the session's first token is 1 */
    int64_t renew_at, expires_at; /* RS_NEVER: unknown */
} rs_token;

typedef struct rs_report_entry {
    struct rs_report_entry *next;
    rs_report report;
    rs_fault_store store;
    char method[16];
    rs_string url;
    char request_id[104];
} rs_report_entry;

struct rs_session {
    rs_allocator memory;
    long references;
    rs_http *http;
    bool closed;
    bool restless;   /* a call may be able to move on already */
    int64_t skipped; /* ms by which rs_session_skip moved the clock */
    int64_t stepped; /* when the last step was made */
    uint64_t random;
    long timeout, attempt_timeout, connect_timeout;
    int retries;
    size_t max_response;
    long max_connections, sent; /* sent: how many requests are under way */
    rs_string endpoint, version_header;
    int api_version, microversion;
    rs_call *first, *last; /* those not settled, oldest first */
    rs_token token;
    rs_string source_url, source_body;
    rs_string who;      /* logs in; see rs_session_set_source */
    int source_version; /* 0: no source */
    rs_call *renewal;
    rs_call *refused; /* the last renewal, if it was refused */
    int64_t refused_until;
    rs_secrets secrets;
    bool refuses_filters; /* or sort: listings then filter and sort here */
    bool refuses_limits;  /* over 100 rows */
    bool reports;
    rs_report_entry *first_report, *last_report, *given_report;
    size_t report_count;
};

struct rs_call {
    rs_session *session;
    int references;
    rs_call *previous, *next;
    rs_call_state state;
    rs_string method, url, body;
    rs_buffer room;     /* for the answer's body */
    rs_string shown;    /* the URL for messages, without secrets */
    rs_string *headers; /* header_count of them */
    size_t header_count;
    bool anonymous, choices, idempotent, retry_conflict, login;
    bool expects_object, allows_nothing, allows_204;
    int retries;
    int64_t deadline;
    rs_lane *lane;
    bool in_lane, under_way; /* under_way: counted in session->sent */
    int64_t entered;
    int attempt, uncounted; /* uncounted: not limited by `retries` */
    bool lost, renewed;
    bool was_there;        /* a conflict showed that what is deleted existed */
    unsigned token_number; /* the token of the last attempt */
    int64_t stop;          /* when the attempt or the pause ends */
    rs_request *request;   /* under way or done */
    rs_fault_store store, cause;
};

/* Milliseconds on the session's clock. */
int64_t rs_session_now(const rs_session *session);

/* Moves the clock forward, so that what waits for that time is due. For tests.
 */
void rs_session_skip(rs_session *session, int64_t milliseconds);

/* Sets where the service is, as soon as that is known. */
bool rs_session_set_service(rs_session *session, const char *endpoint,
                            int api_version, int microversion,
                            const char *header);

/* Sets the token to send; lifetime in ms, negative: unknown. */
bool rs_session_set_token(rs_session *session, rs_slice token, double lifetime);

/* Sets where new tokens come from. who (or NULL), for messages about failed
 * renewals: who logs in, a line break, and for what and where. */
bool rs_session_set_source(rs_session *session, const rs_token_source *source,
                           const char *who);

/* While on, the descriptor is readable. False if no descriptor is left. */
bool rs_session_alarm(rs_session *session, bool on);

/* Ends the calls that are under way. The descriptor stays open, because others
 * may wait for it, until rs_session_close. Idempotent. */
void rs_session_end(rs_session *session);

/* Keeps a text out of every later message; false when memory runs out. */
bool rs_session_hide(rs_session *session, rs_slice text);

/* Masks the secrets in a text in place; returns its new size. */
size_t rs_session_scrub(const rs_session *session, char *text, size_t size);

bool rs_session_has_report(const rs_session *session);

bool rs_session_is_closed(const rs_session *session);
void rs_session_retain(rs_session *session);
void rs_session_release(rs_session *session);

/* The time that an option gives, or `otherwise` if it gives none. Capped, so
 * that it can be added to any moment. */
long rs_limited_time(long milliseconds, long otherwise);

/* A random number, at least 0 and less than 1. */
double rs_session_random(rs_session *session);

/* A number that nobody outside can tell. */
uint64_t rs_session_seed(rs_session *session);

/* ------------------------------------------------------------------- calls */

/* Options that only the binding and this library use. */
typedef struct rs_call_extra {
    bool with_token;     /* send the service's token, although `url` is given */
    bool choices;        /* 300 is a success, as with version documents */
    bool login;          /* it asks for a token: the answer is wiped */
    bool allows_nothing; /* expects_object also accepts an empty body */
    bool allows_204;     /* and a 204, which never has a body */
    int64_t deadline;    /* ms on the session's clock, if that is earlier than
                            `timeout`; 0: none */
    const char *refusal; /* why it must not be sent; NULL: it may be sent */
    rs_buffer *room;     /* for the answer's body, taken over; NULL: none */
} rs_call_extra;

rs_call *rs_call_begin(rs_session *session, const rs_call_options *options,
                       const rs_call_extra *extra);

/* One more has to free it; the first who does so ends it. */
rs_call *rs_call_retain(rs_call *call);

/* Moves a call on as far as possible. Returns whether its state changed. */
bool rs_call_advance(rs_call *call);

/* When the call has to be looked at again without an event: because of its
 * deadline, its pause or its lane. */
int64_t rs_call_due(const rs_call *call);

void rs_call_settle(rs_call *call);
void rs_call_shift(rs_call *call, int64_t milliseconds);

/* The last request of a settled call; NULL: none. */
rs_request *rs_call_request(const rs_call *call);

/* Fails a call that succeeded, because its answer is not what the API promises.
 * created: it created something whose id is unknown. */
void rs_call_reject(rs_call *call, const char *problem, bool created);

/* Adds to the message of an answer that cannot be used what the answer says
 * about itself, so that people see who answered. */
void rs_fault_quote(rs_call *call, rs_slice body);

/* Makes a public snapshot from a record. The text begins with the record's
 * brace. NULL when memory runs out. */
rs_snapshot *rs_snapshot_make(const rs_allocator *memory, const char *text,
                              const rs_snapshot *places);

/* ------------------------------------------------------------------ faults */

/* Makes the fault of a request that has ended; false: it succeeded. */
bool rs_fault_of_answer(rs_call *call);
void rs_fault_of_timeout(rs_call *call);
void rs_fault_set(rs_call *call, rs_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void rs_fault_copy(rs_fault_store *to, const rs_fault_store *from);

/* The URL without secrets; NULL when memory runs out. */
const char *rs_call_shown_url(rs_call *call);

/* Turns a fault into RS_UNCERTAIN, and makes the old one its cause. */
void rs_fault_conclude(rs_call *call);

/* May the last attempt have taken effect, although no answer confirms it? */
bool rs_fault_is_uncertain(const rs_fault_store *store);

/* ----------------------------------------------------------------- retries */

/* May the call be sent again after its fault? */
bool rs_retry_is_allowed(const rs_call *call);

/* Milliseconds to wait after this attempt. random is at least 0 and less than
 * 1; retry_after is in seconds, negative: none. */
int64_t rs_retry_delay(int attempt, double retry_after, double random);

/* ------------------------------------------------------------------ tokens */

typedef enum rs_token_state {
    RS_TOKEN_READY, /* or no token is needed */
    RS_TOKEN_COMING,
    RS_TOKEN_REFUSED /* a moment ago; rs_token_fail gives the call that fault */
} rs_token_state;

/* Makes sure that there is a token for a call, or that one is on its way. */
rs_token_state rs_token_prepare(rs_session *session);

/* Gives a call the fault of the renewal that failed. */
void rs_token_fail(rs_call *call, rs_call *renewal);

/* Lets the next call ask for a token again, however the last renewal ended. */
void rs_token_forget_refusal(rs_session *session);

/* Drops the token that the service has refused. */
void rs_token_refuse(rs_session *session, unsigned number);

bool rs_token_can_renew(const rs_session *session);

/* A token, as an identity service grants it; it is to be wiped after use. */
typedef struct rs_grant {
    char id[RS_MAX_TOKEN];
    size_t size;
    double lifetime; /* ms by the service's own clock; negative: unknown */
} rs_grant;

/* Reads the token in an answer of that version of the identity API, with its
 * headers X-Subject-Token and Date. Returns what is wrong with it, or NULL. */
const char *rs_token_read(rs_grant *grant, int version, rs_slice body,
                          rs_slice header, rs_slice date);

/* Takes the result of a finished renewal. Returns whether a renewal had
 * finished. */
bool rs_token_collect(rs_session *session);

/* ----------------------------------------------------------------- reports */

/* Adds a report of the attempt that has just ended; fault NULL: success. */
void rs_report_attempt(rs_call *call, const rs_fault_store *fault);
void rs_report_free_all(rs_session *session);

RS_HIDDEN_END

#endif
