/*
 * A listing for programs in C: one snapshot after another.
 */
#include "listing/internal.h"

/* Memory ran out. Nothing was lost: asking again continues. */
static rs_next starve(rs_listing *listing) {
    listing->starved = true;
    return RS_NEXT_FAULT;
}

/* The next row, or RS_NEXT_WAIT for a call that is under way. A call may end as
 * soon as it starts; then no step would ever be due for it. */
static rs_next ask(rs_listing *listing, rs_row_ref *row) {
    rs_next next;
    while ((next = rs_listing_row(listing, row)) == RS_NEXT_WAIT) {
        const rs_call *call = rs_listing_call(listing);
        if (call == NULL)
            return starve(listing);
        if (!rs_call_is_done(call))
            break;
    }
    return next;
}

rs_next rs_listing_next(rs_listing *listing, rs_snapshot **snapshot) {
    rs_row_ref row;
    *snapshot = NULL;
    listing->starved = false;
    rs_next next = ask(listing, &row);
    if (next != RS_NEXT_ROW)
        return next;
    *snapshot = rs_snapshot_make(&listing->memory, row.text, row.places);
    if (*snapshot == NULL)
        return starve(listing); /* the same one again, when there is memory */
    rs_listing_give(listing, 1);
    return RS_NEXT_ROW;
}

rs_next rs_listing_wait(rs_listing *listing, rs_snapshot **snapshot) {
    rs_next next = rs_listing_next(listing, snapshot);
    while (next == RS_NEXT_WAIT) {
        (void)rs_call_wait(listing->call);
        next = rs_listing_next(listing, snapshot);
    }
    return next;
}
