/*
 * The fast reader of rows and the careful one: they give the same verdict on
 * any page, the same records and the same words. At any place, an object that
 * the fast one accepts gives the same record with the careful one.
 */
#include "parse/page.h"

#include "fuzz.h"

/* The careful reader follows the fast one row by row. */
static void check_page(rs_slice text) {
    rs_page_reader fast, careful;
    rs_decode_error error = {""}, other = {""};
    rs_record record, same;
    rs_row row;
    rs_page_begin(&fast, text, &error);
    rs_page_begin(&careful, text, &other);
    careful.careful = true;
    do {
        row = rs_page_next(&fast, &record);
        CHECK(rs_page_next(&careful, &same) == row);
        CHECK(fast.page.count == careful.page.count);
        CHECK(row != RS_ROW || memcmp(&record, &same, sizeof record) == 0);
    } while (row == RS_ROW);
    CHECK(fast.page.total == careful.page.total);
    CHECK(fast.page.next_link.data == careful.page.next_link.data);
    CHECK(fast.page.next_link.size == careful.page.next_link.size);
    CHECK(fast.page.next_escaped == careful.page.next_escaped);
    CHECK(strcmp(error.message, other.message) == 0);
}

static void check_row(const char *at, const char *end, rs_leads *leads) {
    rs_snapshot fast, careful;
    rs_decode_error error;
    const char *behind = rs_row_read(at, end, leads, &fast);
    if (behind == NULL)
        return;
    rs_slice object = {at, (size_t)(behind - at)};
    CHECK(behind > at && behind <= end);
    CHECK(rs_snapshot_parse(object, &careful, &error));
    CHECK(memcmp(&fast, &careful, sizeof fast) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    rs_leads leads = {0};
    check_page(text);
    for (size_t i = 0; i < size; i++)
        if (text.data[i] == '{')
            check_row(text.data + i, text.data + size, &leads);
    return 0;
}
