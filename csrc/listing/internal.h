/*
 * What the files of this folder share, and what the binding knows of a listing
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

#define RS_MAX_SORT 8                /* there are no more keys */
#define RS_USUAL_PAGE ((size_t)1000) /* rows: the services' usual limit */

/* A listing's filters; data NULL: none. What they point to is the caller's when
 * they are given in, and the listing's own from then on. */
typedef struct rs_filter_set {
    rs_slice name, status, volume_id, project_id, name_like;
    rs_slice marker; /* begins after that id */
    rs_slice extra;  /* raw query */
    const rs_item *metadata;
    size_t metadata_count;
    bool has_after, has_before;
    double created_after, created_before;
    int consumes_quota; /* 0, 1; -1: none */
    rs_sort sort[RS_MAX_SORT];
    size_t sort_count;
    size_t page_size, max; /* page_size 0: the usual; max SIZE_MAX: all */
    size_t skip;           /* leave out so many */
    size_t offset;         /* the service's: where a token goes on (v1) */
    bool is_finished;      /* by a token: there is nothing more */
    bool all_projects, detailed, prefetch;
    bool has_own_order; /* the raw query asks for one */
    bool volumes;       /* volumes are listed: for the binding alone */
} rs_filter_set;

/* A copy of everything in one block; NULL when memory is out. */
rs_filter_set *rs_filter_copy(const rs_filter_set *filters,
                              const rs_allocator *memory, size_t *size);

/* Reads "created_at:desc,name"; false, and what is wrong with it. */
bool rs_filter_read_sort(rs_filter_set *filters, rs_slice text,
                         rs_decode_error *problem);

/* Reads what rs_listing_token gave, in the place of marker and skip; false: it
 * is none. */
bool rs_filter_read_token(rs_filter_set *filters, rs_slice text);

/* Does a row pass? One with the id `besides` passes any (data NULL: none). */
bool rs_filter_passes(const rs_filter_set *filters, const char *text,
                      const rs_snapshot *row, rs_slice besides);

/* Does it filter by what is in a row? */
bool rs_filter_tests(const rs_filter_set *filters);

/* What the service of a session applies itself. */
typedef struct rs_applied {
    bool name, status, volume_id, metadata, consumes_quota, sort;
} rs_applied;

rs_applied rs_filter_applied(const rs_filter_set *filters,
                             const rs_session *session);

/* Is nothing left to be tested here? */
bool rs_filter_is_applied_whole(const rs_filter_set *filters,
                                const rs_applied *applied);

/* ------------------------------------------------------------------- query */

/* Appends "?..." for a request: the filters that are applied, and where the
 * page begins (marker data NULL, offset 0: at the beginning). */
rs_buffer_result rs_query_write(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_applied *applied, size_t limit,
                                rs_slice marker, size_t offset);

/* Can the service count exactly what passes? From 3.45 on. */
bool rs_filter_is_counted(const rs_filter_set *filters,
                          const rs_session *session);

/* The path of such a request. */
rs_buffer_result rs_query_count(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_session *session);

/* ------------------------------------------------------------------- order */

/* A row of a page. */
typedef struct rs_row_ref {
    const char *text;          /* from its opening brace */
    const rs_snapshot *places; /* of its fields */
} rs_row_ref;

/* By the keys of `sort`, and where those are equal by the time it was made and
 * its id in the first key's direction. In place, with scratch of the same
 * size. */
void rs_order_sort(rs_row_ref *rows, rs_row_ref *scratch, size_t count,
                   const rs_filter_set *filters);

/* Could the second follow the first, by these keys alone? What a row does not
 * say is in any place. */
bool rs_order_follows(const rs_filter_set *filters, rs_row_ref first,
                      rs_row_ref second);

/* Does the second surely come after the first, in the order of `sort` with its
 * ties? sorted NULL: in the usual order, newest first. There times are compared
 * as they are written, as one service writes them alike. */
bool rs_order_is_strict(const rs_filter_set *sorted, rs_row_ref first,
                        rs_row_ref second);

/* A copy of a row, the last one of a page. */
typedef struct rs_last {
    rs_buffer text; /* size 0: none is known */
    rs_snapshot places;
} rs_last;

/* Takes a copy of another one; false when memory is out: then it has none. */
bool rs_last_set(rs_last *last, const rs_allocator *memory, rs_row_ref row);
void rs_last_drop(rs_last *last, const rs_allocator *memory);
rs_row_ref rs_last_row(const rs_last *last);

/* Is the row behind that one, in that order? In the usual one, one without a
 * time is. */
bool rs_last_is_before(const rs_last *last, const rs_filter_set *sorted,
                       rs_row_ref row);

/* ---------------------------------------------------------- remembered ids */

/* A free one has no number. The hash spares most looks at the id itself. */
typedef struct rs_seen_slot {
    uint32_t hash, number; /* the id's index + 1 */
} rs_seen_slot;

/* The last ids that came, in order, in two generations so that it stays
 * bounded. */
typedef struct rs_seen_part {
    char *ids; /* one after another */
    size_t size, capacity;
    uint32_t *ends; /* of each; the first begins at 0 */
    size_t count, end_capacity;
    rs_seen_slot *table; /* by hash */
    size_t table_size;
} rs_seen_part;

typedef struct rs_seen {
    rs_seen_part now, before;
    uint64_t seed; /* of the hashes */
    bool dropped;  /* older ones were forgotten */
} rs_seen;

/* Makes room for a page of so many ids of so many bytes in all; false when
 * memory is out, and then nothing has changed. A part has at least `least`. */
bool rs_seen_reserve(rs_seen *seen, const rs_allocator *memory, size_t count,
                     size_t bytes, size_t least);

/* Did the id come before? From now on it did. There must be room for it. */
bool rs_seen_add(rs_seen *seen, rs_slice id);
size_t rs_seen_count(const rs_seen *seen);

/* The id that came as number `at`, of those that are remembered. */
rs_slice rs_seen_at(const rs_seen *seen, size_t at);
void rs_seen_free(rs_seen *seen, const rs_allocator *memory);

/* ------------------------------------------------------------------- pages */

/* A page as it came: its text and the places of everything in it. */
typedef struct rs_loaded_page {
    struct rs_loaded_page *next;
    rs_buffer text;
    rs_record *records;
    size_t count, capacity;
    rs_record last; /* a copy */
    rs_page page;   /* its link points into text */
} rs_loaded_page;

/* Reads a body, which is taken over; NULL: *error says why, or where its
 * message is empty, memory is out. It takes the records of a page that is used
 * up (NULL: none), of which rs_page_last is left. */
rs_loaded_page *rs_page_load(rs_buffer *body, rs_loaded_page *used,
                             bool volumes, const rs_allocator *memory,
                             rs_decode_error *error);
void rs_page_drop(rs_loaded_page *page, const rs_allocator *memory);
rs_row_ref rs_page_row(const rs_loaded_page *page, size_t at);

/* The last row, of a page that came with any. */
rs_row_ref rs_page_last(const rs_loaded_page *page);
rs_slice rs_row_id(rs_row_ref row, char *scratch, size_t size);

/* ---------------------------------------------------------------- listings */

struct rs_listing {
    rs_session *session;
    rs_allocator memory;
    rs_filter_set *filters;
    size_t filters_size;
    size_t left; /* how many more are wanted; SIZE_MAX: all */
    bool given;  /* a row was given out */

    /* where the next page begins */
    bool by_offset; /* as version 1 has it; else by marker */
    rs_string marker;
    rs_string came_by; /* the marker of the page before that: the current one */
    size_t offset;
    bool is_first; /* it is the listing's first */
    bool finished; /* the service has no more */

    /* what of it counts */
    rs_applied applied; /* by the service */
    bool plain;         /* it refused filters or sort: all is done here */
    bool sorts_here;    /* everything is gathered first */
    bool gathered;
    size_t skip;       /* how many more that pass to leave out */
    rs_string skip_to; /* by offset: the id to begin after, until it has come */
    rs_seen seen;
    rs_last after; /* only what is behind this one counts */

    /* a lost marker is looked for: see trail.c */
    size_t back, step; /* into seen, from its end; step 0: none is */
    bool exhausted;
    bool recovers;   /* nothing new has come since a marker was lost */
    int restarts;    /* how often it began anew since something new came */
    bool compared;   /* two rows with one another, for their order */
    bool disorderly; /* that was none that can be told from them */
    rs_last last;    /* of the page before */

    /* circles are noticed: Brent's way */
    rs_string milestone;
    size_t hops, lap;
    int repetitions, stale; /* stale: pages in a row without anything new */
    bool looks_back;        /* past the end, by offset: see end_by_offset */
    bool guesses; /* a page that was not full is followed: see is_suspect */
    bool doubted; /* it was a 204: the next one is the end */
    bool links;   /* the service has linked a page: without a link is the end */

    /* requests */
    rs_call *call; /* for the next page, or the one that failed */
    bool failed;
    bool starved;      /* memory was out when the last row was asked for */
    size_t limit;      /* of the last request */
    bool widened;      /* a full page came again: one page is to hold all */
    rs_lane *lane;     /* of its calls */
    int64_t stop;      /* no call goes on for longer; RS_NEVER: no limit */
    int64_t page_stop; /* the same, of all calls for one page; 0: not set */
    int64_t started, asked; /* the call for a page ahead; asked 0: not yet */

    /* pages: the current one; where everything is sorted here, all */
    rs_loaded_page *pages;
    rs_buffer room;   /* a page's that is used up, for the next answer */
    rs_row_ref *rows; /* that pass */
    uint32_t *places; /* the number of each in its page, from 1 */
    size_t row_count, row_capacity, place_capacity, at;
    size_t begin; /* the offset of the current page */
    rs_string token;
};

/* --- trail.c: where a listing goes on ---------------------------------- */

/* Begins it where its filters say. */
bool rs_trail_start(rs_listing *listing);

/* Where the page after one begins: found before anything changes, so that
 * nothing is lost when memory is out. */
typedef struct rs_trail_step {
    rs_string next;  /* by marker: the next one */
    rs_string place; /* what tells this page from others */
    bool more, linked, guessed;
} rs_trail_step;

bool rs_trail_find(const rs_listing *listing, const rs_loaded_page *page,
                   rs_trail_step *step);
void rs_trail_drop(const rs_listing *listing, rs_trail_step *step);

/* Takes that step, after a page of which so many rows are new; false when the
 * listing goes in circles. */
bool rs_trail_advance(rs_listing *listing, const rs_loaded_page *page,
                      size_t fresh, rs_trail_step *step);

/* After a request that failed: is there another place to go on from? */
bool rs_trail_step_back(rs_listing *listing);

/* --- rows.c: what of a page counts ------------------------------------- */

/* Makes room for a page's rows and ids. */
bool rs_rows_reserve(rs_listing *listing, const rs_loaded_page *page);

/* The filters, if the service sorts by them; NULL: rows come newest first. */
const rs_filter_set *rs_listing_sorted(const rs_listing *listing);

/* Adds those that pass; how many were new. There must be room. */
size_t rs_rows_add(rs_listing *listing, const rs_loaded_page *page);

/* Puts all that was gathered in order, and leaves out what is before the
 * listing's beginning; false: that is not there, or memory is out. */
bool rs_rows_sort(rs_listing *listing);

/* Is a page, after what came before it, in the order that was asked for? */
bool rs_rows_are_sorted(const rs_listing *listing, const rs_loaded_page *page);
void rs_rows_clear(rs_listing *listing);

rs_listing *rs_listing_begin(rs_session *session, const rs_filter_set *filters);

/* The lane of the requests from now on; NULL: none. */
void rs_listing_set_lane(rs_listing *listing, rs_lane *lane);

/* Starts the request for the page that is wanted, unless one is under way, and
 * tells which call that is; NULL: none is needed, or memory is out. */
rs_call *rs_listing_call(rs_listing *listing);

/* The next row, which lives until the next page is asked for. It stays the next
 * one until it is given out. */
rs_next rs_listing_row(rs_listing *listing, rs_row_ref *row);

/* The same of what is left of the page, up to `max` of the listing. */
rs_next rs_listing_page(rs_listing *listing, const rs_row_ref **rows,
                        size_t *count);

/* So many rows were given out. */
void rs_listing_give(rs_listing *listing, size_t count);

/* Is there a row, without any more requests? */
bool rs_listing_has_row(const rs_listing *listing);

/* Ends the request that is under way; the listing can be gone on with. */
void rs_listing_cancel(rs_listing *listing);

RS_HIDDEN_END

#endif
