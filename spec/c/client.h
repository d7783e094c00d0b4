/*
 * A session and its server for one test, on a clock of their own: where nothing
 * is under way the time until the next thing is due passes at once.
 */
#ifndef RS_TEST_CLIENT_H
#define RS_TEST_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "call/internal.h"
#include "memory.h"
#include "server.h"

#define TOKEN "the-token-of-this-test"
#define COUNT(list) (sizeof(list) / sizeof *(list))

extern server *here;
extern rs_session *session;
extern int64_t passed; /* ms for which nothing was under way */

/* A server that answers so, and a session of version 3 with TOKEN whose
 * endpoint is its /v3/p. */
void begin(const char *const *answers);

/* The same with other options; what is NULL or 0 in them is as above. A source
 * has no url: it is the server's /v3/auth/tokens. */
void begin_with(const char *const *answers, rs_options options,
                const char *source_body);

/* Frees the session and stops the server; no block may be left. */
void end(void);

/* Starts a call below the endpoint. */
rs_call *start(const char *method, const char *path);
rs_call *start_with(rs_call_options options);

/* Lets a call go on to its end, and all of them. */
void finish(rs_call *call);
void finish_all(void);

/* One step, after waiting for what is under way, or the time has passed. */
void turn(void);

/* Turns until the server has read so many requests. */
void await_requests(int count);

/* Frees it; it must have ended so. */
void assert_kind(rs_call *call, rs_kind kind);

/* Ends it, and checks how, and how often it was sent. */
void assert_outcome(rs_call *call, rs_kind kind, int attempts);

#endif
