/*
 * rsnapshots: snapshots of block storage volumes, without Lua.
 *
 * OpenStack Cinder (v2, v3) and Rackspace Cloud Block Storage (v1). A session
 * holds the connections and the token of one service; a call is one request
 * with its retries; a listing follows the pages.
 *
 * There are no callbacks, and nothing blocks except rs_call_wait and
 * rs_listing_wait. rs_session_step moves everything on:
 *
 *     rs_call *call = rs_snapshot_get(session, "6d2b1b4c-...");
 *     while (!rs_call_is_done(call)) {
 *         struct pollfd one = {rs_session_fd(session), POLLIN, 0};
 *         poll(&one, 1, (int)rs_session_timeout(session));
 *         rs_session_step(session);
 *     }
 *
 * A session, its calls and its listings belong to one thread. Strings that you
 * pass in are copied; strings that you get live as long as the object that they
 * came from. Functions that free accept NULL. Sizes are in bytes. Times are in
 * milliseconds, unless a name or a comment says seconds. Every answer, every
 * text and every wait has a limit. When memory runs out, functions that make
 * something return NULL, and calls end with RS_NO_MEMORY; a create that was
 * sent ends with RS_UNCERTAIN.
 */
#ifndef RSNAPSHOTS_H
#define RSNAPSHOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RSNAPSHOTS_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif
/* The Lua module exports only the function that opens it. */
#if defined(RS_MODULE) && defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

/* ------------------------------------------------------------------- kinds */

/* What a failure means, so that a program can decide what to do. */
typedef enum rs_kind {
    RS_OK,
    RS_INVALID,      /* the service, or this library, refuses the request */
    RS_AUTH,         /* credentials refused, or 401 again with a new token */
    RS_FORBIDDEN,    /* 403 */
    RS_NOT_FOUND,    /* 404 from the service itself, never a proxy's */
    RS_CONFLICT,     /* 409 */
    RS_QUOTA,        /* a used-up quota */
    RS_RATE_LIMITED, /* still there after the retries */
    RS_SERVER,       /* 5xx, or a proxy's answer, after the retries */
    RS_TIMEOUT,      /* a deadline passed */
    RS_NETWORK,      /* resolve, connect, reset, truncated answer */
    RS_TLS,          /* certificate or handshake */
    RS_DECODE,       /* the answer is not what the API promises */
    RS_UNCERTAIN,    /* a create was sent, and may have taken effect */
    RS_UNSUPPORTED,  /* the service's version lacks this */
    RS_NO_MEMORY
} rs_kind;

/* "not_found", ...; "?" for a number that is no kind. */
const char *rs_kind_name(rs_kind kind);

/* ---------------------------------------------------------------- sessions */

typedef struct rs_session rs_session;
typedef struct rs_call rs_call;
typedef struct rs_lane rs_lane;
typedef struct rs_listing rs_listing;
typedef struct rs_snapshot rs_snapshot;

/* Where memory comes from: a function that resizes, makes (ptr NULL) or frees
 * (new_size 0) a block. Without an allocator, malloc is used. */
typedef struct rs_allocator {
    void *(*resize)(void *context, void *ptr, size_t old_size, size_t new_size);
    void *context;
} rs_allocator;

typedef struct rs_options {
    const char *endpoint; /* with the project, if the service wants it */
    int api_version;      /* 1, 2 or 3; 0: 3. With any other, nothing is
                             sent: calls end with RS_INVALID */
    int microversion;     /* the N of 3.N; 0: none is sent */
    const char *token;    /* sent as it is, up to 16,000 bytes; NULL or "":
                             none, or from the source */
    long timeout;         /* a call with its retries; 0: 60,000. This and
                             the next two are capped at 1,000,000 seconds */
    long attempt_timeout; /* one request; 0: 30,000 */
    long connect_timeout; /* 0: 10,000 */
    int retries;          /* 0: 4; negative: none */
    size_t max_response;  /* 0: 64 MiB; at most 4 GiB - 1 */
    long max_connections; /* 0: no limit */
    bool insecure;        /* certificates are not verified */
    const char *cacert;   /* a file or a directory; NULL: the system's */
    const char *cert, *key;
    const char *proxy;      /* NULL: from the environment; "": none */
    const char *user_agent; /* NULL: rsnapshots/VERSION */
    bool reports;           /* see rs_session_next_report */
} rs_options;

/* How to obtain a token: what to send to the identity service. The session asks
 * for a token when it needs one. It renews the token shortly before it expires,
 * and once for each call that is refused (401). It wipes the memory that held
 * it. */
typedef struct rs_token_source {
    const char *url;  /* .../v3/auth/tokens, or .../v2.0/tokens */
    const char *body; /* JSON */
    int version;      /* 2 or 3: where the token is in the answer; 0: 3 */
} rs_token_source;

/* Source and allocator may be NULL. Returns NULL when memory or descriptors run
 * out. */
rs_session *rs_session_new(const rs_options *options,
                           const rs_token_source *source,
                           const rs_allocator *allocator);

/* Ends the calls that are under way, with RS_NETWORK, and closes the
 * connections. A second call does nothing. */
void rs_session_close(rs_session *session);

/* Closes the session and frees it. Its calls and listings keep what they need,
 * and have to be freed, too. */
void rs_session_free(rs_session *session);

/* A descriptor that is readable when a step is due; -1 when the session is
 * closed. It changes after a fork. */
int rs_session_fd(rs_session *session);

/* Milliseconds until a step is due even if the descriptor stays quiet: for
 * back-off, deadlines and libcurl's timers. -1: no limit. */
long rs_session_timeout(rs_session *session);

/* Does what can be done now, without waiting. */
void rs_session_step(rs_session *session);

/* ------------------------------------------------------------------- calls */

typedef struct rs_fault {
    rs_kind kind;
    long status;            /* HTTP; 0: no answer came */
    const char *code;       /* the service's name for it; NULL: none */
    const char *message;    /* one sentence; no secrets */
    const char *request_id; /* NULL: none */
    const char *method, *url;
    double retry_after; /* seconds; -1: none */
    int attempts;       /* how many times it was tried */
    bool sent;          /* may the service have seen the last attempt? */
    bool lost;          /* was the answer to an attempt lost? */
    bool closed;        /* by rs_session_close */
    bool unrouted;      /* a 404 that only says that the URL is wrong, not that
                           the object is gone */
    const struct rs_fault *cause; /* of RS_UNCERTAIN */
} rs_fault;

typedef struct rs_call_options {
    const char *method; /* GET, POST, ...; NULL: GET */
    const char *path;   /* below the endpoint, from its slash on, with its
                           query */
    const char *url;    /* instead of path: a whole URL, without token */
    const char *const *headers; /* "Name: value", NULL-terminated, up to 64;
                                   or NULL */
    const char *body;           /* JSON; NULL: none */
    size_t body_size;
    long timeout;        /* with the retries; 0: the session's */
    int retries;         /* 0: the session's; negative: none */
    bool idempotent;     /* this POST may be sent again, as all other methods
                            may */
    bool retry_conflict; /* after a 409, it is sent again until the deadline */
    bool expects_object; /* a GET whose answer is a JSON object: if it is not
                            (a maintenance page), it is asked for again */
    rs_lane *lane;       /* NULL: none */
} rs_call_options;

/* Starts a call, which the caller frees. NULL when memory runs out. */
rs_call *rs_call_start(rs_session *session, const rs_call_options *options);

bool rs_call_is_done(const rs_call *call);

/* Waits until it is done, for programs without a loop. Returns whether it
 * succeeded. */
bool rs_call_wait(rs_call *call);

/* NULL while it is under way and when it succeeded. */
const rs_fault *rs_call_fault(const rs_call *call);

/* The status and the body of the answer; 0, NULL and a size of 0 if there is
 * none. */
long rs_call_status(const rs_call *call);
const char *rs_call_body(const rs_call *call, size_t *size);

/* Ends the call at once, with RS_NETWORK. A create may have taken effect if its
 * fault says that it was sent. */
void rs_call_cancel(rs_call *call);
void rs_call_free(rs_call *call);

/* A lane limits how many requests the session's calls in it have under way at
 * once. The limit is at least 1. It halves when the service limits the rate,
 * and grows again with successes. A lane may be freed at any time: calls keep
 * what they need. */
rs_lane *rs_lane_new(rs_session *session, int most);
int rs_lane_limit(const rs_lane *lane);
void rs_lane_free(rs_lane *lane);

/* One report for each attempt, in order, but none for an attempt that
 * rs_call_cancel, rs_call_free or rs_session_close ended. Read the reports
 * after steps. */
typedef struct rs_report {
    const char *method, *url; /* with its query; no secrets */
    long status;              /* 0: none */
    double seconds;
    int attempt; /* from 1 */
    const char *request_id;
    const rs_fault *fault; /* NULL: success */
} rs_report;

/* The next report, which lives until you ask for another. Returns false when
 * there are no more. While 1000 wait to be read, new ones are dropped. */
bool rs_session_next_report(rs_session *session, rs_report *report);

/* --------------------------------------------------------------- snapshots */

typedef struct rs_metadata_item {
    const char *key, *value;
} rs_metadata_item;

typedef struct rs_create_options {
    const char *volume_id;
    const char *name, *description;   /* NULL: none */
    bool force;                       /* even if the volume is in use */
    const rs_metadata_item *metadata; /* ended by a key NULL; NULL: none.
                                         Version 1 keeps none: the call ends
                                         with RS_UNSUPPORTED */
} rs_create_options;

/* Each starts a call; NULL when memory runs out. A create is sent again only if
 * the earlier attempt certainly had no effect: see RS_UNCERTAIN. The others are
 * also sent again where a maintenance page answers. */
rs_call *rs_snapshot_create(rs_session *session,
                            const rs_create_options *options);
rs_call *rs_snapshot_get(rs_session *session, const char *id);
/* NULL leaves a value as it is, "" clears it. */
rs_call *rs_snapshot_update(rs_session *session, const char *id,
                            const char *name, const char *description);
rs_call *rs_snapshot_delete(rs_session *session, const char *id);

/* The snapshot in the answer to a create, get or update that succeeded. The
 * caller frees it. NULL: the answer has none, and the call's fault says why.
 * After RS_NO_MEMORY it can be asked for again. */
rs_snapshot *rs_call_snapshot(rs_call *call);

/* Texts are UTF-8; NULL if the service gives none. A NUL in one becomes U+FFFD.
 * The status is in upper case. A size of -1 and a time of NaN mean that there
 * is none. Times are Unix seconds. */
const char *rs_snapshot_id(const rs_snapshot *snapshot);
const char *rs_snapshot_volume_id(const rs_snapshot *snapshot);
const char *rs_snapshot_name(const rs_snapshot *snapshot);
const char *rs_snapshot_description(const rs_snapshot *snapshot);
const char *rs_snapshot_status(const rs_snapshot *snapshot);
int64_t rs_snapshot_size(const rs_snapshot *snapshot);
double rs_snapshot_created_time(const rs_snapshot *snapshot);
/* A value of its metadata, which lives until you ask for another; NULL: none,
 * or memory ran out. */
const char *rs_snapshot_metadata(rs_snapshot *snapshot, const char *key);
/* The JSON object as it was received. */
const char *rs_snapshot_json(const rs_snapshot *snapshot, size_t *size);
void rs_snapshot_free(rs_snapshot *snapshot);

/* ---------------------------------------------------------------- listings */

/* A field that is zero or NULL does not filter. The library applies the filters
 * that the service does not, so the result is the same on every version. */
typedef struct rs_filters {
    const char *name, *status, *volume_id, *project_id;
    const char *name_like;                /* a part of the name */
    const rs_metadata_item *metadata;     /* ended by a key NULL; up to 64 */
    double created_after, created_before; /* Unix seconds; 0: none */
    const char *sort;                     /* "created_at:desc,name:asc" */
    const char *marker;                   /* begin after this id */
    const char *token;                    /* from rs_listing_token, instead of
                                             marker and offset */
    const char *extra;                    /* raw query, as "a=b&c=d" */
    size_t page_size;                     /* of one request */
    size_t max;                           /* in all */
    size_t offset;                        /* how many to leave out first */
    bool all_projects;
    bool summary;     /* /snapshots instead of /snapshots/detail */
    bool no_prefetch; /* do not fetch the next page early */
} rs_filters;

/* The result of asking for the next row. */
typedef enum rs_next {
    RS_NEXT_ROW,  /* a snapshot */
    RS_NEXT_END,  /* there are no more */
    RS_NEXT_WAIT, /* step the session, and ask again */
    RS_NEXT_FAULT /* see rs_listing_fault; asking again tries the same page */
} rs_next;

/* NULL when memory runs out, or when a filter is wrong: then *problem says what
 * is wrong. */
rs_listing *rs_listing_new(rs_session *session, const rs_filters *filters,
                           const char **problem);

/* The caller frees the snapshot. */
rs_next rs_listing_next(rs_listing *listing, rs_snapshot **snapshot);

/* The same, but it waits when it has to, and never returns RS_NEXT_WAIT. */
rs_next rs_listing_wait(rs_listing *listing, rs_snapshot **snapshot);

/* The fault of an RS_NEXT_FAULT, which lives until you ask for a row again;
 * NULL: the last result was another. */
const rs_fault *rs_listing_fault(const rs_listing *listing);

/* A token for rs_filters.token, to continue later after the last row that was
 * given out, with the same filters. It lives until you ask for another. NULL
 * when memory runs out. */
const char *rs_listing_token(rs_listing *listing);

void rs_listing_free(rs_listing *listing);

#if defined(RS_MODULE) && defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
