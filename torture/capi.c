/*
 * The C API without Lua, on a server in a thread.
 *
 * usage: capi oom       each allocation refused in turn, the core's and
 *                       libcurl's: alone, and with all that follow
 *        capi threads   eight threads, each with a session of its own
 *
 * Whatever was refused, an operation ends with its right outcome, or with one
 * that a lack of memory explains. The same session, if there is one, then does
 * it right. In the end nothing is left.
 */
#define _DEFAULT_SOURCE
#include <curl/curl.h>
#include <limits.h>
#include <rsnapshots.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "refuse.h"
#include "server.h"

#define THREADS 8
#define ROUNDS 50
#define SETTLE_STEPS 2000 /* ms */
#define RECORD(id)                                                             \
    "{\"id\":\"" id "\",\"volume_id\":\"v\",\"name\":\"n\\u00e4\","            \
    "\"status\":\"available\",\"size\":1,\"metadata\":{\"k\":\"v\"},"          \
    "\"created_at\":\"2026-11-23T08:00:00.000000\"}"
#define ONE "{\"snapshot\":" RECORD("a") "}"
#define PAGE1                                                                  \
    "{\"snapshots\":[" RECORD("b") "," RECORD(                                 \
        "a") "],\"snapshots_links\":["                                         \
             "{\"rel\":\"next\",\"href\":\"http://h/?marker=a\"}]}"
#define PAGE2 "{\"snapshots\":[" RECORD("c") "]}"
#define GRANT                                                                  \
    answer(201, "X-Subject-Token: the-token\r\n",                              \
           "{\"token\":{\"expires_at\":\"2036-11-23T09:00:00Z\"}}")

static server *here;

static void start_service(void) {
    here = server_start(ANSWERS(answer(200, NULL, ONE)));
    server_route(here, "POST /v3/auth/tokens", ANSWERS(GRANT));
    server_route(here, "DELETE ", ANSWERS(answer(202, NULL, "")));
    server_route(here, "GET /v3/p/snapshots/detail?limit=1000 ",
                 ANSWERS(answer(200, NULL, PAGE1)));
    server_route(here, "GET /v3/p/snapshots/detail?limit=1000&marker=a ",
                 ANSWERS(answer(200, NULL, PAGE2)));
}

static rs_session *open_session(const rs_allocator *allocator) {
    char endpoint[64], identity[64];
    snprintf(endpoint, sizeof endpoint, "%s/v3/p", server_url(here, ""));
    snprintf(identity, sizeof identity, "%s/v3/auth/tokens",
             server_url(here, ""));
    const rs_options options = {.endpoint = endpoint,
                                .proxy = "",
                                .retries = -1,
                                .timeout = 10000,
                                .reports = true};
    const rs_token_source source = {identity, "{\"auth\":{}}", 3};
    return rs_session_new(&options, &source, allocator);
}

/* --------------------------------------------------------------- operations */

static rs_kind kind_of(const rs_fault *fault) {
    return fault != NULL ? fault->kind : RS_OK;
}

static rs_kind end_call(rs_call *call, bool has_snapshot) {
    if (call == NULL)
        return RS_NO_MEMORY;
    (void)rs_call_wait(call);
    rs_kind kind = kind_of(rs_call_fault(call));
    rs_snapshot *snapshot =
        kind == RS_OK && has_snapshot ? rs_call_snapshot(call) : NULL;
    kind = kind_of(rs_call_fault(call));
    if (snapshot != NULL && rs_snapshot_metadata(snapshot, "k") == NULL)
        kind = RS_NO_MEMORY;
    rs_snapshot_free(snapshot);
    rs_call_free(call);
    return kind;
}

static rs_kind get(rs_session *session) {
    return end_call(rs_snapshot_get(session, "a"), true);
}

static rs_kind create(rs_session *session) {
    static const rs_metadata_item metadata[] = {{"k", "v"}, {NULL, NULL}};
    const rs_create_options options = {
        .volume_id = "v", .name = "n", .metadata = metadata};
    return end_call(rs_snapshot_create(session, &options), true);
}

static rs_kind update(rs_session *session) {
    return end_call(rs_snapshot_update(session, "a", "n", "d"), true);
}

static rs_kind remove_it(rs_session *session) {
    return end_call(rs_snapshot_delete(session, "a"), false);
}

static rs_kind list(rs_session *session, const rs_filters *filters,
                    const char *wanted) {
    rs_snapshot *snapshot;
    rs_next next;
    char found[8] = "";
    rs_listing *listing = rs_listing_new(session, filters, NULL);
    if (listing == NULL)
        return RS_NO_MEMORY;
    while ((next = rs_listing_wait(listing, &snapshot)) == RS_NEXT_ROW) {
        strncat(found, rs_snapshot_id(snapshot), 1);
        rs_snapshot_free(snapshot);
    }
    rs_kind kind = next == RS_NEXT_END && strcmp(found, wanted) != 0
                       ? RS_INVALID /* nothing here can be uncertain */
                       : kind_of(rs_listing_fault(listing));
    if (rs_listing_token(listing) == NULL)
        kind = RS_NO_MEMORY;
    rs_listing_free(listing);
    return kind;
}

static rs_kind list_plain(rs_session *session) {
    return list(session, NULL, "bac");
}

static rs_kind list_sorted(rs_session *session) {
    return list(session, &(rs_filters){.sort = "name,id", .name_like = "n"},
                "abc");
}

typedef struct operation {
    const char *name;
    rs_kind (*run)(rs_session *session);
} operation;

static const operation operations[] = {
    {"get", get},          {"create", create},   {"update", update},
    {"delete", remove_it}, {"list", list_plain}, {"sorted", list_sorted}};
enum { OPERATIONS = sizeof operations / sizeof *operations };

/* -------------------------------------------------------------------- memory
 */

static unsigned long failures;
static long curl_before; /* blocks that libcurl keeps for all */

static void complain(const operation *tried, unsigned long point,
                     const char *what, rs_kind kind) {
    failures++;
    fprintf(stderr, "FAILED: %s --point %lu: %s (%s)\n", tried->name, point,
            what, rs_kind_name(kind));
}

/* There was no memory for a socket, a thread or a buffer. */
static bool is_expected(rs_kind kind) {
    return kind == RS_OK || kind == RS_NO_MEMORY || kind == RS_NETWORK ||
           kind == RS_UNCERTAIN || kind == RS_DECODE || kind == RS_TIMEOUT;
}

/* A resolver's thread may give its blocks back a moment later. */
static bool is_all_back(void) {
    for (int i = 0; i < SETTLE_STEPS; i++) {
        if (memory.live_lua == 0 && memory.live_curl <= curl_before)
            return true;
        usleep(1000);
    }
    return false;
}

/* Runs it with some allocations refused; false if there were fewer. */
static bool try_point(const operation *tried, unsigned long point,
                      unsigned long last) {
    const rs_allocator allocator = {lua_resize, NULL};
    memory.asked = memory.refused = 0;
    memory.from = point;
    memory.to = last;
    memory.armed = true;
    rs_session *session = open_session(&allocator);
    rs_kind kind = session != NULL ? tried->run(session) : RS_NO_MEMORY;
    memory.armed = false;
    if (!is_expected(kind) || (kind != RS_OK && memory.refused == 0))
        complain(tried, point, "another outcome", kind);
    if (session != NULL && kind != RS_OK) {
        kind = tried->run(session);
        if (kind != RS_OK)
            complain(tried, point, "another outcome afterwards", kind);
    }
    rs_session_free(session);
    if (!is_all_back() || memory.wrong_sizes > 0)
        complain(tried, point, "blocks are left, or have other sizes", kind);
    return memory.refused > 0;
}

static int refuse_each(void) {
    unsigned long count = 0;
    memory.owner = pthread_self();
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, curl_release,
                             curl_resize, curl_duplicate, curl_zeroed) != 0)
        return 1;
    start_service();
    (void)try_point(&operations[0], ULONG_MAX, ULONG_MAX);
    curl_before = memory.live_curl;
    failures = 0;
    for (size_t i = 0; i < OPERATIONS; i++) {
        unsigned long point = 1;
        while (try_point(&operations[i], point, point) &&
               try_point(&operations[i], point, ULONG_MAX))
            point++;
        printf("capi: %-7s %4lu allocations refused, alone and with all that "
               "follow\n",
               operations[i].name, point - 1);
        count += point - 1;
    }
    server_stop(here);
    printf("capi: %lu points, %lu failures\n", 2 * count, failures);
    return failures == 0 && count > 100 ? 0 : 1;
}

/* ------------------------------------------------------------------- threads
 */

static void *work(void *context) {
    bool *well = context;
    rs_session *session = open_session(NULL);
    for (int round = 0; session != NULL && *well && round < ROUNDS; round++)
        for (size_t i = 0; i < OPERATIONS; i++)
            *well = operations[i].run(session) == RS_OK && *well;
    *well = *well && session != NULL;
    rs_session_free(session);
    return NULL;
}

static int run_threads(void) {
    pthread_t threads[THREADS];
    bool well[THREADS], all = true;
    start_service();
    for (size_t i = 0; i < THREADS; i++) {
        well[i] = true;
        if (pthread_create(&threads[i], NULL, work, &well[i]) != 0)
            return 1;
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        all = all && well[i];
    }
    server_stop(here);
    printf("capi: %d threads, %d operations each, %s\n", THREADS,
           ROUNDS * OPERATIONS, all ? "all right" : "FAILED");
    return all ? 0 : 1;
}

int main(int count, char **arguments) {
    const char *what = count == 2 ? arguments[1] : "";
    if (strcmp(what, "oom") == 0)
        return refuse_each();
    if (strcmp(what, "threads") == 0)
        return run_threads();
    fputs("usage: capi oom|threads\n", stderr);
    return 2;
}
