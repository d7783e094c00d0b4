#include <string.h>

#include "listing/internal.h"
#include "parse/ascii.h"

#define SCRATCH 1024  /* bytes; a longer decoded field counts as none */
#define LONGEST 1024  /* bytes of a value that is sent in a URL, at most */
#define TEXT_FIELDS 7 /* slices in a set: see texts_of */

/* ------------------------------------------------------------------ a copy */

static void texts_of(rs_filter_set *set, rs_slice *texts[TEXT_FIELDS]) {
    texts[0] = &set->name;
    texts[1] = &set->status;
    texts[2] = &set->volume_id;
    texts[3] = &set->project_id;
    texts[4] = &set->name_like;
    texts[5] = &set->marker;
    texts[6] = &set->extra;
}

static void move_text(rs_slice *text, char **to) {
    if (text->data == NULL)
        return;
    if (text->size > 0)
        memcpy(*to, text->data, text->size);
    text->data = *to;
    *to += text->size;
}

static size_t measure(const rs_filter_set *filters) {
    rs_filter_set set = *filters;
    rs_slice *texts[TEXT_FIELDS];
    size_t size = sizeof set + set.metadata_count * sizeof(rs_item);
    texts_of(&set, texts);
    for (size_t i = 0; i < TEXT_FIELDS; i++)
        size += texts[i]->size;
    for (size_t i = 0; i < set.metadata_count; i++)
        size += set.metadata[i].key.size + set.metadata[i].value.size;
    return size;
}

rs_filter_set *rs_filter_copy(const rs_filter_set *filters,
                              const rs_allocator *memory, size_t *size) {
    *size = measure(filters);
    rs_filter_set *copy = rs_new(memory, *size);
    if (copy == NULL)
        return NULL;
    *copy = *filters;
    rs_item *items = (rs_item *)(void *)(copy + 1);
    char *to = (char *)(items + copy->metadata_count);
    rs_slice *texts[TEXT_FIELDS];
    texts_of(copy, texts);
    for (size_t i = 0; i < TEXT_FIELDS; i++)
        move_text(texts[i], &to);
    for (size_t i = 0; i < copy->metadata_count; i++) {
        items[i] = filters->metadata[i];
        move_text(&items[i].key, &to);
        move_text(&items[i].value, &to);
    }
    copy->metadata = items;
    return copy;
}

/* -------------------------------------------------------------- a row passes
 */

static bool is_status(const char *text, const rs_snapshot *row,
                      rs_slice wanted) {
    char scratch[SCRATCH];
    rs_slice found =
        rs_snapshot_text(text, row, RS_FIELD_STATUS, scratch, sizeof scratch);
    if (found.data == NULL || found.size != wanted.size)
        return false;
    for (size_t i = 0; i < found.size; i++)
        if (rs_lower(found.data[i]) != rs_lower(wanted.data[i]))
            return false;
    return true;
}

static bool contains(rs_slice text, rs_slice part) {
    for (size_t i = 0; i + part.size <= text.size; i++)
        if (memcmp(text.data + i, part.data, part.size) == 0)
            return true;
    return false;
}

/* An escaped name that does not fit counts as none; services keep 255
 * characters. */
static bool is_named_like(const char *text, const rs_snapshot *row,
                          rs_slice part) {
    char scratch[8 * SCRATCH];
    rs_slice name =
        rs_snapshot_text(text, row, RS_FIELD_NAME, scratch, sizeof scratch);
    if (name.data == NULL)
        return part.size == 0;
    return contains(name, part);
}

static bool has_metadata(const rs_filter_set *filters, const char *text,
                         const rs_snapshot *row) {
    for (size_t i = 0; i < filters->metadata_count; i++) {
        rs_text found;
        if (!rs_metadata_find(text, row, filters->metadata[i].key, &found) ||
            !rs_text_equals(found, filters->metadata[i].value))
            return false;
    }
    return true;
}

static bool is_in_time(const rs_filter_set *filters, const char *text,
                       const rs_snapshot *row) {
    double seconds;
    if (!filters->has_after && !filters->has_before)
        return true;
    return rs_snapshot_time(text, row, RS_FIELD_CREATED_AT, &seconds) &&
           (!filters->has_after || seconds > filters->created_after) &&
           (!filters->has_before || seconds < filters->created_before);
}

/* Without the attribute, a service counts every snapshot. */
static bool counts(const char *text, const rs_snapshot *row, bool wanted) {
    bool consumes = true;
    (void)rs_snapshot_consumes_quota(text, row, &consumes);
    return consumes == wanted;
}

static bool is_text(const char *text, const rs_snapshot *row, rs_field field,
                    rs_slice wanted) {
    return wanted.data == NULL || rs_snapshot_is(text, row, field, wanted);
}

/* The next hexadecimal digit of a UUID, in lower case; dashes are left out.
 * '\0' at its end, or if it is none. */
static char next_digit(rs_slice *uuid) {
    while (uuid->size > 0 && *uuid->data == '-')
        *uuid = rs_slice_from(*uuid, 1);
    if (uuid->size == 0 || rs_hex_digit(*uuid->data) < 0)
        return '\0';
    char digit = rs_lower(*uuid->data);
    *uuid = rs_slice_from(*uuid, 1);
    return digit;
}

/* Are these two spellings of one UUID? Most databases find it in capitals, too.
 */
static bool is_same_uuid(rs_slice a, rs_slice b) {
    int digits = 0;
    for (char digit; (digit = next_digit(&a)) == next_digit(&b); digits++)
        if (digit == '\0')
            return digits == 32 && a.size == 0 && b.size == 0;
    return false;
}

static bool is_of_volume(const char *text, const rs_snapshot *row,
                         rs_slice wanted) {
    char scratch[SCRATCH];
    return is_text(text, row, RS_FIELD_VOLUME_ID, wanted) ||
           is_same_uuid(rs_snapshot_text(text, row, RS_FIELD_VOLUME_ID, scratch,
                                         sizeof scratch),
                        wanted);
}

static bool passes_tests(const rs_filter_set *filters, const char *text,
                         const rs_snapshot *row) {
    return is_of_volume(text, row, filters->volume_id) &&
           is_text(text, row, RS_FIELD_NAME, filters->name) &&
           is_text(text, row, RS_FIELD_PROJECT_ID, filters->project_id) &&
           (filters->status.data == NULL ||
            is_status(text, row, filters->status)) &&
           (filters->name_like.data == NULL ||
            is_named_like(text, row, filters->name_like)) &&
           (filters->consumes_quota < 0 ||
            counts(text, row, filters->consumes_quota == 1)) &&
           is_in_time(filters, text, row) && has_metadata(filters, text, row);
}

bool rs_filter_passes(const rs_filter_set *filters, const char *text,
                      const rs_snapshot *row, rs_slice besides) {
    return passes_tests(filters, text, row) ||
           (besides.data != NULL &&
            rs_snapshot_is(text, row, RS_FIELD_ID, besides));
}

static bool tests_texts(const rs_filter_set *filters) {
    return filters->name.data != NULL || filters->status.data != NULL ||
           filters->volume_id.data != NULL;
}

static bool tests_here_only(const rs_filter_set *filters) {
    return filters->project_id.data != NULL ||
           filters->name_like.data != NULL || filters->has_after ||
           filters->has_before;
}

bool rs_filter_tests(const rs_filter_set *filters) {
    return tests_texts(filters) || tests_here_only(filters) ||
           filters->metadata_count > 0 || filters->consumes_quota >= 0;
}

/* ------------------------------------------------ what the service applies */

/* Services refuse what is not UTF-8, and URLs that are too long. */
static bool is_sendable(rs_slice text) {
    return text.data != NULL && text.size <= LONGEST && rs_utf8_is_valid(text);
}

static bool is_sendable_metadata(const rs_filter_set *filters) {
    size_t size = 0;
    for (size_t i = 0; i < filters->metadata_count; i++) {
        const rs_item *item = &filters->metadata[i];
        size += item->key.size + item->value.size + 6;
        if (size > LONGEST || !rs_utf8_is_valid(item->key) ||
            !rs_utf8_is_valid(item->value))
            return false;
    }
    return filters->metadata_count > 0;
}

/* Does the service sort by these keys in the usual way? Not by texts: databases
 * have their own orders for these. And if some rows have no text and others an
 * empty one, Cinder sorts them apart, but treats them as equal when it looks
 * for what comes after a marker, so whole pages are left out. */
static bool is_sorted_there(const rs_filter_set *filters,
                            const rs_session *session) {
    for (size_t i = 0; i < filters->sort_count; i++)
        if (filters->sort[i].key == RS_FIELD_NAME ||
            filters->sort[i].key == RS_FIELD_DESCRIPTION)
            return false;
    return session->api_version >= 2;
}

rs_applied rs_filter_applied(const rs_filter_set *filters,
                             const rs_session *session) {
    rs_applied applied = {0};
    int version = session->api_version, minor = session->microversion;
    if (version < 2)
        return applied;
    applied.name = is_sendable(filters->name);
    applied.status = is_sendable(filters->status);
    applied.volume_id = is_sendable(filters->volume_id);
    applied.metadata =
        (minor >= 22 || filters->volumes) && is_sendable_metadata(filters);
    applied.consumes_quota = minor >= 65 && filters->consumes_quota >= 0;
    applied.sort = filters->sort_count > 0 && is_sorted_there(filters, session);
    return applied;
}

bool rs_filter_is_applied_whole(const rs_filter_set *filters,
                                const rs_applied *applied) {
    return !tests_here_only(filters) &&
           (filters->name.data == NULL || applied->name) &&
           (filters->status.data == NULL || applied->status) &&
           (filters->volume_id.data == NULL || applied->volume_id) &&
           (filters->metadata_count == 0 || applied->metadata) &&
           (filters->consumes_quota < 0 || applied->consumes_quota);
}

/* Does it have only characters of the ids and statuses that services make? No
 * database treats two different ones of these as equal. */
static bool is_plain(rs_slice text) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    for (size_t i = 0; i < text.size; i++)
        if (memchr(letters, text.data[i], sizeof letters - 1) == NULL)
            return false;
    return true;
}

/* Does the service count exactly what passes here? Databases treat some names
 * as equal that differ. */
static bool is_applied_exactly(const rs_filter_set *filters,
                               const rs_applied *applied) {
    rs_applied exact = {.status = applied->status && is_plain(filters->status),
                        .volume_id =
                            applied->volume_id && is_plain(filters->volume_id),
                        .consumes_quota = applied->consumes_quota};
    return rs_filter_is_applied_whole(filters, &exact);
}

bool rs_filter_is_counted(const rs_filter_set *filters,
                          const rs_session *session) {
    rs_applied applied = rs_filter_applied(filters, session);
    return session->api_version == 3 && session->microversion >= 45 &&
           !session->refuses_filters && is_applied_exactly(filters, &applied);
}
