/*
 * The kinds of failure, which scripts and programs decide on.
 */
#ifndef RS_KIND_H
#define RS_KIND_H

#include "parse/hidden.h"

RS_HIDDEN

typedef enum rs_kind {
    RS_OK,
    RS_INVALID, /* 400, 422, or refused before it was sent */
    RS_AUTH,
    RS_FORBIDDEN,
    RS_NOT_FOUND, /* the service's own 404, never a proxy's */
    RS_CONFLICT,
    RS_QUOTA,
    RS_RATE_LIMITED,
    RS_SERVER,
    RS_TIMEOUT,
    RS_NETWORK,
    RS_TLS,
    RS_DECODE,
    RS_UNCERTAIN, /* a create was sent, and nobody can tell what came of it */
    RS_UNSUPPORTED,
    RS_CONFIG,
    RS_NO_MEMORY
} rs_kind;

/* "not_found", ... */
const char *rs_kind_name(rs_kind kind);

RS_HIDDEN_END

#endif
