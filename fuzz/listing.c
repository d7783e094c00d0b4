/*
 * What a listing does with a page: the first line of the input is the order
 * asked for, the second a text for filters and tokens, the rest the body. Each
 * row has an id that is remembered once, passes the filter or not whoever asks,
 * and becomes a snapshot of plain texts; sorted rows follow one another.
 */
#include "listing/internal.h"

#include "fuzz.h"
#include "line.h"

#define MOST 200 /* rows that are compared with each other */

static void check_token(rs_slice text) {
    rs_filter_set set = {0};
    if (!rs_filter_read_token(&set, text))
        return;
    CHECK(set.marker.data == NULL || set.marker.size > 0);
    CHECK(set.skip == 0 || set.offset == 0);
    CHECK(!set.is_finished || (set.marker.data == NULL && set.skip == 0));
}

static void check_text(const char *text) {
    if (text != NULL)
        CHECK(rs_utf8_is_valid((rs_slice){text, strlen(text)}));
}

static void check_snapshot(rs_row_ref row) {
    size_t size;
    rs_snapshot *snapshot =
        rs_snapshot_make(&rs_standard_allocator, row.text, row.places);
    CHECK(snapshot != NULL);
    CHECK(rs_snapshot_id(snapshot) != NULL);
    check_text(rs_snapshot_id(snapshot));
    check_text(rs_snapshot_name(snapshot));
    check_text(rs_snapshot_description(snapshot));
    check_text(rs_snapshot_volume_id(snapshot));
    const char *status = rs_snapshot_status(snapshot);
    check_text(status);
    for (; status != NULL && *status != '\0'; status++)
        CHECK(*status < 'a' || *status > 'z');
    CHECK(rs_snapshot_size(snapshot) >= -1);
    (void)rs_snapshot_created_time(snapshot);
    check_text(rs_snapshot_metadata(snapshot, "k"));
    CHECK(memcmp(rs_snapshot_json(snapshot, &size), row.text,
                 row.places->size) == 0);
    CHECK(size == row.places->size);
    rs_snapshot_free(snapshot);
}

/* What a listing keeps free for an id. */
static size_t id_room(const rs_snapshot *snapshot) {
    rs_value id = snapshot->fields[RS_FIELD_ID];
    return (size_t)id.size * (id.type == RS_VALUE_STRING ? 1 : 3);
}

static void check_rows(const rs_loaded_page *page, const rs_filter_set *set) {
    char scratch[1024];
    rs_seen seen = {0};
    size_t bytes = 0, fresh = 0;
    for (size_t i = 0; i < page->count; i++)
        bytes += id_room(&page->records[i].snapshot);
    CHECK(rs_seen_reserve(&seen, &rs_standard_allocator, page->count, bytes,
                          page->count + 1));
    for (size_t i = 0; i < page->count; i++) {
        rs_row_ref row = rs_page_row(page, i);
        rs_slice id = rs_row_id(row, scratch, sizeof scratch);
        CHECK(id.size <= id_room(&page->records[i].snapshot));
        bool known = rs_seen_add(&seen, id);
        CHECK(rs_seen_add(&seen, id));
        fresh += known ? 0 : 1;
        CHECK(rs_seen_count(&seen) == fresh);
        check_snapshot(row);
        bool passes =
            rs_filter_passes(set, row.text, row.places, (rs_slice){NULL, 0});
        CHECK(passes || rs_filter_tests(set));
        CHECK(rs_filter_passes(set, row.text, row.places, id) || !passes);
    }
    rs_seen_free(&seen, &rs_standard_allocator);
}

static void check_order(const rs_loaded_page *page, const rs_filter_set *set) {
    rs_row_ref rows[MOST], scratch[MOST];
    size_t count = page->count < MOST ? page->count : MOST;
    for (size_t i = 0; i < count; i++)
        rows[i] = rs_page_row(page, i);
    if (set->sort_count == 0 || count == 0)
        return;
    rs_order_sort(rows, scratch, count, set);
    for (size_t i = 1; i < count; i++) {
        rs_last last = {0};
        CHECK(rs_order_follows(set, rows[i - 1], rows[i]));
        CHECK(rs_last_set(&last, &rs_standard_allocator, rows[i - 1]));
        (void)rs_last_is_before(&last, NULL, rows[i]);
        CHECK(!rs_last_is_before(&last, set, rs_last_row(&last)));
        rs_last_drop(&last, &rs_standard_allocator);
        (void)rs_order_is_strict(NULL, rows[i - 1], rows[i]);
        CHECK(!rs_order_is_strict(set, rows[i], rows[i - 1]));
    }
}

static void check_page(rs_slice body, const rs_filter_set *set) {
    rs_decode_error error;
    rs_buffer text = {.max = body.size + 1};
    CHECK(rs_buffer_append(&text, &rs_standard_allocator, body.data,
                           body.size) == RS_BUFFER_OK);
    rs_loaded_page *page =
        rs_page_load(&text, NULL, false, &rs_standard_allocator, &error);
    rs_buffer_free(&text, &rs_standard_allocator);
    CHECK(page != NULL || error.message[0] != '\0');
    if (page == NULL)
        return;
    check_rows(page, set);
    check_order(page, set);
    rs_page_drop(page, &rs_standard_allocator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    rs_slice sort = cut_line(&text), word = cut_line(&text);
    rs_decode_error problem;
    rs_filter_set set = {.consumes_quota = -1};
    check_token(word);
    if (!rs_filter_read_sort(&set, sort, &problem)) {
        CHECK(problem.message[0] != '\0');
        set.sort_count = 0;
    }
    check_page(text, &set);
    const rs_item item = {{"k", 1}, word};
    set.name_like = word;
    set.metadata = &item;
    set.metadata_count = word.size % 2;
    set.has_after = word.size % 3 == 0;
    check_page(text, &set);
    return 0;
}
