/*
 * The main job without Lua: lists a volume's snapshots, creates one and never
 * two, waits until it is complete, and deletes it.
 *
 * usage: snapshots VOLUME_ID NAME
 *
 * OS_ENDPOINT is the service's URL with the project, OS_TOKEN the token.
 */
#include <poll.h>
#include <rsnapshots.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_CHECKS 300  /* a second apart */
#define MOST_SEARCHES 30 /* the same */

static const char *shown(const char *text) {
    return text != NULL ? text : "-";
}

static rs_kind starve(void) {
    fputs("not enough memory\n", stderr);
    return RS_NO_MEMORY;
}

/* Returns the kind, and prints the message of a fault that is not expected. */
static rs_kind kind_of(const rs_fault *fault, rs_kind expected) {
    rs_kind kind = fault != NULL ? fault->kind : RS_OK;
    if (kind != RS_OK && kind != expected)
        fprintf(stderr, "%s: %s\n", rs_kind_name(kind), fault->message);
    return kind;
}

/* Waits for a call and frees it. found NULL: no snapshot is wanted. */
static rs_kind finish(rs_call *call, rs_snapshot **found, rs_kind expected) {
    if (call == NULL)
        return starve();
    bool answered = rs_call_wait(call);
    if (found != NULL)
        *found = answered ? rs_call_snapshot(call) : NULL;
    rs_kind kind = kind_of(rs_call_fault(call), expected);
    rs_call_free(call);
    return kind;
}

/* Prints a listing. Its first row is the caller's, NULL if there is none. */
static rs_kind list(rs_session *session, const rs_filters *filters,
                    rs_snapshot **first) {
    rs_snapshot *snapshot;
    rs_listing *listing = rs_listing_new(session, filters, NULL);
    if (listing == NULL)
        return starve();
    while (rs_listing_wait(listing, &snapshot) == RS_NEXT_ROW) {
        printf("%s  %s  %s\n", rs_snapshot_id(snapshot),
               shown(rs_snapshot_status(snapshot)),
               shown(rs_snapshot_name(snapshot)));
        rs_snapshot_free(*first != NULL ? snapshot : NULL);
        *first = *first != NULL ? *first : snapshot;
    }
    rs_kind kind = kind_of(rs_listing_fault(listing), RS_OK);
    rs_listing_free(listing);
    return kind;
}

/* A create whose answer was lost may have taken effect, or may do so in a
 * moment. The snapshot is looked for by its mark, and the create is never sent
 * again, so there are never two. */
static rs_kind create_once(rs_session *session, const char *volume_id,
                           const char *name, rs_snapshot **created) {
    char mark[64];
    const rs_metadata_item metadata[] = {{"made-by", mark}, {NULL, NULL}};
    const rs_create_options options = {
        .volume_id = volume_id, .name = name, .metadata = metadata};
    const rs_filters marked = {.volume_id = volume_id, .metadata = metadata};
    snprintf(mark, sizeof mark, "example-%lld-%p", (long long)time(NULL),
             (void *)session);
    rs_kind kind =
        finish(rs_snapshot_create(session, &options), created, RS_OK);
    for (int i = 0; i < MOST_SEARCHES; i++) {
        if (kind != RS_UNCERTAIN || *created != NULL)
            break;
        (void)poll(NULL, 0, 1000);
        (void)list(session, &marked, created);
    }
    return *created != NULL ? RS_OK : kind;
}

/* Checks every second until it has another status, or cannot be read. */
static rs_kind await(rs_session *session, const char *id, const char *status,
                     rs_kind expected) {
    rs_snapshot *found;
    for (int i = 0; i < MOST_CHECKS; i++) {
        rs_kind kind = finish(rs_snapshot_get(session, id), &found, expected);
        if (kind != RS_OK)
            return kind;
        const char *now = shown(rs_snapshot_status(found));
        bool changed = strcmp(now, status) != 0;
        if (changed)
            printf("%s is %s\n", id, now);
        rs_snapshot_free(found);
        if (changed)
            return RS_OK;
        (void)poll(NULL, 0, 1000);
    }
    fprintf(stderr, "%s is still %s\n", id, status);
    return RS_TIMEOUT;
}

/* Waits until the snapshot is complete, and deletes it. Returns whether it is
 * gone. */
static bool remove_again(rs_session *session, const char *id) {
    return await(session, id, "CREATING", RS_OK) == RS_OK &&
           finish(rs_snapshot_delete(session, id), NULL, RS_OK) == RS_OK &&
           await(session, id, "DELETING", RS_NOT_FOUND) == RS_NOT_FOUND;
}

static bool run(rs_session *session, const char *volume_id, const char *name) {
    const rs_filters filters = {.volume_id = volume_id};
    rs_snapshot *first = NULL, *created = NULL;
    bool gone = false;
    if (list(session, &filters, &first) == RS_OK &&
        create_once(session, volume_id, name, &created) == RS_OK) {
        const char *id = rs_snapshot_id(created);
        printf("created %s\n", id);
        gone = remove_again(session, id);
        if (gone)
            printf("deleted %s\n", id);
    }
    rs_snapshot_free(first);
    rs_snapshot_free(created);
    return gone;
}

int main(int count, char **arguments) {
    const rs_options options = {.endpoint = getenv("OS_ENDPOINT"),
                                .token = getenv("OS_TOKEN"),
                                .microversion = 22}; /* filters by metadata */
    if (count != 3 || options.endpoint == NULL) {
        fputs("usage: snapshots VOLUME_ID NAME, with OS_ENDPOINT set\n",
              stderr);
        return 2;
    }
    rs_session *session = rs_session_new(&options, NULL, NULL);
    if (session == NULL)
        (void)starve();
    bool gone = session != NULL && run(session, arguments[1], arguments[2]);
    rs_session_free(session);
    return gone ? EXIT_SUCCESS : EXIT_FAILURE;
}
