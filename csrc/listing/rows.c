#include <string.h>

#include "listing/internal.h"

#define REMEMBERED 1000 /* the least ids to remember; always a whole page */
#define ID_SCRATCH 1024

/* The most bytes that the ids of a page can have: in a decoded id, a byte that
 * is not UTF-8 becomes three. */
static size_t id_bytes(const rs_loaded_page *page) {
    size_t bytes = 0;
    for (size_t i = 0; i < page->count; i++) {
        rs_value id = page->records[i].snapshot.fields[RS_FIELD_ID];
        bytes += (size_t)id.size * (id.type == RS_VALUE_STRING ? 1 : 3);
    }
    return bytes;
}

bool rs_rows_reserve(rs_listing *listing, const rs_loaded_page *page) {
    const rs_allocator *memory = &listing->memory;
    size_t count = page->count + (listing->sorts_here ? listing->row_count : 0);
    size_t least = page->count > REMEMBERED ? page->count : REMEMBERED;
    /* after a lost marker, rows come again, so no id is forgotten */
    if (listing->recovers)
        least = SIZE_MAX;
    return rs_make_room(memory, &listing->rows, &listing->row_capacity, count,
                        sizeof *listing->rows) &&
           rs_make_room(memory, &listing->places, &listing->place_capacity,
                        count, sizeof *listing->places) &&
           rs_seen_reserve(&listing->seen, memory, page->count, id_bytes(page),
                           least);
}

/* Does the listing begin after this row, or later? Each row is asked about
 * once. */
static bool is_before_start(rs_listing *listing, rs_slice id) {
    const rs_string *start = &listing->skip_to;
    if (listing->before > 0) {
        listing->before--;
        return true;
    }
    if (start->data == NULL)
        return false;
    if (start->size == id.size && memcmp(start->data, id.data, id.size) == 0)
        rs_string_free(&listing->skip_to, &listing->memory);
    return true;
}

/* If rows are sorted here, the row that the listing begins after has to be
 * there, whether it passes the filters or not. */
static bool passes(const rs_listing *listing, rs_row_ref row) {
    rs_slice besides =
        listing->sorts_here ? listing->filters->marker : (rs_slice){NULL, 0};
    return rs_filter_passes(listing->filters, row.text, row.places, besides);
}

/* In a list of volumes, what is not a volume is left out. */
static bool is_listed(const rs_listing *listing, rs_row_ref row) {
    rs_value id = row.places->fields[RS_FIELD_ID];
    bool is_text = id.type == RS_VALUE_STRING || id.type == RS_VALUE_ESCAPED ||
                   id.type == RS_VALUE_INTEGER;
    return !listing->filters->volumes || (is_text && id.size > 0);
}

static void add_row(rs_listing *listing, rs_row_ref row, size_t place) {
    if (listing->skip > 0) {
        listing->skip--;
        return;
    }
    listing->places[listing->row_count] = (uint32_t)place;
    listing->rows[listing->row_count++] = row;
}

const rs_filter_set *rs_listing_sorted(const rs_listing *listing) {
    return listing->applied.sort ? listing->filters : NULL;
}

size_t rs_rows_add(rs_listing *listing, const rs_loaded_page *page) {
    char scratch[ID_SCRATCH];
    size_t fresh = 0;
    bool tests = rs_filter_tests(listing->filters);
    const rs_filter_set *sorted = rs_listing_sorted(listing);
    const rs_last *after =
        listing->after.text.size > 0 ? &listing->after : NULL;
    for (size_t i = 0; i < page->count; i++) {
        rs_row_ref row = rs_page_row(page, i);
        rs_slice id = rs_row_id(row, scratch, sizeof scratch);
        if (rs_seen_add(&listing->seen, id))
            continue;
        fresh++;
        if (is_before_start(listing, id) ||
            (after != NULL && !rs_last_is_before(after, sorted, row)))
            continue;
        if (is_listed(listing, row) && (!tests || passes(listing, row)))
            add_row(listing, row, fresh);
    }
    if (after != NULL && page->count > 0 &&
        rs_last_is_before(after, sorted, rs_page_row(page, page->count - 1)))
        rs_last_drop(&listing->after, &listing->memory);
    listing->fresh = fresh;
    return fresh;
}

size_t rs_rows_since(const rs_listing *listing) {
    return listing->at > 0 ? listing->fresh - listing->places[listing->at - 1]
                           : listing->since + listing->fresh;
}

void rs_rows_clear(rs_listing *listing) {
    if (listing->pages != NULL) {
        rs_buffer_free(&listing->room, &listing->memory);
        listing->room = rs_buffer_take(&listing->pages->text);
    }
    rs_page_drop(listing->pages, &listing->memory);
    listing->pages = NULL;
    listing->since = rs_rows_since(listing);
    listing->fresh = 0;
    listing->row_count = listing->at = 0;
}

/* ------------------------------------------------------------------- order */

bool rs_rows_are_sorted(const rs_listing *listing, const rs_loaded_page *page) {
    if (!listing->applied.sort || listing->sorts_here)
        return true;
    const rs_loaded_page *before = listing->pages;
    /* after a lost marker, and on a page that is to hold all, rows come again
     * first */
    if (!listing->recovers && !listing->widened && before != NULL &&
        before->page.count > 0 && page->count > 0 &&
        !rs_order_follows(listing->filters, rs_page_last(before),
                          rs_page_row(page, 0)))
        return false;
    for (size_t i = 1; i < page->count; i++)
        if (!rs_order_follows(listing->filters, rs_page_row(page, i - 1),
                              rs_page_row(page, i)))
            return false;
    return true;
}

/* The index of the first row after the one that the listing begins after;
 * SIZE_MAX if that is not there. */
static size_t find_start(const rs_listing *listing) {
    rs_slice marker = listing->filters->marker;
    if (marker.data == NULL)
        return 0;
    for (size_t i = 0; i < listing->row_count; i++)
        if (rs_snapshot_is(listing->rows[i].text, listing->rows[i].places,
                           RS_FIELD_ID, marker))
            return i + 1;
    return SIZE_MAX;
}

bool rs_rows_sort(rs_listing *listing) {
    const rs_allocator *memory = &listing->memory;
    size_t size = listing->row_count * sizeof *listing->rows;
    rs_row_ref *scratch = size > 0 ? rs_new(memory, size) : NULL;
    if (size > 0 && scratch == NULL)
        return false;
    rs_order_sort(listing->rows, scratch, listing->row_count, listing->filters);
    rs_free(memory, scratch, size);
    size_t start = find_start(listing);
    if (start == SIZE_MAX)
        return false;
    size_t left = listing->row_count - start, skip = listing->filters->skip;
    listing->at = skip < left ? start + skip : listing->row_count;
    return true;
}
