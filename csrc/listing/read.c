#include <math.h>
#include <stdio.h>
#include <string.h>

#include "listing/internal.h"
#include "parse/ascii.h"

/* ------------------------------------------------------------------- sorting
 */

static const rs_field sort_fields[] = {
    RS_FIELD_CREATED_AT, RS_FIELD_DESCRIPTION, RS_FIELD_ID,
    RS_FIELD_NAME,       RS_FIELD_SIZE,        RS_FIELD_STATUS,
    RS_FIELD_UPDATED_AT, RS_FIELD_VOLUME_ID};

/* Cuts a text at the first such character. Returns what was before it; *text is
 * what comes after it. */
static rs_slice cut(rs_slice *text, char at) {
    const char *found =
        text->size > 0 ? memchr(text->data, at, text->size) : NULL;
    rs_slice before = *text;
    if (found != NULL)
        before.size = (size_t)(found - text->data);
    size_t used = before.size + (found != NULL ? 1 : 0);
    *text = rs_slice_from(*text, used);
    return before;
}

static bool read_sort_item(rs_slice item, rs_sort *sort) {
    rs_slice direction = rs_slice_trim(item);
    rs_slice key = rs_slice_trim(cut(&direction, ':'));
    direction = rs_slice_trim(direction);
    sort->descending = rs_slice_is(direction, "desc");
    if (!sort->descending && direction.size > 0 &&
        !rs_slice_is(direction, "asc"))
        return false;
    for (size_t i = 0; i < sizeof sort_fields / sizeof *sort_fields; i++)
        if (rs_slice_is(key, rs_field_name(sort_fields[i]).data)) {
            sort->key = sort_fields[i];
            return true;
        }
    return false;
}

/* A key that comes again would change nothing. */
static void add_sort(rs_filter_set *filters, rs_sort sort) {
    for (size_t i = 0; i < filters->sort_count; i++)
        if (filters->sort[i].key == sort.key)
            return;
    filters->sort[filters->sort_count++] = sort;
}

bool rs_filter_read_sort(rs_filter_set *filters, rs_slice text,
                         rs_decode_error *problem) {
    filters->sort_count = 0;
    for (bool more = true; more;) {
        more = memchr(text.data, ',', text.size) != NULL;
        rs_slice item = cut(&text, ',');
        rs_sort sort;
        if (!read_sort_item(item, &sort)) {
            (void)snprintf(problem->message, sizeof problem->message,
                           "sort: '%.*s' is not KEY or KEY:asc or KEY:desc, "
                           "with KEY one of created_at, description, id, name, "
                           "size, status, updated_at, volume_id",
                           item.size < 200 ? (int)item.size : 200, item.data);
            return false;
        }
        add_sort(filters, sort);
    }
    return true;
}

/* ----------------------------------------------------------------- a token */

/* Reads a number that fits into a size_t. */
static bool read_count(rs_slice text, size_t *count) {
    *count = 0;
    for (size_t i = 0; i < text.size; i++) {
        size_t digit = (size_t)(unsigned char)text.data[i] - '0';
        if (digit > 9 || *count > (SIZE_MAX - digit) / 10)
            return false;
        *count = *count * 10 + digit;
    }
    return text.size > 0;
}

/* Reads "NUMBER:ID". */
static bool read_place(rs_filter_set *filters, rs_slice value, size_t *number) {
    if (memchr(value.data, ':', value.size) == NULL)
        return false;
    rs_slice count = cut(&value, ':');
    filters->marker = value.size > 0 ? value : (rs_slice){NULL, 0};
    return read_count(count, number);
}

bool rs_filter_read_token(rs_filter_set *filters, rs_slice text) {
    filters->marker = (rs_slice){NULL, 0};
    filters->skip = filters->offset = 0;
    filters->is_finished = filters->is_unsorted = false;
    if (text.size == 0 || memchr(text.data, ':', text.size) == NULL)
        return false;
    rs_slice kind = cut(&text, ':');
    if (rs_slice_is(kind, "end")) {
        filters->is_finished = true;
        return true;
    }
    if (rs_slice_is(kind, "offset"))
        return read_count(text, &filters->offset);
    if (rs_slice_is(kind, "skip"))
        return read_place(filters, text, &filters->skip);
    if (rs_slice_is(kind, "row"))
        return read_place(filters, text, &filters->offset) &&
               filters->marker.data != NULL;
    filters->marker = text;
    filters->is_unsorted = rs_slice_is(kind, "sorted");
    return (filters->is_unsorted || rs_slice_is(kind, "marker")) &&
           text.size > 0;
}

/* ------------------------------------------------------ the public filters */

static rs_slice slice_of(const char *text) {
    return text != NULL ? (rs_slice){text, strlen(text)} : (rs_slice){NULL, 0};
}

#define MAX_METADATA 64

static size_t read_metadata(const rs_metadata_item *from,
                            rs_item to[MAX_METADATA]) {
    size_t count = 0;
    for (; from != NULL && from->key != NULL && count < MAX_METADATA; from++)
        to[count++] = (rs_item){slice_of(from->key), slice_of(from->value)};
    return from != NULL && from->key != NULL ? SIZE_MAX : count;
}

static void read_plain(const rs_filters *from, rs_filter_set *to) {
    bool begins = from->marker != NULL && *from->marker != '\0';
    *to = (rs_filter_set){.name = slice_of(from->name),
                          .status = slice_of(from->status),
                          .volume_id = slice_of(from->volume_id),
                          .project_id = slice_of(from->project_id),
                          .name_like = slice_of(from->name_like),
                          .marker = slice_of(begins ? from->marker : NULL),
                          .extra = slice_of(from->extra),
                          .has_after = from->created_after != 0,
                          .has_before = from->created_before != 0,
                          .created_after = from->created_after,
                          .created_before = from->created_before,
                          .consumes_quota = -1,
                          .page_size = from->page_size,
                          .max = from->max > 0 ? from->max : SIZE_MAX,
                          .skip = from->offset,
                          .all_projects = from->all_projects,
                          .detailed = !from->summary,
                          .prefetch = !from->no_prefetch,
                          .has_own_order = from->extra != NULL &&
                                           strstr(from->extra, "sort") != NULL};
}

/* What is wrong with the filters; NULL: they are right. */
static const char *read_filters(const rs_filters *from, rs_filter_set *to,
                                rs_item items[MAX_METADATA]) {
    rs_decode_error problem;
    read_plain(from, to);
    to->metadata = items;
    to->metadata_count = read_metadata(from->metadata, items);
    if (to->metadata_count == SIZE_MAX)
        return "metadata: more than 64";
    if (from->sort != NULL &&
        !rs_filter_read_sort(to, slice_of(from->sort), &problem))
        return "sort: a list of KEY, KEY:asc or KEY:desc is wanted, with KEY "
               "one of created_at, description, id, name, size, status, "
               "updated_at, volume_id";
    if (from->token != NULL && !rs_filter_read_token(to, slice_of(from->token)))
        return "token does not come from rs_listing_token";
    if (isnan(from->created_after) || isnan(from->created_before))
        return "created_after and created_before: a time is not a number";
    return NULL;
}

rs_listing *rs_listing_new(rs_session *session, const rs_filters *filters,
                           const char **problem) {
    static const rs_filters none = {0};
    rs_filter_set set;
    rs_item items[MAX_METADATA];
    const char *wrong =
        read_filters(filters != NULL ? filters : &none, &set, items);
    if (problem != NULL)
        *problem = wrong;
    return wrong == NULL ? rs_listing_begin(session, &set) : NULL;
}
