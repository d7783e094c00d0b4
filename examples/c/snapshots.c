/*
 * The main job without Lua: lists a volume's snapshots, creates one exactly
 * once, waits until it is complete, and deletes it.
 *
 * usage: snapshots VOLUME_ID NAME
 *
 * OS_ENDPOINT is the service's URL with the project, OS_TOKEN the token.
 */
#include <poll.h>
#include <rsnapshots.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_CHECKS 300 /* a second apart */

/* Returns the kind, and prints the message of an unexpected fault. */
static rs_kind kind_of(const rs_fault *fault) {
    rs_kind kind = fault != NULL ? fault->kind : RS_OK;
    if (kind != RS_OK && kind != RS_UNCERTAIN && kind != RS_NOT_FOUND)
        fprintf(stderr, "%s: %s\n", rs_kind_name(kind), fault->message);
    return kind;
}

/* Waits for a call and frees it. Returns the snapshot, or NULL and why. */
static rs_snapshot *finish(rs_call *call, rs_kind *kind) {
    *kind = RS_NO_MEMORY;
    if (call == NULL)
        return NULL;
    rs_snapshot *found = NULL;
    if (rs_call_wait(call))
        found = rs_call_snapshot(call);
    *kind = kind_of(rs_call_fault(call));
    rs_call_free(call);
    return found;
}

/* Prints a listing and returns its first row; NULL: none, or a failure. */
static rs_snapshot *list(rs_session *session, const rs_filters *filters,
                         rs_kind *kind) {
    rs_snapshot *first = NULL, *snapshot;
    rs_listing *listing = rs_listing_new(session, filters, NULL);
    rs_next next = RS_NEXT_FAULT;
    while (listing != NULL &&
           (next = rs_listing_wait(listing, &snapshot)) == RS_NEXT_ROW) {
        const char *name = rs_snapshot_name(snapshot);
        printf("%s  %s  %s\n", rs_snapshot_id(snapshot),
               rs_snapshot_status(snapshot), name != NULL ? name : "-");
        rs_snapshot_free(first != NULL ? snapshot : NULL);
        first = first != NULL ? first : snapshot;
    }
    *kind = listing == NULL         ? RS_NO_MEMORY
            : next == RS_NEXT_FAULT ? kind_of(rs_listing_fault(listing))
                                    : RS_OK;
    rs_listing_free(listing);
    return first;
}

/* A create whose answer was lost may have taken effect. The snapshot is looked
 * for by its mark before the create is sent again, so there are never two. */
static rs_snapshot *create_once(rs_session *session, const char *volume_id,
                                const char *name) {
    char mark[64];
    const rs_metadata_item metadata[] = {{"made-by", mark}, {NULL, NULL}};
    const rs_create_options options = {
        .volume_id = volume_id, .name = name, .metadata = metadata};
    const rs_filters marked = {.volume_id = volume_id, .metadata = metadata};
    rs_kind kind;
    snprintf(mark, sizeof mark, "example-%lld-%p", (long long)time(NULL),
             (void *)session);
    for (;;) {
        rs_snapshot *made =
            finish(rs_snapshot_create(session, &options), &kind);
        if (made == NULL && kind == RS_UNCERTAIN)
            made = list(session, &marked, &kind);
        else if (made == NULL)
            return NULL;
        if (made != NULL || kind != RS_OK)
            return made;
    }
}

/* Checks every second until it has another status; RS_NOT_FOUND: it is gone. */
static rs_kind await(rs_session *session, const char *id, const char *status) {
    rs_kind kind = RS_TIMEOUT;
    for (int i = 0; i < MOST_CHECKS; i++) {
        rs_snapshot *found = finish(rs_snapshot_get(session, id), &kind);
        if (found == NULL)
            return kind;
        const char *now = rs_snapshot_status(found);
        int changed = now != NULL && strcmp(now, status) != 0;
        if (changed)
            printf("%s is %s\n", id, now);
        rs_snapshot_free(found);
        if (changed)
            return RS_OK;
        (void)poll(NULL, 0, 1000);
    }
    return RS_TIMEOUT;
}

static rs_kind remove_it(rs_session *session, const char *id) {
    rs_call *call = rs_snapshot_delete(session, id);
    rs_kind kind = RS_NO_MEMORY;
    if (call != NULL) {
        (void)rs_call_wait(call);
        kind = kind_of(rs_call_fault(call));
    }
    rs_call_free(call);
    return kind == RS_OK ? await(session, id, "DELETING") : kind;
}

static int run(rs_session *session, const char *volume_id, const char *name) {
    const rs_filters filters = {.volume_id = volume_id};
    rs_kind kind;
    rs_snapshot_free(list(session, &filters, &kind));
    rs_snapshot *made =
        kind == RS_OK ? create_once(session, volume_id, name) : NULL;
    if (made == NULL)
        return EXIT_FAILURE;
    const char *id = rs_snapshot_id(made);
    printf("created %s\n", id);
    kind = await(session, id, "CREATING");
    if (kind == RS_OK)
        kind = remove_it(session, id);
    if (kind == RS_NOT_FOUND)
        printf("deleted %s\n", id);
    rs_snapshot_free(made);
    return kind == RS_NOT_FOUND ? EXIT_SUCCESS : EXIT_FAILURE;
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
        return EXIT_FAILURE;
    int status = run(session, arguments[1], arguments[2]);
    rs_session_free(session);
    return status;
}
