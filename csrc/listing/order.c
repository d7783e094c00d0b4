#include <string.h>

#include "listing/internal.h"
#include "parse/ascii.h"

#define SCRATCH 2048 /* bytes; a longer decoded text counts as none */

/* What a row is sorted by: a text, a number, or nothing. */
typedef struct sort_value {
    enum { NOTHING, NUMBER, TEXT } type;
    double number;
    rs_slice text;
    char scratch[SCRATCH];
} sort_value;

/* Times are compared as times, not as text. */
static void read_number(rs_row_ref row, rs_field key, sort_value *value) {
    int64_t gib;
    bool found;
    if (key == RS_FIELD_SIZE) {
        found = rs_snapshot_gib(row.text, row.places, &gib);
        value->number = found ? (double)gib : 0;
    } else {
        found = rs_snapshot_time(row.text, row.places, key, &value->number);
    }
    value->type = found ? NUMBER : NOTHING;
}

/* In lower case, as services write it. */
static void lower_status(sort_value *value) {
    size_t size = value->text.size < SCRATCH ? value->text.size : SCRATCH;
    for (size_t i = 0; i < size; i++)
        value->scratch[i] = rs_lower(value->text.data[i]);
    value->text = (rs_slice){value->scratch, size};
}

static void read_value(rs_row_ref row, rs_field key, sort_value *value) {
    if (key == RS_FIELD_SIZE || key == RS_FIELD_CREATED_AT ||
        key == RS_FIELD_UPDATED_AT) {
        read_number(row, key, value);
        return;
    }
    value->text = rs_snapshot_text(row.text, row.places, key, value->scratch,
                                   sizeof value->scratch);
    value->type = value->text.data != NULL ? TEXT : NOTHING;
    if (value->type == TEXT && key == RS_FIELD_STATUS)
        lower_status(value);
}

/* Compares bytes, whatever the locale. */
static int compare_texts(rs_slice a, rs_slice b) {
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* A missing value comes first, as in the databases of most services. */
static int compare_values(const sort_value *a, const sort_value *b) {
    if (a->type == NOTHING || b->type == NOTHING)
        return (a->type != NOTHING) - (b->type != NOTHING);
    if (a->type == NUMBER)
        return (a->number > b->number) - (a->number < b->number);
    return compare_texts(a->text, b->text);
}

static int compare_by(rs_row_ref a, rs_row_ref b, rs_field key) {
    sort_value one, other;
    read_value(a, key, &one);
    read_value(b, key, &other);
    return compare_values(&one, &other);
}

static int compare_rows(rs_row_ref a, rs_row_ref b,
                        const rs_filter_set *filters) {
    static const rs_field ties[] = {RS_FIELD_CREATED_AT, RS_FIELD_ID};
    for (size_t i = 0; i < filters->sort_count; i++) {
        int order = compare_by(a, b, filters->sort[i].key);
        if (order != 0)
            return filters->sort[i].descending ? -order : order;
    }
    for (size_t i = 0; i < 2; i++) {
        int order = compare_by(a, b, ties[i]);
        if (order != 0)
            return filters->sort[0].descending ? -order : order;
    }
    return 0;
}

static void merge(rs_row_ref *rows, rs_row_ref *to, size_t middle, size_t end,
                  const rs_filter_set *filters) {
    size_t left = 0, right = middle;
    for (size_t i = 0; i < end; i++) {
        bool take_left = right == end ||
                         (left < middle &&
                          compare_rows(rows[left], rows[right], filters) <= 0);
        to[i] = take_left ? rows[left++] : rows[right++];
    }
    memcpy(rows, to, end * sizeof *rows);
}

/* A merge sort, because that keeps the order of equal rows. */
void rs_order_sort(rs_row_ref *rows, rs_row_ref *scratch, size_t count,
                   const rs_filter_set *filters) {
    for (size_t width = 1; width < count; width *= 2)
        for (size_t at = 0; at + width < count; at += 2 * width) {
            size_t end = count - at < 2 * width ? count - at : 2 * width;
            merge(rows + at, scratch, width, end, filters);
        }
}

bool rs_order_follows(const rs_filter_set *filters, rs_row_ref first,
                      rs_row_ref second) {
    for (size_t i = 0; i < filters->sort_count; i++) {
        sort_value one, other;
        read_value(first, filters->sort[i].key, &one);
        read_value(second, filters->sort[i].key, &other);
        if (one.type == NOTHING || other.type == NOTHING)
            return true;
        int order = compare_values(&one, &other);
        if (order != 0)
            return (order > 0) == filters->sort[i].descending;
    }
    return true;
}

/* --------------------------------------------------------- the usual order */

/* A text as it is written; none if it has to be decoded. */
static rs_slice raw(rs_row_ref row, rs_field field) {
    rs_slice text = rs_snapshot_text(row.text, row.places, field, NULL, 0);
    return text.data != NULL ? text : (rs_slice){NULL, 0};
}

static bool falls(rs_row_ref first, rs_row_ref second) {
    rs_slice before = raw(first, RS_FIELD_CREATED_AT);
    rs_slice behind = raw(second, RS_FIELD_CREATED_AT);
    if (before.data == NULL || behind.data == NULL)
        return false;
    int order = compare_texts(behind, before);
    return order < 0 ||
           (order == 0 && compare_texts(raw(second, RS_FIELD_ID),
                                        raw(first, RS_FIELD_ID)) < 0);
}

bool rs_order_is_strict(const rs_filter_set *sorted, rs_row_ref first,
                        rs_row_ref second) {
    return sorted != NULL ? compare_rows(first, second, sorted) < 0
                          : falls(first, second);
}

/* ------------------------------------------------------------ the last row */

bool rs_last_set(rs_last *last, const rs_allocator *memory, rs_row_ref row) {
    last->places = *row.places;
    last->text.size = 0; /* the block is used for the next one, too */
    last->text.max = UINT32_MAX;
    return rs_buffer_append(&last->text, memory, row.text, row.places->size) ==
           RS_BUFFER_OK;
}

void rs_last_drop(rs_last *last, const rs_allocator *memory) {
    rs_buffer_free(&last->text, memory);
}

rs_row_ref rs_last_row(const rs_last *last) {
    return (rs_row_ref){last->text.data, &last->places};
}

bool rs_last_is_before(const rs_last *last, const rs_filter_set *sorted,
                       rs_row_ref row) {
    if (sorted == NULL && raw(row, RS_FIELD_CREATED_AT).data == NULL)
        return true; /* a row may be seen twice, but must not be missed */
    return rs_order_is_strict(sorted, rs_last_row(last), row);
}
