#include <string.h>

#include "listing/internal.h"

/* A snapshot from Cinder has about 400 bytes. */
#define USUAL_ROW 400

static bool make_room(rs_loaded_page *page, const rs_allocator *memory,
                      size_t at) {
    if (at < page->capacity)
        return true;
    size_t capacity = page->capacity == 0 ? page->text.size / USUAL_ROW + 16
                                          : page->capacity + page->capacity / 2;
    if (capacity > SIZE_MAX / sizeof *page->records)
        return false;
    rs_record *records = memory->resize(memory->context, page->records,
                                        page->capacity * sizeof *records,
                                        capacity * sizeof *records);
    if (records == NULL)
        return false;
    page->records = records;
    page->capacity = capacity;
    return true;
}

static bool read_rows(rs_loaded_page *page, bool volumes,
                      const rs_allocator *memory, rs_decode_error *error) {
    rs_page_reader reader;
    rs_record record;
    rs_row row;
    rs_page_begin(&reader, (rs_slice){page->text.data, page->text.size}, error);
    if (volumes)
        rs_page_of_volumes(&reader);
    while ((row = rs_page_next(&reader, &record)) == RS_ROW) {
        size_t at = reader.page.count - 1;
        if (!make_room(page, memory, at))
            return false;
        page->records[at] = record;
    }
    page->page = reader.page;
    page->count = reader.page.count;
    if (page->count > 0)
        page->last = page->records[page->count - 1];
    return row == RS_ROWS_END;
}

/* Gives the records of a used-up page to another one. The used one keeps its
 * last row. */
static void pass_records(rs_loaded_page *used, rs_loaded_page *page) {
    page->records = used->records;
    page->capacity = used->capacity;
    used->records = NULL;
    used->count = used->capacity = 0;
}

rs_loaded_page *rs_page_load(rs_buffer *body, rs_loaded_page *used,
                             bool volumes, const rs_allocator *memory,
                             rs_decode_error *error) {
    rs_loaded_page *page = rs_new(memory, sizeof *page);
    error->message[0] = '\0';
    if (page == NULL)
        return NULL;
    *page = (rs_loaded_page){.text = rs_buffer_take(body)};
    if (used != NULL)
        pass_records(used, page);
    if (read_rows(page, volumes, memory, error))
        return page;
    *body = rs_buffer_take(&page->text);
    rs_page_drop(page, memory);
    return NULL;
}

void rs_page_drop(rs_loaded_page *page, const rs_allocator *memory) {
    while (page != NULL) {
        rs_loaded_page *next = page->next;
        rs_buffer_free(&page->text, memory);
        rs_free(memory, page->records, page->capacity * sizeof *page->records);
        rs_free(memory, page, sizeof *page);
        page = next;
    }
}

static rs_row_ref row_of(const rs_loaded_page *page, const rs_record *record) {
    return (rs_row_ref){page->text.data + record->offset, &record->snapshot};
}

rs_row_ref rs_page_row(const rs_loaded_page *page, size_t at) {
    return row_of(page, &page->records[at]);
}

rs_row_ref rs_page_last(const rs_loaded_page *page) {
    return row_of(page, &page->last);
}

/* Decoded if that is necessary and fits, otherwise as it is written: it only
 * has to distinguish rows. */
rs_slice rs_row_id(rs_row_ref row, char *scratch, size_t size) {
    rs_slice id =
        rs_snapshot_text(row.text, row.places, RS_FIELD_ID, scratch, size);
    if (id.data != NULL)
        return id;
    rs_value value = row.places->fields[RS_FIELD_ID];
    return (rs_slice){row.text + value.offset, value.size};
}
