#include "parse/kind.h"

#include <stddef.h>

const char *rs_kind_name(rs_kind kind) {
    static const char *const names[] = {
        [RS_OK] = "ok",
        [RS_INVALID] = "invalid",
        [RS_AUTH] = "auth",
        [RS_FORBIDDEN] = "forbidden",
        [RS_NOT_FOUND] = "not_found",
        [RS_CONFLICT] = "conflict",
        [RS_QUOTA] = "quota",
        [RS_RATE_LIMITED] = "rate_limited",
        [RS_SERVER] = "server",
        [RS_TIMEOUT] = "timeout",
        [RS_NETWORK] = "network",
        [RS_TLS] = "tls",
        [RS_DECODE] = "decode",
        [RS_UNCERTAIN] = "uncertain",
        [RS_UNSUPPORTED] = "unsupported",
        [RS_NO_MEMORY] = "no memory",
    };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "?";
}
