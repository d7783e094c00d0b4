/*
 * What the files of this folder share, and what the binding and the listings
 * know of a session beyond the public header.
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

#define RS_NEVER INT64_MAX

typedef enum rs_call_state {
    RS_CALL_QUEUED,    /* its lane or the connections are full */
    RS_CALL_TOKENLESS, /* another call's renewal of the token is under way */
    RS_CALL_SENT,      /* a request is under way */
    RS_CALL_PAUSING,   /* before the next attempt */
    RS_CALL_SETTLED
} rs_call_state;

/* A fault and the texts that it points to. */
typedef struct rs_fault_store {
    rs_fault fault;
    rs_http_error transport; /* what was wrong on the way */
    bool reused;             /* it went out on a kept connection */
    bool odd;                /* a good status, and what is no answer */
    char code[128], message[768], request_id[104];
} rs_fault_store;

/* ---------------------------------------------------------------- secrets */

typedef struct rs_secret {
    char *data;
    size_t size;
    unsigned origin; /* of which token it is; 0: stays */
} rs_secret;

typedef struct rs_secrets {
    rs_secret *list; /* the longest first: one may hold another */
    size_t count, capacity;
} rs_secrets;

/* Keeps a text out of every message from now on, also as URLs and JSON spell
 * it. False when memory is out. Texts of less than four bytes do not count.
 */
bool rs_secrets_add(rs_secrets *secrets, const rs_allocator *memory,
                    rs_slice text, unsigned origin);

/* Forgets those of tokens before that one. */
void rs_secrets_drop(rs_secrets *secrets, const rs_allocator *memory,
                     unsigned before);
void rs_secrets_free(rs_secrets *secrets, const rs_allocator *memory);

/* Takes them out of a text, which gets shorter; its new size. */
size_t rs_secrets_scrub(const rs_secrets *secrets, char *text, size_t size);

/* ------------------------------------------------------------------ lanes */

struct rs_lane {
    rs_allocator memory;
    long references;
    int most, limit, under_way;
    int successes;   /* since the limit last changed */
    int64_t lowered; /* when it last was */
    int64_t opens;   /* until then nothing is sent */
};

void rs_lane_retain(rs_lane *lane);
void rs_lane_enter(rs_lane *lane);

/* One that entered at that time came back, with that fault or NULL; or it was
 * given up (came_back false). */
void rs_lane_leave(rs_lane *lane, int64_t now, int64_t entered, bool came_back,
                   const rs_fault *fault);

/* --------------------------------------------------------------- sessions */

typedef struct rs_token {
    rs_string text;
    unsigned number;              /* counts the tokens of a session */
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
    bool restless; /* a call may go on although nothing came and no time passed
                    */
    int64_t skipped; /* ms that the clock was moved on */
    int64_t stepped; /* when the last step was */
    uint64_t random;
    long timeout, attempt_timeout, connect_timeout;
    int retries;
    size_t max_response;
    long max_connections, sent; /* sent: requests under way */
    rs_string endpoint, version_header;
    int api_version, microversion;
    rs_call *first, *last; /* not settled, in the order of their starts */
    rs_token token;
    rs_string source_url, source_body;
    int source_version; /* 0: there is no source */
    rs_call *renewal;
    rs_secrets secrets;
    bool refuses_filters; /* the service does, or sort: listings do without */
    bool reports;
    rs_report_entry *first_report, *last_report, *given_report;
    size_t report_count;
};

struct rs_call {
    rs_session *session;
    rs_call *previous, *next;
    rs_call_state state;
    rs_string method, url, body;
    rs_string shown;    /* the URL without secrets */
    rs_string *headers; /* header_count of them */
    size_t header_count;
    bool anonymous, choices, idempotent, retry_conflict, login;
    bool expects_object, allows_nothing;
    long attempt_timeout, connect_timeout;
    size_t max_response;
    int retries;
    int64_t deadline;
    rs_lane *lane;
    bool in_lane, under_way; /* its request, which the session counts */
    int64_t entered;
    int attempt, uncounted; /* those that retries does not bound */
    bool lost, renewed;
    unsigned token_number; /* of the token that the last attempt proved */
    int64_t stop;          /* of the attempt, or of the pause */
    rs_request *request;   /* under way, or the answer */
    rs_fault_store store, cause;
};

/* Milliseconds on the session's clock. */
int64_t rs_session_now(const rs_session *session);

/* Moves the clock on: what waits for that time is due. For tests. */
void rs_session_skip(rs_session *session, int64_t milliseconds);

/* Where the service is, once that is known. */
bool rs_session_set_service(rs_session *session, const char *endpoint,
                            int api_version, int microversion,
                            const char *header);

/* A token to send; lifetime in ms, negative: unknown. */
bool rs_session_set_token(rs_session *session, rs_slice token, double lifetime);

/* Where the next ones come from. */
bool rs_session_set_source(rs_session *session, const rs_token_source *source);

/* While on, the descriptor is readable. False: no descriptor left for that. */
bool rs_session_alarm(rs_session *session, bool on);

/* Ends what is under way, but keeps the descriptor for those who wait for it;
 * rs_session_close is for later. Idempotent. */
void rs_session_end(rs_session *session);

/* How many calls are under way. */
size_t rs_session_active(const rs_session *session);

/* Keeps a text out of every message from now on; false when memory is out. */
bool rs_session_hide(rs_session *session, rs_slice text);

/* Takes the secrets out of a text in place; its new size. */
size_t rs_session_scrub(const rs_session *session, char *text, size_t size);

bool rs_session_has_report(const rs_session *session);

bool rs_session_is_closed(const rs_session *session);
void rs_session_retain(rs_session *session);
void rs_session_release(rs_session *session);

/* A number from 0 up to, but without, 1. */
double rs_session_random(rs_session *session);

/* ------------------------------------------------------------------ calls */

/* What only the binding and this library ask for. */
typedef struct rs_call_extra {
    bool anonymous;  /* without a token */
    bool with_token; /* although a whole URL is given, of the same service */
    bool choices;    /* 300 is an answer, as of version documents */
    bool login;      /* a token is asked for: the answer is wiped */
    bool allows_nothing; /* where an object is expected, no body will do */
    long attempt_timeout, connect_timeout; /* 0: the session's */
    size_t max_response;                   /* 0: the session's */
    const char *refusal; /* why it must not be sent; NULL: it may */
} rs_call_extra;

rs_call *rs_call_begin(rs_session *session, const rs_call_options *options,
                       const rs_call_extra *extra);

/* Moves a call on as far as it goes; did its state change? */
bool rs_call_advance(rs_call *call);

/* When it is due on its own: a deadline, a pause, a lane. */
int64_t rs_call_due(const rs_call *call);

void rs_call_settle(rs_call *call);
void rs_call_shift(rs_call *call, int64_t milliseconds);

/* The finished request of a call that succeeded, or the last one that failed;
 * NULL: none. */
rs_request *rs_call_request(const rs_call *call);

/* A call that was answered, but with what the API does not promise: gives it a
 * fault after all. made: it created something with an unknown id. */
void rs_call_reject(rs_call *call, const char *problem, bool made);

/* The snapshot of a record, as the public header has it; NULL when memory is
 * out. The text begins with its brace. */
rs_snapshot *rs_snapshot_make(const rs_allocator *memory, const char *text,
                              const rs_snapshot *places);

/* ----------------------------------------------------------------- faults */

/* Makes the fault of a request that has ended, or was given up (RS_TIMEOUT,
 * RS_NETWORK for a closed session); false: it succeeded. */
bool rs_fault_of_answer(rs_call *call);
void rs_fault_of_timeout(rs_call *call, bool sent);
void rs_fault_set(rs_call *call, rs_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void rs_fault_copy(rs_fault_store *to, const rs_fault_store *from);

/* The URL as people may see it; NULL when memory is out. */
const char *rs_call_shown_url(rs_call *call);

/* Makes a fault uncertain, with what it was as its cause. */
void rs_fault_conclude(rs_call *call);

/* May the last attempt have taken effect, although nothing tells? */
bool rs_fault_is_uncertain(const rs_fault_store *store);

/* ---------------------------------------------------------------- retries */

/* May the call be sent again after its fault? */
bool rs_retry_is_allowed(const rs_call *call);

/* Milliseconds before attempt + 1. random from 0 to 1; retry_after in seconds,
 * negative: none. */
int64_t rs_retry_delay(int attempt, double retry_after, double random);

/* ----------------------------------------------------------------- tokens */

typedef enum rs_token_state {
    RS_TOKEN_READY, /* or none is needed */
    RS_TOKEN_COMING
} rs_token_state;

/* Sees that there is a token for a call, or that one is on its way. */
rs_token_state rs_token_prepare(rs_session *session);

/* The service has refused that token. */
void rs_token_refuse(rs_session *session, unsigned number);

bool rs_token_can_renew(const rs_session *session);

/* Takes what a renewal that is over has brought; was one over? */
bool rs_token_collect(rs_session *session);

/* ---------------------------------------------------------------- reports */

/* Notes the attempt that has just ended; fault NULL: it succeeded. */
void rs_report_attempt(rs_call *call, const rs_fault_store *fault);
void rs_report_free_all(rs_session *session);

RS_HIDDEN_END

#endif
