/*
 * Eight listings in one poll loop: the snapshots of a project counted by their
 * status, all at once, over as many pages as there are.
 *
 * usage: eight
 *
 * OS_ENDPOINT is the service's URL with the project, OS_TOKEN the token.
 */
#include <poll.h>
#include <rsnapshots.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT 8

typedef struct counted {
    const char *status;
    rs_listing *listing;
    rs_next next; /* the last result of rs_listing_next */
    size_t rows;
} counted;

/* Takes what has come; false when the listing is over. */
static int advance(counted *one) {
    rs_snapshot *snapshot;
    while ((one->next = rs_listing_next(one->listing, &snapshot)) ==
           RS_NEXT_ROW) {
        one->rows++;
        rs_snapshot_free(snapshot);
    }
    return one->next == RS_NEXT_WAIT;
}

/* The loop: one descriptor, whatever the number of listings. A program with
 * descriptors of its own adds them to the poll. */
static void run(rs_session *session, counted *list) {
    for (;;) {
        int going = 0;
        for (int i = 0; i < COUNT; i++)
            going += list[i].next == RS_NEXT_WAIT && advance(&list[i]);
        if (going == 0)
            return;
        struct pollfd one = {rs_session_fd(session), POLLIN, 0};
        (void)poll(&one, 1, (int)rs_session_timeout(session));
        rs_session_step(session);
    }
}

static int print(const counted *one) {
    if (one->next == RS_NEXT_END) {
        printf("%-14s %zu\n", one->status, one->rows);
        return 1;
    }
    const rs_fault *fault = rs_listing_fault(one->listing);
    fprintf(stderr, "eight: %s: %s: %s\n", one->status,
            rs_kind_name(fault->kind), fault->message);
    return 0;
}

int main(void) {
    counted list[COUNT] = {
        {.status = "available"},      {.status = "creating"},
        {.status = "deleting"},       {.status = "error"},
        {.status = "error_deleting"}, {.status = "backing-up"},
        {.status = "restoring"},      {.status = "unmanaging"}};
    const rs_options options = {.endpoint = getenv("OS_ENDPOINT"),
                                .token = getenv("OS_TOKEN")};
    rs_session *session = rs_session_new(&options, NULL, NULL);
    int well = session != NULL;
    for (int i = 0; well && i < COUNT; i++) {
        const rs_filters filters = {.status = list[i].status};
        list[i].listing = rs_listing_new(session, &filters, NULL);
        list[i].next = RS_NEXT_WAIT;
        well = list[i].listing != NULL;
    }
    if (well)
        run(session, list);
    else
        fputs("eight: not enough memory\n", stderr);
    for (int i = 0; i < COUNT; i++) {
        well = well && print(&list[i]);
        rs_listing_free(list[i].listing);
    }
    rs_session_free(session);
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
