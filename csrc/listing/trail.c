#include <string.h>

#include "listing/internal.h"
#include "parse/head.h"
#include "parse/text.h"
#include "parse/url.h"

#define PATIENCE 3  /* pages that may come again, by offset */
#define RESTARTS 3  /* times it starts over without anything new */
#define BARREN 1000 /* linked pages in a row without anything new */
#define ID_SCRATCH 1024
#define ROUND 50 /* rows: limits of 100 or more are multiples of this */

/* ----------------------------------------------------------- its beginning */

/* The id to begin after, or none; false when memory runs out. (If rows are
 * sorted here, the listing starts at the very first row.) */
static bool copy_start(const rs_listing *listing, rs_string *to) {
    const rs_slice start = listing->filters->marker;
    return listing->sorts_here || start.data == NULL ||
           rs_string_set(to, &listing->memory, start.data, start.size);
}

/* Leaves out the rows of the option `offset`. The service skips them; but with
 * filters, a service that ignores them would skip the wrong ones. */
static void set_offset(rs_listing *listing) {
    const rs_filter_set *filters = listing->filters;
    listing->offset = filters->offset;
    listing->skip = filters->skip;
    if (listing->skip_to.data == NULL && !rs_filter_tests(filters)) {
        listing->offset += listing->skip;
        listing->skip = 0;
    }
}

bool rs_trail_start(rs_listing *listing) {
    const rs_allocator *memory = &listing->memory;
    rs_string start = {NULL, 0};
    if (!copy_start(listing, &start))
        return false;
    rs_string_free(&listing->marker, memory);
    rs_string_free(&listing->came_by, memory);
    rs_string_free(&listing->skip_to, memory);
    rs_string_free(&listing->milestone, memory);
    rs_seen_free(&listing->seen, memory);
    listing->seen = (rs_seen){.seed = rs_session_seed(listing->session)};
    listing->offset = listing->skip = listing->before = 0;
    listing->fresh = listing->since = 0;
    listing->is_first = true;
    listing->hops = 0;
    listing->lap = 1;
    listing->repetitions = listing->stale = 0;
    listing->widened = listing->looks_back = listing->guesses = false;
    listing->links = listing->doubted = false;
    listing->step = 0;
    listing->exhausted = listing->finished = listing->recovers = false;
    listing->restarts = 0;
    listing->compared = listing->disorderly = false;
    rs_last_drop(&listing->last, memory);
    rs_last_drop(&listing->after, memory);
    *(listing->by_offset ? &listing->skip_to : &listing->marker) = start;
    if (!listing->sorts_here)
        set_offset(listing);
    return true;
}

/* ----------------------------------------------------------------- circles */

/* Is the string this text? A missing string is not. */
static bool is_text(const rs_string *string, const char *data, size_t size) {
    return string->data != NULL && string->size == size &&
           memcmp(string->data, data, size) == 0;
}

/* Was the listing here before? Brent's algorithm notices a circle of any
 * length, and remembers only one place. */
static bool was_here(rs_listing *listing, rs_string *place) {
    if (is_text(&listing->milestone, place->data, place->size))
        return true;
    if (++listing->hops < listing->lap)
        return false;
    rs_string_free(&listing->milestone, &listing->memory);
    listing->milestone = *place;
    *place = (rs_string){NULL, 0};
    listing->lap *= 2;
    listing->hops = 0;
    return false;
}

static bool fail_circle(rs_listing *listing) {
    rs_fault_set(listing->call, RS_DECODE,
                 "the service sends the same page%s again and again (by %s): "
                 "the listing would never end",
                 listing->filters->volumes ? " of volumes" : "",
                 listing->by_offset ? "offset" : "marker");
    return false;
}

/* ------------------------------------------------------------ what is next */

/* The target of the answer's Link header; size 0: none. */
static rs_slice header_link(const rs_listing *listing) {
    rs_slice head = rs_request_head(rs_call_request(listing->call));
    rs_slice header, target = {NULL, 0};
    while (target.size == 0 &&
           (header = rs_head_take(&head, "Link")).data != NULL)
        target = rs_link_next(header);
    return target;
}

/* A service may have a lower limit than the one asked for, and send no link.
 * Then a page ends early, at a round number, because limits are round
 * numbers. */
static bool is_round(size_t count) {
    return count >= 100 && count % ROUND == 0;
}

/* Should the listing go on after a page that was not full and has no link? */
static bool is_suspect(const rs_listing *listing, const rs_loaded_page *page,
                       size_t places) {
    return !listing->links && (is_round(places) || page->page.hints);
}

/* The next marker is the link's, whatever host, scheme or path the link has.
 * Without a link, or if the link leads to its own page, it is the last id.
 * After a full page, the listing goes on even without a link; after a page
 * without rows, only with one. */
static bool find_marker(const rs_listing *listing, const rs_loaded_page *page,
                        rs_slice last, rs_trail_step *step) {
    const rs_allocator *memory = &listing->memory;
    const rs_text own = {page->page.next_link, page->page.next_escaped};
    rs_slice marker = {NULL, 0}, link = {NULL, 0};
    if (own.raw.size == 0)
        link = header_link(listing);
    size_t room = 3 * own.raw.size; /* for the link, and then for its marker */
    size_t size = 2 * room + link.size + 1;
    char *scratch = rs_new(memory, size);
    if (scratch == NULL)
        return false;
    if (own.raw.size > 0)
        link = rs_text_decode(own, scratch, room);
    step->linked = link.size > 0;
    if (step->linked)
        marker = rs_url_parameter(link, "marker", scratch + room);
    if (marker.size == 0 || is_text(&listing->marker, marker.data, marker.size))
        marker = last;
    size_t places = page->count + page->page.nulls;
    step->guessed = !step->linked && places < listing->limit;
    step->more = marker.size > 0 &&
                 (!step->guessed || is_suspect(listing, page, places));
    bool copied =
        rs_string_set(&step->next, memory, marker.data, marker.size) &&
        rs_string_set(&step->place, memory, marker.data, marker.size);
    rs_free(memory, scratch, size);
    return copied;
}

bool rs_trail_find(const rs_listing *listing, const rs_loaded_page *page,
                   rs_trail_step *step) {
    char id[ID_SCRATCH];
    rs_slice name = {"", 0};
    *step = (rs_trail_step){.more = listing->by_offset && page->count > 0};
    if (page->count == 0 && listing->by_offset)
        return true;
    size_t row = listing->by_offset ? 0 : page->count - 1;
    if (page->count > 0)
        name = rs_row_id(rs_page_row(page, row), id, sizeof id);
    bool found = listing->by_offset
                     ? rs_string_set(&step->place, &listing->memory, name.data,
                                     name.size)
                     : find_marker(listing, page, name, step);
    if (!found)
        rs_trail_drop(listing, step);
    return found;
}

void rs_trail_drop(const rs_listing *listing, rs_trail_step *step) {
    rs_string_free(&step->next, &listing->memory);
    rs_string_free(&step->place, &listing->memory);
}

/* Notes whether all rows are in an order that can be seen from them: the usual
 * one, newest first, or the one asked for. overlaps: the page begins with rows
 * that came before. */
static void note_order(rs_listing *listing, const rs_loaded_page *page,
                       bool overlaps) {
    const rs_filter_set *sorted = rs_listing_sorted(listing);
    bool follows = listing->last.text.size > 0 && !overlaps;
    bool strict = !follows || rs_last_is_before(&listing->last, sorted,
                                                rs_page_row(page, 0));
    for (size_t i = 1; strict && i < page->count; i++)
        strict = rs_order_is_strict(sorted, rs_page_row(page, i - 1),
                                    rs_page_row(page, i));
    listing->disorderly = listing->disorderly || !strict;
    /* a single row with nothing before it shows no order */
    listing->compared = listing->compared || follows || page->count > 1;
    (void)rs_last_set(&listing->last, &listing->memory,
                      rs_page_row(page, page->count - 1));
}

/* Without memory, a lost marker must not look like the end. */
static bool starve(rs_listing *listing) {
    rs_fault_set(listing->call, RS_NO_MEMORY, "not enough memory");
    return false;
}

/* Goes back to where the listing began; false when memory runs out, and then
 * nothing has changed. */
static bool go_to_start(rs_listing *listing) {
    rs_string marker = {NULL, 0};
    if (!listing->by_offset && !copy_start(listing, &marker))
        return starve(listing);
    rs_string_free(&listing->marker, &listing->memory);
    listing->marker = marker;
    listing->offset = 0;
    return true;
}

static bool may_widen(const rs_listing *listing) {
    return !listing->widened && listing->limit < RS_USUAL_PAGE;
}

/* If the service cannot continue anywhere, one larger page may hold
 * everything. */
static bool widen(rs_listing *listing) {
    if (!go_to_start(listing))
        return false;
    listing->widened = true;
    listing->stale = 0;
    rs_last_drop(&listing->last, &listing->memory);
    return true;
}

/* The same page came again. If it was not full, that was everything; otherwise
 * a larger page may help. A service that links pages would have linked one. */
static bool end_or_widen(rs_listing *listing, const rs_loaded_page *page) {
    if (page->count != listing->limit || listing->links) {
        listing->finished = true;
        return true;
    }
    return may_widen(listing) ? widen(listing) : fail_circle(listing);
}

/* The page that the marker is for has come. */
static void pass_marker(rs_listing *listing) {
    rs_string_free(&listing->came_by, &listing->memory);
    listing->came_by = listing->marker;
    listing->marker = (rs_string){NULL, 0};
}

static bool fail_barren(rs_listing *listing) {
    rs_fault_set(listing->call, RS_DECODE,
                 "the service sent %d pages in a row without anything new, "
                 "each with a link to another: the listing would never end",
                 BARREN);
    return false;
}

static bool advance_by_marker(rs_listing *listing, const rs_loaded_page *page,
                              size_t fresh, rs_trail_step *step) {
    bool overlaps = listing->recovers;
    listing->recovers = overlaps && fresh == 0;
    listing->restarts = listing->recovers ? listing->restarts : 0;
    /* a service without markers, as some are for snapshots, sends the same page
     * again */
    bool stale = step->more && fresh == 0 && !step->linked &&
                 !listing->recovers &&
                 (step->guessed || !listing->filters->volumes);
    if (stale)
        return end_or_widen(listing, page);
    if (!step->more) {
        pass_marker(listing);
        listing->finished = true;
        return true;
    }
    if (!listing->recovers && was_here(listing, &step->place))
        return fail_circle(listing);
    listing->stale = fresh > 0 || listing->recovers ? 0 : listing->stale + 1;
    if (listing->stale >= BARREN)
        return fail_barren(listing);
    listing->guesses = step->guessed;
    listing->links = listing->links || step->linked;
    if (page->count > 0)
        note_order(listing, page, overlaps);
    pass_marker(listing);
    listing->marker = step->next;
    step->next = (rs_string){NULL, 0};
    listing->offset = 0;
    listing->step = listing->recovers ? listing->step : 0;
    listing->exhausted = false;
    return true;
}

/* How many places of the listing the page covers. A row that some databases
 * show twice has only one. */
static size_t places_of(const rs_loaded_page *page) {
    char scratch[2][ID_SCRATCH];
    rs_slice last = {"", 0};
    size_t places = 0;
    for (size_t i = 0; i < page->count; i++) {
        rs_slice id =
            rs_row_id(rs_page_row(page, i), scratch[i % 2], ID_SCRATCH);
        bool again = i > 0 && id.size == last.size &&
                     memcmp(id.data, last.data, id.size) == 0;
        places += again ? 0 : 1;
        last = id;
    }
    return places;
}

/* A page may come again if as many snapshots were made in the meantime as it
 * holds, but not repeatedly. If it does, the service has no offsets, and what
 * it sent was everything. */
static bool advance_by_offset(rs_listing *listing, const rs_loaded_page *page,
                              size_t fresh, rs_trail_step *step) {
    bool looked_back = listing->looks_back;
    listing->looks_back = false;
    if (looked_back && fresh == 0) {
        listing->finished = true;
        return true;
    }
    listing->stale = fresh == 0 ? listing->stale + 1 : 0;
    if (listing->stale >= PATIENCE)
        return end_or_widen(listing, page);
    if (was_here(listing, &step->place) && fresh > 0 &&
        ++listing->repetitions > PATIENCE)
        return fail_circle(listing);
    listing->offset += places_of(page) - (looked_back ? 1 : 0);
    return true;
}

bool rs_trail_advance(rs_listing *listing, const rs_loaded_page *page,
                      size_t fresh, rs_trail_step *step) {
    if (page->count == 0 && !step->more) {
        listing->finished = true;
        return true;
    }
    listing->begin = listing->offset - (listing->looks_back ? 1 : 0);
    bool moved = listing->by_offset
                     ? advance_by_offset(listing, page, fresh, step)
                     : advance_by_marker(listing, page, fresh, step);
    listing->is_first = listing->is_first && !moved;
    return moved;
}

/* ------------------------------------------------------------ a lost marker
 *
 * A deleted snapshot is no longer a marker: a 404, or a 400. The nearest
 * snapshot before it that still exists can replace it; rows after that one that
 * came already come again, and are left out. If those before it are gone, too,
 * the listing starts over. If it has forgotten ids by then, it can start over
 * only if the rows are in an order that can be seen from them, and it leaves
 * out what is not after the last row. */

static bool begin_anew(rs_listing *listing) {
    bool whole = !listing->seen.dropped && listing->filters->skip == 0;
    bool may = whole || (listing->compared && !listing->disorderly &&
                         listing->last.text.size > 0 &&
                         !listing->filters->has_own_order);
    if (!may || listing->exhausted)
        return false;
    if (!whole && listing->after.text.size == 0 &&
        !rs_last_set(&listing->after, &listing->memory,
                     rs_last_row(&listing->last)))
        return starve(listing); /* and nothing has been changed */
    bool is_last = listing->restarts == RESTARTS;
    if (is_last && !may_widen(listing))
        return false;
    if (!(is_last ? widen(listing) : go_to_start(listing)))
        return false;
    listing->exhausted = true;
    listing->restarts += is_last ? 0 : 1;
    rs_string_free(&listing->milestone, &listing->memory);
    listing->lap = 1;
    listing->hops = 0;
    return true;
}

bool rs_trail_step_back(rs_listing *listing) {
    const rs_fault *fault = rs_call_fault(listing->call);
    bool lost = fault->kind == RS_NOT_FOUND ||
                (fault->kind == RS_INVALID && fault->status == 400);
    if (!lost || listing->by_offset || listing->is_first ||
        listing->marker.data == NULL)
        return false;
    listing->recovers = true;
    size_t count = rs_seen_count(&listing->seen);
    if (listing->step == 0) { /* the marker is usually the last id that came */
        listing->back = 1;
        listing->step = 1;
    } else {
        listing->back += listing->step;
        listing->step *= 2;
    }
    if (listing->back >= count)
        return begin_anew(listing);
    rs_slice id = rs_seen_at(&listing->seen, count - 1 - listing->back);
    rs_string marker = {NULL, 0};
    if (!rs_string_set(&marker, &listing->memory, id.data, id.size))
        return starve(listing);
    rs_string_free(&listing->marker, &listing->memory);
    listing->marker = marker;
    return true;
}
