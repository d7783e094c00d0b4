/*
 * The C library, without Lua: what of a figure is the core's, and what is the
 * script's.
 *
 * usage: library list|fields ENDPOINT
 *        library get ENDPOINT ID COUNT
 */
#define _POSIX_C_SOURCE 200809L
#include <rsnapshots.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is read goes here, so that the compiler does not leave it out. */
static const void *volatile seen;

static void fail(const char *why) {
    (void)fprintf(stderr, "library: %s\n", why);
    exit(1);
}

static void read_fields(rs_snapshot *snapshot, bool all) {
    seen = rs_snapshot_id(snapshot);
    seen = rs_snapshot_name(snapshot);
    if (!all)
        return;
    double time = rs_snapshot_created_time(snapshot);
    int64_t size = rs_snapshot_size(snapshot);
    seen = rs_snapshot_volume_id(snapshot);
    seen = rs_snapshot_description(snapshot);
    seen = rs_snapshot_status(snapshot);
    seen = rs_snapshot_metadata(snapshot, "kept");
    seen = time > 0 && size > 0 ? snapshot : NULL;
}

static unsigned long list(rs_session *session, bool all) {
    unsigned long count = 0;
    rs_snapshot *snapshot;
    rs_next next;
    rs_listing *listing = rs_listing_new(session, NULL, NULL);
    if (listing == NULL)
        fail("not enough memory");
    while ((next = rs_listing_wait(listing, &snapshot)) == RS_NEXT_ROW) {
        read_fields(snapshot, all);
        rs_snapshot_free(snapshot);
        count++;
    }
    if (next == RS_NEXT_FAULT)
        fail(rs_listing_fault(listing)->message);
    rs_listing_free(listing);
    return count;
}

static unsigned long get(rs_session *session, const char *id,
                         unsigned long times) {
    for (unsigned long i = 0; i < times; i++) {
        rs_call *call = rs_snapshot_get(session, id);
        if (call == NULL || !rs_call_wait(call))
            fail(call != NULL ? rs_call_fault(call)->message
                              : "not enough memory");
        rs_snapshot *snapshot = rs_call_snapshot(call);
        if (snapshot == NULL || strcmp(rs_snapshot_id(snapshot), id) != 0)
            fail("another snapshot came");
        rs_snapshot_free(snapshot);
        rs_call_free(call);
    }
    return times;
}

static unsigned long work(rs_session *session, int count, char **arguments) {
    if (count == 3)
        return list(session, strcmp(arguments[1], "fields") == 0);
    if (count != 5 || strcmp(arguments[1], "get") != 0)
        fail("usage: library list|fields ENDPOINT, or library get ENDPOINT ID "
             "COUNT");
    return get(session, arguments[3], strtoul(arguments[4], NULL, 10));
}

static double read_clock(clockid_t which) {
    struct timespec time;
    (void)clock_gettime(which, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    const rs_options options = {.endpoint = count > 2 ? arguments[2] : "",
                                .token = "t"};
    rs_session *session = rs_session_new(&options, NULL, NULL);
    if (session == NULL)
        fail("not enough memory");
    double wall = read_clock(CLOCK_MONOTONIC);
    double cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    unsigned long done = work(session, count, arguments);
    wall = read_clock(CLOCK_MONOTONIC) - wall;
    cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("seconds=%.6f cpu=%.6f count=%lu\n", wall, cpu, done);
    rs_session_free(session);
    return 0;
}
