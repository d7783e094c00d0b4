#include "listing/internal.h"

#include <string.h>

#include "parse/ascii.h"

#define SHOWS_ORDER 100  /* so many rows show in which order they are */
#define SMALL_PAGE 100   /* rows, if the service refuses the usual limit */
#define MAX_QUERY 262144 /* bytes */
#define NEGLECT 500      /* ms: a page ahead unwanted for longer is neglected */

/* ---------------------------------------------------------------- lifetime */

static void set_up(rs_listing *listing) {
    rs_session *session = listing->session;
    const rs_filter_set *filters = listing->filters;
    listing->by_offset = session->api_version == 1;
    listing->plain = session->refuses_filters && !filters->volumes;
    listing->applied =
        listing->plain ? (rs_applied){0} : rs_filter_applied(filters, session);
    listing->sorts_here = filters->sort_count > 0 &&
                          (!listing->applied.sort || filters->is_unsorted);
    listing->gathered = listing->sorts_here && filters->is_finished;
}

rs_listing *rs_listing_begin(rs_session *session,
                             const rs_filter_set *filters) {
    rs_listing *listing = rs_new(&session->memory, sizeof *listing);
    if (listing == NULL)
        return NULL;
    memset(listing, 0, sizeof *listing);
    listing->session = session;
    listing->memory = session->memory;
    rs_session_retain(session);
    listing->filters =
        rs_filter_copy(filters, &session->memory, &listing->filters_size);
    if (listing->filters == NULL) {
        rs_listing_free(listing);
        return NULL;
    }
    listing->left = filters->max;
    listing->stop = RS_NEVER;
    set_up(listing);
    if (!rs_trail_start(listing)) {
        rs_listing_free(listing);
        return NULL;
    }
    listing->finished = !listing->sorts_here && filters->is_finished;
    return listing;
}

static void drop_call(rs_listing *listing) {
    rs_call_free(listing->call);
    listing->call = NULL;
    listing->failed = false;
}

void rs_listing_cancel(rs_listing *listing) {
    drop_call(listing);
    listing->page_stop = 0;
}

void rs_listing_free(rs_listing *listing) {
    if (listing == NULL)
        return;
    const rs_allocator memory = listing->memory;
    drop_call(listing);
    rs_page_drop(listing->pages, &memory);
    rs_buffer_free(&listing->room, &memory);
    rs_free(&memory, listing->rows,
            listing->row_capacity * sizeof *listing->rows);
    rs_free(&memory, listing->places,
            listing->place_capacity * sizeof *listing->places);
    rs_seen_free(&listing->seen, &memory);
    rs_last_drop(&listing->last, &memory);
    rs_last_drop(&listing->after, &memory);
    rs_string_free(&listing->marker, &memory);
    rs_string_free(&listing->came_by, &memory);
    rs_string_free(&listing->skip_to, &memory);
    rs_string_free(&listing->milestone, &memory);
    rs_string_free(&listing->token, &memory);
    rs_lane_free(listing->lane);
    rs_free(&memory, listing->filters, listing->filters_size);
    rs_session *session = listing->session;
    rs_free(&memory, listing, sizeof *listing);
    rs_session_release(session);
}

void rs_listing_set_lane(rs_listing *listing, rs_lane *lane) {
    if (lane != NULL)
        rs_lane_retain(lane);
    rs_lane_free(listing->lane);
    listing->lane = lane;
}

/* ---------------------------------------------------------------- requests */

/* Does every row that comes count? */
static bool is_exact(const rs_listing *listing) {
    return !listing->sorts_here && listing->skip == 0 && listing->before == 0 &&
           listing->skip_to.data == NULL &&
           rs_filter_is_applied_whole(listing->filters, &listing->applied);
}

/* How many rows to ask for if `left` more are wanted. Every request has a
 * limit: some services link pages only then. */
static size_t limit_for(const rs_listing *listing, size_t left) {
    size_t usual = listing->widened ? 0 : listing->filters->page_size;
    size_t limit = usual > 0 ? usual : RS_USUAL_PAGE;
    if (listing->session->refuses_limits && limit > SMALL_PAGE)
        limit = SMALL_PAGE;
    if (listing->widened || !is_exact(listing) || left >= limit)
        return limit;
    if (listing->applied.sort && left < SHOWS_ORDER)
        return limit < SHOWS_ORDER ? limit : SHOWS_ORDER;
    return left > 0 ? left : 1;
}

/* In version 1, both paths give all fields of volumes, and not every service
 * has the other one. */
static const char *path_of(const rs_listing *listing) {
    const rs_filter_set *filters = listing->filters;
    if (filters->volumes)
        return listing->by_offset ? "/volumes" : "/volumes/detail";
    /* a summary has neither of these, so they could not be tested */
    bool detailed = filters->detailed || filters->project_id.data != NULL ||
                    filters->consumes_quota >= 0;
    return detailed ? "/snapshots/detail" : "/snapshots";
}

static rs_buffer_result write_path(rs_listing *listing, rs_buffer *path) {
    const rs_allocator *memory = &listing->memory;
    const char *name = path_of(listing);
    rs_slice marker = {listing->marker.data, listing->marker.size};
    size_t offset = listing->offset - (listing->looks_back ? 1 : 0);
    rs_buffer_result result =
        rs_buffer_append(path, memory, name, strlen(name));
    if (result == RS_BUFFER_OK)
        result =
            rs_query_write(path, memory, listing->filters, &listing->applied,
                           listing->limit, marker, offset);
    if (result == RS_BUFFER_OK)
        result = rs_buffer_append(path, memory, "", 1);
    return result;
}

/* Milliseconds for a call. All markers that are tried for one page share its
 * time. */
static long timeout_of(rs_listing *listing) {
    int64_t now = rs_session_now(listing->session);
    if (listing->page_stop == 0)
        listing->page_stop = now + listing->session->timeout;
    int64_t stop =
        listing->page_stop < listing->stop ? listing->page_stop : listing->stop;
    return stop > now ? (long)(stop - now) : 1;
}

/* Paging by offset, is there a page before the one that is wanted? */
static bool is_behind(const rs_listing *listing) {
    return listing->by_offset && listing->offset > 0;
}

/* path NULL: the filters are too long for one. */
static rs_call *start_request(rs_listing *listing, const char *path) {
    const rs_call_options options = {.method = "GET",
                                     .path = path != NULL ? path : "/snapshots",
                                     .lane = listing->lane,
                                     .expects_object = true,
                                     .timeout = timeout_of(listing)};
    /* past the end, version 1 may send nothing at all */
    const rs_call_extra extra = {
        .allows_nothing = is_behind(listing),
        .allows_204 = true,
        .refusal = path == NULL ? "the filters are too long" : NULL,
        .room = &listing->room};
    return rs_call_begin(listing->session, &options, &extra);
}

/* Starts the request for the next page; false when memory runs out. */
static bool start_call(rs_listing *listing, size_t left) {
    rs_buffer path = {.max = MAX_QUERY};
    if (!listing->plain)
        listing->applied =
            rs_filter_applied(listing->filters, listing->session);
    if (listing->sorts_here && listing->filters->marker.data != NULL)
        listing->applied = (rs_applied){0}; /* the start row must be in it */
    listing->limit = limit_for(listing, left);
    if (listing->looks_back && listing->limit == 1)
        listing->limit = 2; /* the last row, and the one after it */
    rs_buffer_result written = write_path(listing, &path);
    if (written != RS_BUFFER_NO_MEMORY)
        listing->call =
            start_request(listing, written == RS_BUFFER_OK ? path.data : NULL);
    rs_buffer_free(&path, &listing->memory);
    return listing->call != NULL;
}

/* Requests the page after this one while this one is used. */
static void look_ahead(rs_listing *listing) {
    size_t rows = listing->row_count - listing->at;
    bool more = listing->left > rows;
    if (!listing->filters->prefetch || listing->sorts_here ||
        listing->finished || !more || listing->session->closed)
        return;
    size_t left = listing->left == SIZE_MAX ? SIZE_MAX : listing->left - rows;
    (void)start_call(listing, left); /* or else it starts when wanted */
    listing->page_stop = 0;          /* nobody is waiting for it yet */
    listing->started = rs_session_now(listing->session);
    listing->asked = 0;
}

/* While rows are gathered, none is handed out. */
bool rs_listing_has_row(const rs_listing *listing) {
    return listing->left > 0 && listing->at < listing->row_count &&
           (!listing->sorts_here || listing->gathered);
}

static bool wants_page(const rs_listing *listing) {
    return listing->left > 0 && !rs_listing_has_row(listing) &&
           !(listing->sorts_here ? listing->gathered : listing->finished);
}

rs_call *rs_listing_call(rs_listing *listing) {
    if (listing->call != NULL && !listing->failed)
        return listing->call;
    if (!wants_page(listing))
        return NULL;
    drop_call(listing);
    (void)start_call(listing, listing->left);
    return listing->call;
}

/* ----------------------------------------------------------------- answers */

static bool fail(rs_listing *listing) {
    listing->failed = true;
    listing->page_stop = 0;
    return false;
}

static bool fail_memory(rs_listing *listing) {
    rs_fault_set(listing->call, RS_NO_MEMORY, "not enough memory");
    return fail(listing);
}

/* Starts over, and does here what the service does not do. */
static bool begin_here(rs_listing *listing) {
    listing->sorts_here = listing->filters->sort_count > 0;
    if (!rs_trail_start(listing))
        return fail_memory(listing);
    drop_call(listing);
    rs_rows_clear(listing);
    return true;
}

/* Did the service refuse filters or "sort", as some do? Then these are left out
 * of the request. */
static bool refuses_filters(const rs_listing *listing) {
    const rs_fault *fault = rs_call_fault(listing->call);
    const rs_applied *applied = &listing->applied;
    return fault->kind == RS_INVALID && fault->status == 400 &&
           listing->is_first && !listing->plain &&
           (applied->name || applied->status || applied->volume_id ||
            applied->metadata || applied->consumes_quota || applied->sort);
}

/* Did the service refuse the limit, where others lower it? */
static bool refuses_limit(const rs_listing *listing) {
    const rs_fault *fault = rs_call_fault(listing->call);
    rs_slice message = {fault->message, strlen(fault->message)};
    return fault->kind == RS_INVALID && listing->is_first &&
           listing->limit > SMALL_PAGE &&
           rs_slice_find(message, "limit") < message.size;
}

/* Was it a 404 with an empty body, after a page that was not full? */
static bool is_bare_end(const rs_listing *listing, const rs_fault *fault) {
    return fault->status == 404 &&
           rs_request_body(rs_call_request(listing->call)).size == 0 &&
           listing->offset - listing->begin < listing->limit;
}

/* Does the service itself, in its own words, know no such place? A proxy's
 * refusal proves nothing, nor does a router's. */
static bool is_refused(const rs_listing *listing) {
    const rs_fault *fault = rs_call_fault(listing->call);
    rs_fault_words words;
    if (fault->kind != RS_INVALID || fault->status != 400)
        return fault->kind == RS_NOT_FOUND && !fault->unrouted;
    rs_fault_read(rs_request_body(rs_call_request(listing->call)), &words);
    rs_slice message = {words.message.data, words.message.size};
    return words.is_own || rs_slice_find(message, "marker") < message.size ||
           rs_slice_find(message, "offset") < message.size;
}

/* Does a refusal mean that version 1 has nothing at that offset? If asking for
 * the last row again is refused, too, only the service itself can say so. */
static bool is_past_end(const rs_listing *listing) {
    const rs_fault *fault = rs_call_fault(listing->call);
    bool may_be =
        !listing->looks_back && (fault->status == 400 || fault->status == 404);
    return is_behind(listing) &&
           (may_be || is_refused(listing) || is_bare_end(listing, fault));
}

/* The order is not the one asked for, so rows are sorted here. Rows that were
 * handed out cannot be taken back. */
static bool sort_here(rs_listing *listing) {
    if (listing->given || listing->row_count > listing->at) {
        rs_fault_set(listing->call, RS_DECODE,
                     "the service does not keep the order that was asked for, "
                     "and rows were given out already: list again without "
                     "sort, and sort the rows");
        return fail(listing);
    }
    return begin_here(listing);
}

/* Everything has been gathered. */
static bool end_gathering(rs_listing *listing) {
    rs_slice marker = listing->filters->marker;
    listing->finished = false;
    if (rs_rows_sort(listing)) {
        listing->gathered = true;
        return true;
    }
    rs_fault_set(listing->call,
                 marker.data != NULL ? RS_NOT_FOUND : RS_NO_MEMORY,
                 marker.data != NULL
                     ? "there is no snapshot '%.*s' for the listing to begin "
                       "after"
                     : "not enough memory%.*s",
                 marker.data != NULL ? (int)marker.size : 0,
                 marker.data != NULL ? marker.data : "");
    rs_rows_clear(listing);
    (void)rs_trail_start(listing);
    return fail(listing);
}

/* Keeps a page, whose rows are handed out next. */
static void keep(rs_listing *listing, rs_loaded_page *page) {
    if (!listing->sorts_here)
        rs_rows_clear(listing);
    page->next = listing->pages;
    listing->pages = page;
}

/* By offset: the id to begin after never came. */
static bool fail_missing(rs_listing *listing) {
    rs_fault_set(listing->call, RS_NOT_FOUND,
                 "there is no snapshot '%s' for the listing to begin after",
                 listing->skip_to.data);
    listing->finished = false;
    rs_rows_clear(listing);
    (void)rs_trail_start(listing);
    return fail(listing);
}

/* By offset: the row to begin after did not come. Some before it may have been
 * deleted, so all are asked for. */
static bool begin_earlier(rs_listing *listing) {
    size_t place = listing->filters->offset;
    listing->filters->offset = 0;
    listing->finished = false;
    if (begin_here(listing))
        return true;
    listing->filters->offset = place;
    return false;
}

/* The service has no more. */
static bool finish(rs_listing *listing) {
    listing->finished = true;
    rs_buffer_free(&listing->room, &listing->memory);
    if (listing->sorts_here && !end_gathering(listing))
        return false;
    if (listing->skip_to.data == NULL) {
        drop_call(listing);
        return true;
    }
    return listing->filters->offset > 0 ? begin_earlier(listing)
                                        : fail_missing(listing);
}

/* Past the end, version 1 sends a 404, a 400, a 204 or nothing; but a proxy may
 * do so in the middle. So the last row is asked for again: if it comes alone,
 * this is the end; otherwise, the next rows come with it. If no row has come
 * yet, all rows are asked for, and those before the beginning are left out. */
static bool end_by_offset(rs_listing *listing) {
    if (listing->looks_back)
        return finish(listing);
    if (listing->is_first) {
        listing->before = listing->skip_to.data == NULL ? listing->offset : 0;
        listing->offset = 0;
    } else {
        listing->looks_back = true;
    }
    drop_call(listing);
    return true;
}

static bool use_rows(rs_listing *listing, rs_loaded_page *page,
                     rs_trail_step *step) {
    keep(listing, page);
    size_t fresh = rs_rows_add(listing, page);
    if (!rs_trail_advance(listing, page, fresh, step))
        return rs_listing_has_row(listing) || fail(listing); /* or after them */
    listing->page_stop = listing->recovers ? listing->page_stop : 0;
    if (listing->plain && !listing->filters->volumes)
        listing->session->refuses_filters = true;
    if (listing->finished)
        return finish(listing);
    drop_call(listing);
    if (listing->row_count > listing->at)
        look_ahead(listing);
    return true;
}

static bool use_page(rs_listing *listing, rs_loaded_page *page) {
    rs_trail_step step;
    if (!rs_rows_are_sorted(listing, page)) {
        rs_page_drop(page, &listing->memory);
        return sort_here(listing);
    }
    if (!rs_trail_find(listing, page, &step) ||
        !rs_rows_reserve(listing, page)) {
        rs_trail_drop(listing, &step);
        rs_page_drop(page, &listing->memory);
        return fail_memory(listing);
    }
    bool used = use_rows(listing, page, &step);
    rs_trail_drop(listing, &step);
    return used;
}

/* Did the request for a page ahead fail because no row was asked
 * for in a long time? */
static bool was_neglected(const rs_listing *listing) {
    rs_kind kind = rs_call_fault(listing->call)->kind;
    bool passing = kind == RS_TIMEOUT || kind == RS_NETWORK ||
                   kind == RS_SERVER || kind == RS_RATE_LIMITED;
    return passing && listing->started > 0 &&
           listing->asked - listing->started > NEGLECT &&
           rs_session_now(listing->session) - listing->asked < NEGLECT;
}

/* Was a page ahead refused because of the microversion? Whoever waits for it
 * may settle on another one. */
static bool was_refused_ahead(const rs_listing *listing) {
    return listing->started > 0 && rs_call_fault(listing->call)->status == 406;
}

/* Is the fault about the page? If the token could not be renewed, it is the
 * login's. */
static bool is_about_page(const rs_listing *listing) {
    return rs_call_fault(listing->call)->status ==
           rs_call_status(listing->call);
}

/* After a failure: is there another request that may help? */
static bool recover(rs_listing *listing) {
    if (was_neglected(listing) || was_refused_ahead(listing)) {
        drop_call(listing);
        listing->started = 0;
        return true;
    }
    if (!is_about_page(listing))
        return false;
    if (is_past_end(listing))
        return end_by_offset(listing);
    if (refuses_limit(listing)) {
        listing->session->refuses_limits = true;
        drop_call(listing);
        return true;
    }
    if (refuses_filters(listing)) {
        listing->plain = true;
        listing->applied = (rs_applied){0};
        return begin_here(listing);
    }
    if (!rs_trail_step_back(listing))
        return listing->guesses && is_refused(listing) && finish(listing);
    drop_call(listing);
    return true;
}

/* Does an answer without a page say that there is nothing? */
static bool is_nothing(const rs_listing *listing, rs_slice body) {
    return rs_call_status(listing->call) == 204 ||
           (body.size == 0 && is_behind(listing));
}

/* Such an answer may come from a proxy and not be the end, so the page is asked
 * for again. */
static bool end_by_nothing(rs_listing *listing) {
    if (is_behind(listing))
        return end_by_offset(listing);
    if (listing->doubted)
        return finish(listing);
    listing->doubted = true;
    drop_call(listing);
    return true;
}

/* Takes the result of the request; false: it failed. */
static bool take_answer(rs_listing *listing) {
    rs_decode_error error;
    rs_call *call = listing->call;
    if (rs_call_fault(call) != NULL)
        return recover(listing) || fail(listing);
    rs_request *request = rs_call_request(call);
    if (is_nothing(listing, rs_request_body(request)))
        return end_by_nothing(listing);
    listing->doubted = false;
    rs_buffer body = rs_request_take_body(request);
    rs_loaded_page *used = listing->sorts_here ? NULL : listing->pages;
    rs_loaded_page *page = rs_page_load(&body, used, listing->filters->volumes,
                                        &listing->memory, &error);
    if (page != NULL)
        return use_page(listing, page);
    bool no_memory = error.message[0] == '\0';
    if (!no_memory) {
        rs_call_reject(call, error.message, false);
        rs_fault_quote(call, (rs_slice){body.data, body.size});
    }
    rs_buffer_free(&body, &listing->memory);
    return no_memory ? fail_memory(listing) : fail(listing);
}

/* ------------------------------------------------------------------ asking */

/* Makes sure that there is a row, if possible without waiting. */
static rs_next fill(rs_listing *listing) {
    if (listing->asked == 0)
        listing->asked = rs_session_now(listing->session);
    for (;;) {
        if (!wants_page(listing))
            return rs_listing_has_row(listing) ? RS_NEXT_ROW : RS_NEXT_END;
        if (listing->failed || listing->call == NULL ||
            !rs_call_is_done(listing->call))
            return RS_NEXT_WAIT;
        if (!take_answer(listing))
            return RS_NEXT_FAULT;
    }
}

rs_next rs_listing_row(rs_listing *listing, rs_row_ref *row) {
    rs_next next = RS_NEXT_ROW;
    if (!rs_listing_has_row(listing))
        next = fill(listing);
    if (next == RS_NEXT_ROW)
        *row = listing->rows[listing->at];
    return next;
}

rs_next rs_listing_page(rs_listing *listing, const rs_row_ref **rows,
                        size_t *count) {
    rs_next next = fill(listing);
    if (next != RS_NEXT_ROW)
        return next;
    size_t rest = listing->row_count - listing->at;
    *rows = listing->rows + listing->at;
    *count = rest < listing->left ? rest : listing->left;
    return RS_NEXT_ROW;
}

void rs_listing_give(rs_listing *listing, size_t count) {
    listing->at += count;
    listing->given = true;
    if (listing->left != SIZE_MAX)
        listing->left -= count;
}

const rs_fault *rs_listing_fault(const rs_listing *listing) {
    static const rs_fault no_memory = {.kind = RS_NO_MEMORY,
                                       .message = "not enough memory",
                                       .retry_after = -1};
    if (listing->starved)
        return &no_memory;
    return listing->call != NULL && listing->failed
               ? rs_call_fault(listing->call)
               : NULL;
}
