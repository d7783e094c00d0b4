/*
 * A session and its server for one test, on a clock of their own: when nothing
 * is under way, the clock moves on at once to the next thing that is due.
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
extern int64_t passed; /* ms that were skipped while nothing was under way */

/* Starts a server with these answers, and a session of version 3 with TOKEN,
 * whose endpoint is the server's /v3/p. */
void begin(const char *const *answers);

/* The same with other options; NULL or 0 in them means the same as above. The
 * source's URL is the server's /v3/auth/tokens. */
void begin_with(const char *const *answers, rs_options options,
                const char *source_body);

/* Frees the session and stops the server. Fails if a block is left. */
void end(void);

/* Starts a call below the endpoint. */
rs_call *start(const char *method, const char *path);
rs_call *start_with(rs_call_options options);

/* Steps until a call is done, or until all are. */
void finish(rs_call *call);
void finish_all(void);

/* Waits for what is under way or for the time to pass, then makes one step. */
void turn(void);

/* Steps until the server has read this many requests. */
void await_requests(int count);

/* Frees a call, which must have ended with this kind. */
void assert_kind(rs_call *call, rs_kind kind);

/* Checks how a call ended and how often it was sent, and frees it. */
void assert_outcome(rs_call *call, rs_kind kind, int attempts);

#endif
