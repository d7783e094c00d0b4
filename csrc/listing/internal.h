/*
 * What the files of this folder share, and what the binding uses of a listing
 * beyond the public header.
 */
#ifndef RS_LISTING_INTERNAL_H
#define RS_LISTING_INTERNAL_H

#include "call/internal.h"
#include "parse/field.h"
#include "parse/page.h"
#include "rsnapshots.h"

RS_HIDDEN

/* ----------------------------------------------------------------- filters */

typedef struct rs_item {
    rs_slice key, value;
} rs_item;

typedef struct rs_sort {
    rs_field key;
    bool descending;
} rs_sort;

#define RS_MAX_SORT 8                /* there are no more keys than these */
#define RS_USUAL_PAGE ((size_t)1000) /* rows: the services' usual limit */

/* A listing's filters; data NULL: none. What they point to belongs to the
 * caller when they are passed in, and in the listing's own copy to the listing.
 */
typedef struct rs_filter_set {
    rs_slice name, status, volume_id, project_id, name_like;
    rs_slice marker; /* begin after this id */
    rs_slice extra;  /* raw query */
    const rs_item *metadata;
    size_t metadata_count;
    bool has_after, has_before;
    double created_after, created_before;
    int consumes_quota; /* 0, 1; -1: none */
    rs_sort sort[RS_MAX_SORT];
    size_t sort_count;
    size_t page_size, max; /* page_size 0: the usual; max SIZE_MAX: all */
    size_t skip;           /* how many to leave out first */
    size_t offset;         /* of the service (v1): where a token continues; with
                              a marker, where that was */
    bool is_finished;      /* a token says that there is nothing more */
    bool is_unsorted;      /* a token says that the service did not sort */
    bool all_projects, detailed, prefetch;
    bool has_own_order; /* the raw query asks for an order */
    bool volumes;       /* volumes are listed: for the binding alone */
} rs_filter_set;

/* A copy of everything in one block; NULL when memory runs out. */
rs_filter_set *rs_filter_copy(const rs_filter_set *filters,
                              const rs_allocator *memory, size_t *size);

/* Reads "created_at:desc,name"; false if it is wrong, and *problem says why. */
bool rs_filter_read_sort(rs_filter_set *filters, rs_slice text,
                         rs_decode_error *problem);

/* Reads a token of rs_listing_token, which replaces marker and skip; false if
 * it is not one. */
bool rs_filter_read_token(rs_filter_set *filters, rs_slice text);

/* Does a row pass? The row with the id `besides` always passes (data NULL: none
 * does). */
bool rs_filter_passes(const rs_filter_set *filters, const char *text,
                      const rs_snapshot *row, rs_slice besides);

/* Does any filter depend on what is in a row? */
bool rs_filter_tests(const rs_filter_set *filters);

/* Which of these a session's service applies itself. */
typedef struct rs_applied {
    bool name, status, volume_id, metadata, consumes_quota, sort;
} rs_applied;

rs_applied rs_filter_applied(const rs_filter_set *filters,
                             const rs_session *session);

/* Does the service apply all of them, so that nothing is left to test here? */
bool rs_filter_is_applied_whole(const rs_filter_set *filters,
                                const rs_applied *applied);

/* ------------------------------------------------------------------- query */

/* Appends "?..." for a request: the filters that the service applies, and where
 * the page begins (marker data NULL and offset 0: at the beginning). */
rs_buffer_result rs_query_write(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_applied *applied, size_t limit,
                                rs_slice marker, size_t offset);

/* Can the service itself count exactly the rows that pass? From 3.45 on. */
bool rs_filter_is_counted(const rs_filter_set *filters,
                          const rs_session *session);

/* The path of such a count. */
rs_buffer_result rs_query_count(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_session *session);

/* ------------------------------------------------------------------- order */

/* A row of a page. */
typedef struct rs_row_ref {
    const char *text;          /* from its opening brace on */
    const rs_snapshot *places; /* of its fields */
} rs_row_ref;

/* Sorts by the keys of `sort`, then by creation time and id, both in the
 * direction of the first key. In place; scratch has the same size. */
void rs_order_sort(rs_row_ref *rows, rs_row_ref *scratch, size_t count,
                   const rs_filter_set *filters);

/* Could the second row follow the first, by these keys alone? A row without a
 * value fits anywhere. */
bool rs_order_follows(const rs_filter_set *filters, rs_row_ref first,
                      rs_row_ref second);

/* Does the second row certainly come after the first, in the order of `sort`
 * and its ties? sorted NULL: in the usual order, newest first. Then times are
 * compared as text, since one service always writes them in the same way. */
bool rs_order_is_strict(const rs_filter_set *sorted, rs_row_ref first,
                        rs_row_ref second);

/* A copy of the last row of a page. */
typedef struct rs_last {
    rs_buffer text; /* size 0: there is none */
    rs_snapshot places;
} rs_last;

/* Copies another row; false when memory runs out, and then there is none. */
bool rs_last_set(rs_last *last, const rs_allocator *memory, rs_row_ref row);
void rs_last_drop(rs_last *last, const rs_allocator *memory);
rs_row_ref rs_last_row(const rs_last *last);

/* Does the row come after the last one, in that order? In the usual order, a
 * row without a time always does. */
bool rs_last_is_before(const rs_last *last, const rs_filter_set *sorted,
                       rs_row_ref row);

/* ---------------------------------------------------------- remembered ids */

/* number is 0 in a free slot. Comparing hashes first avoids most comparisons of
 * ids. */
typedef struct rs_seen_slot {
    uint32_t hash, number; /* the id's index + 1 */
} rs_seen_slot;

/* Ids that came, in their order. There are two parts, an older and a newer one,
 * so that memory stays bounded. */
typedef struct rs_seen_part {
    char *ids; /* one after another */
    size_t size, capacity;
    uint32_t *ends; /* the end of each id in ids; the first begins at 0 */
    size_t count, end_capacity;
    rs_seen_slot *table; /* by hash */
    size_t table_size;
} rs_seen_part;

typedef struct rs_seen {
    rs_seen_part now, before;
    uint64_t seed; /* of the hashes */
    bool dropped;  /* older ids were forgotten */
} rs_seen;

/* Makes room for a page of `count` ids with `bytes` bytes in all. If the newer
 * part has `least` ids or more, the older one is forgotten, and a new one
 * begun. False when memory runs out; then nothing has changed. */
bool rs_seen_reserve(rs_seen *seen, const rs_allocator *memory, size_t count,
                     size_t bytes, size_t least);

/* Returns whether the id came before, and remembers it. rs_seen_reserve must
 * have made room for it. */
bool rs_seen_add(rs_seen *seen, rs_slice id);
size_t rs_seen_count(const rs_seen *seen);

/* The remembered id number `at`, from 0, in the order in which they came. */
rs_slice rs_seen_at(const rs_seen *seen, size_t at);
void rs_seen_free(rs_seen *seen, const rs_allocator *memory);

/* ------------------------------------------------------------------- pages */

/* A page as it came: its text, and the places of everything in it. */
typedef struct rs_loaded_page {
    struct rs_loaded_page *next;
    rs_buffer text;
    rs_record *records;
    size_t count, capacity;
    rs_record last; /* a copy of its last record */
    rs_page page;   /* its link points into text */
} rs_loaded_page;

/* Reads a body, which is taken over. NULL on failure, and then it is not:
 * *error says why; if its message is empty, memory ran out. The arrays of a
 * used-up page (NULL: none) are reused; of that page, rs_page_last stays valid.
 */
rs_loaded_page *rs_page_load(rs_buffer *body, rs_loaded_page *used,
                             bool volumes, const rs_allocator *memory,
                             rs_decode_error *error);
void rs_page_drop(rs_loaded_page *page, const rs_allocator *memory);
rs_row_ref rs_page_row(const rs_loaded_page *page, size_t at);

/* The last row of a page that had any. */
rs_row_ref rs_page_last(const rs_loaded_page *page);
rs_slice rs_row_id(rs_row_ref row, char *scratch, size_t size);

/* ---------------------------------------------------------------- listings */

struct rs_listing {
    rs_session *session;
    rs_allocator memory;
    rs_filter_set *filters;
    size_t filters_size;
    size_t left; /* how many more are wanted; SIZE_MAX: all */
    bool given;  /* a row was handed out */

    /* where the next page begins */
    bool by_offset; /* as in version 1; otherwise by marker */
    rs_string marker;
    rs_string came_by; /* the marker by which the current page was asked for */
    size_t offset;
    bool is_first; /* the next page is the listing's first */
    bool finished; /* the service has no more */

    /* which rows count, and who decides */
    rs_applied applied; /* by the service */
    bool plain;         /* it refused filters or sort: both are done here */
    bool sorts_here;    /* all rows are gathered first */
    bool gathered;
    size_t skip;       /* how many more passing rows to leave out */
    rs_string skip_to; /* by offset: begin after this id; freed when found */
    size_t before;     /* by offset: how many more rows, passing or not, come
                          before the beginning */
    rs_seen seen;
    rs_last after; /* only rows after this one count */

    /* search for a replacement of a lost marker: see trail.c */
    size_t back, step; /* into seen, from its end; step 0: no search */
    bool exhausted;
    bool recovers;   /* nothing new has come since a marker was lost */
    int restarts;    /* times it started over since something new came */
    bool compared;   /* two rows or more have come, to see their order */
    bool disorderly; /* the rows are not in an order that they show */
    rs_last last;    /* the last row of the page before */

    /* detection of circles, by Brent's algorithm */
    rs_string milestone;
    size_t hops, lap;
    int repetitions, stale; /* stale: pages in a row without anything new */
    bool looks_back;        /* past the end, by offset: the last row is asked
                               for again; see end_by_offset */
    bool guesses; /* the page asked for follows one that was not full: see
                     is_suspect */
    bool doubted; /* the answer was a 204: a second one is the end */
    bool links;   /* the service has sent a link to a next page, so a page
                     without one is the last */

    /* requests */
    rs_call *call; /* for the next page, or the one that failed */
    bool failed;
    bool starved;      /* memory ran out when the last row was asked for */
    size_t limit;      /* the limit in the last request */
    bool widened;      /* a full page came again, so one large page is tried */
    rs_lane *lane;     /* for its calls */
    int64_t stop;      /* no call goes on after this time; RS_NEVER: no limit */
    int64_t page_stop; /* the same for all calls for one page; 0: not set */
    int64_t started, asked; /* when the call for a page ahead began, and when a
                               row was first asked for since then; asked 0: not
                               yet */

    /* pages: the current one, or all of them if rows are sorted here */
    rs_loaded_page *pages;
    rs_buffer room;   /* from a used-up page, for the next answer's body */
    rs_row_ref *rows; /* the rows that pass */
    uint32_t *places; /* how many new ids its page had up to each, with its
                         own */
    size_t fresh;     /* how many the page had in all */
    size_t since;     /* how many came between the row that was given out last
                         and the page */
    size_t row_count, row_capacity, place_capacity, at;
    size_t begin; /* the offset of the current page */
    rs_string token;
};

/* --- trail.c: where a listing continues --------------------------------- */

/* Starts a listing where its filters say; false when memory runs out, and then
 * nothing has changed. */
bool rs_trail_start(rs_listing *listing);

/* Where the next page begins. It is found before anything changes, so that
 * nothing is lost when memory runs out. */
typedef struct rs_trail_step {
    rs_string next;  /* by marker: the next marker */
    rs_string place; /* what distinguishes this page from others */
    bool more, linked, guessed;
} rs_trail_step;

bool rs_trail_find(const rs_listing *listing, const rs_loaded_page *page,
                   rs_trail_step *step);
void rs_trail_drop(const rs_listing *listing, rs_trail_step *step);

/* Takes that step, after a page with `fresh` new rows; false if the listing
 * goes in circles. */
bool rs_trail_advance(rs_listing *listing, const rs_loaded_page *page,
                      size_t fresh, rs_trail_step *step);

/* After a request that failed: is there another place from which to continue?
 */
bool rs_trail_step_back(rs_listing *listing);

/* --- rows.c: which rows of a page count --------------------------------- */

/* Makes room for a page's rows and ids. */
bool rs_rows_reserve(rs_listing *listing, const rs_loaded_page *page);

/* The filters, if the service sorts by them; NULL: rows come newest first. */
const rs_filter_set *rs_listing_sorted(const rs_listing *listing);

/* Adds the rows that pass; returns how many were new. There must be room. */
size_t rs_rows_add(rs_listing *listing, const rs_loaded_page *page);

/* How many ids have come after the row that was given out last. */
size_t rs_rows_since(const rs_listing *listing);

/* Sorts everything that was gathered, and leaves out what comes before the
 * listing's beginning; false if the beginning is not there, or memory runs out.
 */
bool rs_rows_sort(rs_listing *listing);

/* Is a page in the order that was asked for, also after the rows before it? */
bool rs_rows_are_sorted(const rs_listing *listing, const rs_loaded_page *page);
void rs_rows_clear(rs_listing *listing);

rs_listing *rs_listing_begin(rs_session *session, const rs_filter_set *filters);

/* The lane for requests from now on; NULL: none. */
void rs_listing_set_lane(rs_listing *listing, rs_lane *lane);

/* The call for the next page, which is started if a page is wanted and none is
 * under way; NULL: none is needed, or memory ran out. */
rs_call *rs_listing_call(rs_listing *listing);

/* The next row, which lives until the next page is asked for. It stays the next
 * one until it is given out. */
rs_next rs_listing_row(rs_listing *listing, rs_row_ref *row);

/* The rest of the page, limited by the listing's `max`, in the same way. */
rs_next rs_listing_page(rs_listing *listing, const rs_row_ref **rows,
                        size_t *count);

/* So many rows were given out. */
void rs_listing_give(rs_listing *listing, size_t count);

/* Is there a row, without any more requests? */
bool rs_listing_has_row(const rs_listing *listing);

/* Ends the request that is under way; the listing can still be continued. */
void rs_listing_cancel(rs_listing *listing);

RS_HIDDEN_END

#endif
