/*
 * Where a listing is, as a text from which another listing can continue.
 */
#include <stdio.h>
#include <string.h>

#include "listing/internal.h"

#define MARKER "marker:"
#define SORTED "sorted:" /* the same among rows that are sorted here */

static bool set_token(rs_listing *listing, const char *head, rs_slice tail) {
    size_t size = strlen(head);
    char *joined = rs_new(&listing->memory, size + tail.size + 1);
    if (joined == NULL)
        return false;
    memcpy(joined, head, size);
    if (tail.size > 0)
        memcpy(joined + size, tail.data, tail.size);
    joined[size + tail.size] = '\0';
    rs_string_free(&listing->token, &listing->memory);
    listing->token = (rs_string){joined, size + tail.size};
    return true;
}

static bool set_offset_token(rs_listing *listing, size_t offset) {
    char text[40];
    (void)snprintf(text, sizeof text, "offset:%zu", offset);
    return set_token(listing, text, (rs_slice){NULL, 0});
}

/* By offset: for the row with that id, which is looked for at that offset
 * first. */
static bool set_place_token(rs_listing *listing, size_t offset, rs_slice id) {
    char head[40];
    (void)snprintf(head, sizeof head, "row:%zu:", offset);
    return set_token(listing, head, id);
}

/* For a listing from which nothing was handed out yet. */
static bool set_start_token(rs_listing *listing) {
    const rs_filter_set *filters = listing->filters;
    char skip[40];
    if (filters->is_finished)
        return set_token(listing, "end:", (rs_slice){NULL, 0});
    if (filters->skip > 0) {
        (void)snprintf(skip, sizeof skip, "skip:%zu:", filters->skip);
        return set_token(listing, skip, filters->marker);
    }
    if (filters->marker.data != NULL && filters->offset > 0)
        return set_place_token(listing, filters->offset, filters->marker);
    if (filters->marker.data != NULL)
        return set_token(listing, filters->is_unsorted ? SORTED : MARKER,
                         filters->marker);
    return set_offset_token(listing, filters->offset);
}

/* By offset: for the row that was given out last, of which only the id is sure
 * to be there. */
static bool set_given_token(rs_listing *listing) {
    size_t since = rs_rows_since(listing);
    size_t count = rs_seen_count(&listing->seen);
    size_t next = listing->offset > since ? listing->offset - since : 0;
    if (since >= count) /* its id was forgotten */
        return set_offset_token(listing, next);
    return set_place_token(listing, next > 0 ? next - 1 : 0,
                           rs_seen_at(&listing->seen, count - 1 - since));
}

static bool set_row_token(rs_listing *listing) {
    char scratch[1024];
    rs_slice id =
        rs_row_id(listing->rows[listing->at - 1], scratch, sizeof scratch);
    return set_token(listing, listing->sorts_here ? SORTED : MARKER, id);
}

/* For the beginning of a page that has just come. */
static bool set_page_token(rs_listing *listing) {
    rs_slice marker = {listing->came_by.data, listing->came_by.size};
    return marker.data == NULL ? set_offset_token(listing, 0)
                               : set_token(listing, MARKER, marker);
}

/* For the end of a page. Without a marker, the listing begins anew. */
static bool set_end_token(rs_listing *listing) {
    rs_slice marker = {listing->marker.data, listing->marker.size};
    if (marker.data == NULL)
        marker = rs_seen_at(&listing->seen, rs_seen_count(&listing->seen) - 1);
    return set_token(listing, MARKER, marker);
}

const char *rs_listing_token(rs_listing *listing) {
    bool whole = listing->at >= listing->row_count;
    bool made;
    if (!listing->given)
        made = set_start_token(listing);
    else if (whole && (listing->sorts_here || listing->finished))
        made = set_token(listing, "end:", (rs_slice){NULL, 0});
    else if (listing->by_offset && !listing->sorts_here)
        made = set_given_token(listing);
    else if (listing->at == 0 && !whole)
        made = set_page_token(listing);
    else if (!whole || listing->sorts_here)
        made = set_row_token(listing);
    else
        made = set_end_token(listing);
    return made ? listing->token.data : NULL;
}
