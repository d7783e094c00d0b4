/*
 * What a fault means: its kind, and whether it comes from the service itself.
 */
#include "parse/fault_internal.h"

static rs_slice slice_of(const rs_words *words) {
    return (rs_slice){words->data, words->size};
}

/* Does the text contain one of these, in any case? */
static bool has_any(rs_slice text, const char *const *parts) {
    for (; *parts != NULL; parts++)
        if (rs_slice_find(text, *parts) < text.size)
            return true;
    return false;
}

/* Does the code or the message contain one of these? */
static bool says(const rs_fault_words *words, const char *const *parts) {
    return has_any(slice_of(&words->code), parts) ||
           has_any(slice_of(&words->message), parts);
}

/* -------------------------------------------------------------- the sender */

/* Is the text at this place a word by itself, and not a part of a path or a
 * name? */
static bool is_word(rs_slice text, size_t at, size_t size) {
    size_t end = at + size;
    if (end < text.size && rs_lower(text.data[end]) == 's')
        end++;
    bool begins = at == 0 || (!rs_is_alnum(text.data[at - 1]) &&
                              memchr("/_.-", text.data[at - 1], 4) == NULL);
    return begins &&
           (end == text.size || (!rs_is_alnum(text.data[end]) &&
                                 memchr("/_-", text.data[end], 3) == NULL));
}

/* Does the text contain one of these words, or its plural? */
static bool has_word(rs_slice text, const char *const *words) {
    for (; *words != NULL; words++) {
        for (size_t at = 0; at < text.size; at++)
            if (rs_slice_starts(rs_slice_from(text, at), *words) &&
                is_word(text, at, strlen(*words)))
                return true;
    }
    return false;
}

/* Words that a gateway uses, and a storage service does not. */
static const char *const gateway_words[] = {
    "route",    "page",    "url",       "uri",  "api",  "proxy",
    "endpoint", "gateway", "upstream",  "path", "host", "handler",
    "service",  "action",  "operation", NULL};

static const char *const gateway_codes[] = {"route",
                                            "page",
                                            "apig",
                                            "gateway",
                                            "proxy",
                                            "messaging.",
                                            "policies.",
                                            "nosuchkey",
                                            "nosuchbucket",
                                            "blobnotfound",
                                            "servicenotfound",
                                            "service_not_found",
                                            "accessdenied",
                                            NULL};

/* Words that a storage service uses. */
static const char *const things[] = {"snapshot", "volume", NULL};

/* Codes that say no more than the status. */
static const char empty_codes[] =
    "notfound resourcenotfound error client server fault";

static bool has_letter(rs_slice text) {
    for (size_t i = 0; i < text.size; i++)
        if (rs_is_letter(text.data[i]))
            return true;
    return false;
}

/* Is it a code that only the service can have given? */
static bool has_own_code(const rs_fault_reader *reader) {
    rs_slice code = slice_of(&reader->words->code);
    return has_any(code, things) || (reader->is_coded && has_letter(code) &&
                                     !rs_fault_has_name(code, empty_codes) &&
                                     !has_any(code, gateway_codes));
}

/* A wrong "gone" loses a snapshot; a wrong "not gone" costs some time. So
 * everything that is not certain counts as somebody else's. */
bool rs_fault_is_own(const rs_fault_reader *reader) {
    rs_slice message = slice_of(&reader->words->message);
    if (reader->is_named || reader->is_titled)
        return true;
    return reader->is_document && !has_word(message, gateway_words) &&
           (has_own_code(reader) || has_word(message, things));
}

bool rs_fault_is_unrouted(const rs_fault_reader *reader) {
    static const char *const router[] = {"the resource could not be found",
                                         NULL};
    return reader->is_webob ||
           (reader->is_titled && !reader->is_named &&
            has_any(slice_of(&reader->words->message), router));
}

/* ------------------------------------------------------------------- kinds */

/* Is a quota used up? The word "quota" alone may be about a quota that was
 * asked for. */
static bool is_used_up(const rs_fault_words *words) {
    static const char *const quota[] = {"quota", NULL};
    static const char *const used[] = {
        "exceed",     "reached",      "used up",   "overquota",    "over quota",
        "not enough", "insufficient", "exhausted", "out of quota", NULL};
    static const char *const limits[] = {"limitexceeded", "limit exceeded",
                                         "maximum number of", NULL};
    return (says(words, quota) && says(words, used)) ||
           (says(words, limits) && says(words, things));
}

static bool is_about_rate(const rs_fault_words *words) {
    static const char *const rate[] = {
        "rate limit",       "rate-limit",     "ratelimit",     "request rate",
        "too many request", "throttl",        "request quota", "slow down",
        "request limit",    "requests limit", "requests per",  "requests/",
        "can be made to",   "try again in",   "too fast",      "per minute",
        "per second",       "per hour",       "api calls",     NULL};
    return says(words, rate);
}

static bool is_too_large(const rs_fault_words *words) {
    static const char *const large[] = {"too large", "too big", "metadata size",
                                        NULL};
    return says(words, large);
}

/* For 413 and 429: a rate limit, a quota, or a body that is too large. */
static rs_kind limit_kind(long status, const rs_fault_words *words,
                          double retry_after) {
    static const char *const quota[] = {"quota", NULL};
    if (retry_after > 0 || is_about_rate(words))
        return RS_RATE_LIMITED;
    if (is_used_up(words) || says(words, quota))
        return RS_QUOTA;
    if (status == 413)
        return is_too_large(words) ? RS_INVALID : RS_QUOTA;
    return RS_RATE_LIMITED;
}

static rs_kind kind_of_status(long status) {
    switch (status) {
    case 401:
        return RS_AUTH;
    case 403:
        return RS_FORBIDDEN;
    case 404:
    case 410:
        return RS_NOT_FOUND;
    case 405:
    case 406:
    case 501:
        return RS_UNSUPPORTED;
    case 408:
        return RS_TIMEOUT;
    case 409:
    case 412:
    case 423:
        return RS_CONFLICT;
    default:
        return status >= 500   ? RS_SERVER
               : status >= 400 ? RS_INVALID
                               : RS_DECODE;
    }
}

rs_kind rs_fault_kind(long status, const rs_fault_words *words,
                      double retry_after) {
    rs_kind kind = kind_of_status(status);
    if (retry_after < 0)
        retry_after = words->retry_after;
    if (status == 413 || status == 429)
        return limit_kind(status, words, retry_after);
    if (kind == RS_FORBIDDEN && is_about_rate(words))
        return RS_RATE_LIMITED;
    if (kind == RS_NOT_FOUND && !words->is_own && !words->is_unrouted)
        return RS_SERVER;
    bool may_be_quota =
        kind == RS_INVALID || kind == RS_FORBIDDEN || kind == RS_CONFLICT;
    return may_be_quota && is_used_up(words) ? RS_QUOTA : kind;
}
