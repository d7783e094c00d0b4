#include <string.h>

#include "call/internal.h"

#define FIRST 500.0 /* ms */
#define LONGEST 20000.0
#define LATEST 1e12 /* ms: a longer wait counts as endless */

static bool is_safe(const rs_call *call) {
    return strcmp(call->method.data, "POST") != 0 || call->idempotent;
}

/* Did the attempt certainly have no effect? Then a create is repeated, too. */
static bool left_nothing(const rs_fault_store *store) {
    const rs_fault *fault = &store->fault;
    return fault->kind == RS_RATE_LIMITED ||
           (!fault->sent && fault->status == 0) || store->crossed;
}

static bool is_passing(const rs_call *call) {
    const rs_fault *fault = &call->store.fault;
    switch (fault->kind) {
    case RS_RATE_LIMITED:
    case RS_NETWORK:
    case RS_TIMEOUT: /* also in the middle of an answer */
        return true;
    case RS_DECODE:
        return call->store.odd || call->store.transport == RS_HTTP_BAD_ANSWER;
    case RS_CONFLICT:
        return call->retry_conflict;
    case RS_SERVER:
        /* A 404 comes from a proxy. After a 500, only a GET or a login
         * certainly had no effect. */
        return fault->status != 500 || strcmp(call->method.data, "GET") == 0 ||
               call->login;
    default:
        return false;
    }
}

/* May sending the request again help with this status? 0: no answer. 509, and
 * 520 to 530, come from proxies that got no answer from the service. */
static bool is_curable(long status) {
    return (status <= 504 && status != 501) || status == 509 ||
           (status >= 520 && status <= 530);
}

bool rs_retry_is_allowed(const rs_call *call) {
    const rs_fault *fault = &call->store.fault;
    if (!is_passing(call) ||
        (fault->kind == RS_SERVER && !is_curable(fault->status)))
        return false;
    return is_safe(call) || left_nothing(&call->store);
}

/* Full jitter, but never earlier than the service asks for. */
int64_t rs_retry_delay(int attempt, double retry_after, double random) {
    double longest = FIRST;
    for (int i = 1; i < attempt && longest < LONGEST; i++)
        longest *= 2;
    double delay = random * (longest < LONGEST ? longest : LONGEST);
    if (retry_after * 1000 > delay)
        delay = retry_after * 1000;
    return (int64_t)(delay < LATEST ? delay : LATEST);
}
