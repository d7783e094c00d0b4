/*
 * Listings of snapshots whose names are letters, and their pages.
 */
#ifndef RS_TEST_LISTED_H
#define RS_TEST_LISTED_H

#include "client.h"
#include "listing/internal.h"

#define AWAY answer(503, NULL, "")
#define GONE                                                                   \
    answer(404, NULL, "{\"itemNotFound\":{\"message\":\"no such marker\"}}")
#define UNKNOWN answer(400, NULL, "{\"badRequest\":{\"message\":\"no\"}}")
#define LINK(marker)                                                           \
    "\"snapshots_links\":[{\"rel\":\"next\",\"href\":\"https://other/v3/s?"    \
    "limit=1&marker=" marker "\"}]"

#define ALL ((rs_filters){0})

/* A page with the snapshots of these letters, and further members or NULL. The
 * later the letter, the older the snapshot. */
const char *page(const char *letters, const char *members);

/* The same with further header lines, each with its line end. */
const char *page_with(const char *headers, const char *letters,
                      const char *members);

rs_listing *list(rs_filters filters);

/* The next row's letter; '.' at the end, '!' for a failure. */
char next_letter(rs_listing *listing);

/* All letters, and then how the listing ended. */
const char *letters_of(rs_listing *listing);
void assert_listed(rs_filters filters, const char *letters);

/* A session without retries. */
void begin_version(const char *const *answers, int version, int microversion);

/* The method and path of a request, with its query. */
const char *asked(int request);

/* The part of the path after /v3/p/snapshots. */
void assert_asked(int request, const char *path);

#endif
