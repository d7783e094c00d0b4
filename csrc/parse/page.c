#include "parse/page.h"

#include "parse/ascii.h"
#include "parse/decoder.h"
#include "parse/field.h"

#define MAX_HREF ((size_t)16 * 1024)

/* What comes next. */
enum { BEFORE, MEMBERS, ROWS, AFTER, BROKEN };

/* ------------------------------------------------------------------- links */

/* Is the value "next", in any case? */
static bool is_next_relation(const rs_json_token *value) {
    char scratch[8];
    return value->type == RS_JSON_STRING &&
           rs_slice_spells(
               rs_text_decode((rs_text){value->text, value->escaped}, scratch,
                              sizeof scratch),
               "next");
}

/* Takes the address of the next page; anything else counts as absent. */
static bool take_href(rs_decoder *d, const rs_json_token *href, rs_page *page) {
    if (href->type != RS_JSON_STRING || href->text.size == 0)
        return true;
    if (href->text.size > MAX_HREF)
        return rs_decoder_fail(d, "the next page's link is longer than 16 KiB");
    page->next_link = href->text;
    page->next_escaped = href->escaped;
    return true;
}

/* Reads the value of "next": an address, or an object with its href. */
static bool read_next(rs_decoder *d, const rs_json_token *token,
                      rs_page *page) {
    rs_json_token key, value, href = *token;
    if (token->type != RS_JSON_OBJECT)
        return rs_decoder_skip(d, token) && take_href(d, token, page);
    while (rs_decoder_member(d, &key, &value)) {
        if (rs_json_equals(&key, "href"))
            href = value;
        if (!rs_decoder_skip(d, &value))
            return false;
    }
    return key.type != RS_JSON_ERROR && take_href(d, &href, page);
}

/* Reads the rest of {"rel": "next", "href": ...}, or of {"next": ...}. */
static bool read_link(rs_decoder *d, rs_page *page) {
    rs_json_token key, value, href = {.type = RS_JSON_END};
    bool is_next = false;
    while (rs_decoder_member(d, &key, &value)) {
        if (rs_json_equals(&key, "next")) {
            if (!read_next(d, &value, page))
                return false;
            continue;
        }
        if (rs_json_equals(&key, "rel"))
            is_next = is_next_relation(&value);
        else if (rs_json_equals(&key, "href"))
            href = value;
        if (!rs_decoder_skip(d, &value))
            return false;
    }
    return key.type != RS_JSON_ERROR && (!is_next || take_href(d, &href, page));
}

/* Reads a list of links, or a single link object. */
static bool read_links(rs_decoder *d, const rs_json_token *opening,
                       rs_page *page) {
    rs_json_token token;
    if (opening->type == RS_JSON_OBJECT)
        return read_link(d, page);
    if (opening->type != RS_JSON_ARRAY)
        return true;
    while (rs_json_next(d->json, &token) != RS_JSON_ARRAY_END)
        if (token.type == RS_JSON_OBJECT ? !read_link(d, page)
                                         : !rs_decoder_skip(d, &token))
            return false;
    return true;
}

/* ------------------------------------------------------------ the envelope */

/* Takes {"count": N}, also as text; anything else counts as absent. */
static bool take_count(rs_decoder *d, const rs_json_token *value,
                       rs_page *page) {
    int64_t number;
    page->total = rs_token_whole(value, &number) && number >= 0 ? number : -1;
    return rs_decoder_skip(d, value);
}

/* Is the list null or, as gateways in Lua and PHP write it, {}? Reads on. */
static bool is_no_list(rs_decoder *d, const rs_json_token *opening) {
    rs_json_token next;
    return opening->type == RS_JSON_NULL ||
           (opening->type == RS_JSON_OBJECT &&
            rs_json_next(d->json, &next) == RS_JSON_OBJECT_END);
}

/* Begins the list of rows; a second list replaces the first. */
static bool begin_rows(rs_page_reader *reader, rs_decoder *d,
                       const rs_json_token *opening) {
    if (opening->type != RS_JSON_ARRAY && !is_no_list(d, opening))
        return rs_decoder_fail_type(d, "an array", opening->type);
    reader->found = true;
    reader->page.count = reader->page.nulls = 0;
    reader->index = 0;
    reader->state = opening->type == RS_JSON_ARRAY ? ROWS : MEMBERS;
    return true;
}

/* Notes how many rows there are in all, if the member says so. Services have
 * many names for that: "count", "total", "total_count", "totalResults". */
static void note_sum(rs_page_reader *reader, const rs_json_token *key,
                     const rs_json_token *value) {
    int64_t number;
    bool named = rs_slice_find(key->text, "count") < key->text.size ||
                 rs_slice_find(key->text, "total") < key->text.size;
    if (named && rs_token_whole(value, &number) && number > reader->sum)
        reader->sum = number;
}

/* Does the value mean anything but "no"? */
static bool says_yes(const rs_json_token *value, rs_slice raw) {
    if (value->type == RS_JSON_STRING)
        return value->text.size > 0;
    bool is_no = value->type == RS_JSON_NULL || value->type == RS_JSON_FALSE;
    return !is_no && *raw.data != '0' && raw.size != sizeof "{}" - 1;
}

/* Does a member besides the rows suggest more rows? Services have many names
 * for it: "next_marker", "pagination": {"next": ...}, "has_more". Then another
 * page may follow, even if no link is understood. */
static bool speaks_of_more(const rs_json_token *key, const rs_json_token *value,
                           rs_slice raw) {
    static const char *const names[] = {"next", "more", "truncated"};
    bool named = rs_slice_find(raw, names[0]) < raw.size ||
                 (value->type == RS_JSON_STRING &&
                  rs_slice_find(key->text, "links") < key->text.size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        named = named || rs_slice_find(key->text, names[i]) < key->text.size;
    return named && says_yes(value, raw);
}

/* Reads a member of the envelope, whose value begins with this token. */
static bool read_member(rs_page_reader *reader, rs_decoder *d,
                        const rs_json_token *key, const rs_json_token *value) {
    static const char *const links[] = {"snapshots_links", "snapshot_links",
                                        "volumes_links", "links"};
    if (rs_json_equals(key, reader->array))
        return begin_rows(reader, d, value);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (rs_json_equals(key, links[i])) {
            d->member = links[i];
            return read_links(d, value, &reader->page);
        }
    }
    if (rs_json_equals(key, "next")) {
        d->member = "next";
        return read_next(d, value, &reader->page);
    }
    return rs_json_equals(key, "count") ? take_count(d, value, &reader->page)
                                        : rs_decoder_skip(d, value);
}

/* Reads the envelope up to a list of rows, or to its end. */
static bool read_members(rs_page_reader *reader, rs_decoder *d) {
    rs_json_token key, value;
    while (rs_decoder_member(d, &key, &value)) {
        d->member = reader->array;
        const char *start = value.text.data;
        if (!read_member(reader, d, &key, &value))
            return false;
        if (reader->state == ROWS)
            return true;
        note_sum(reader, &key, &value);
        rs_slice raw = {start, (size_t)(d->json->at - start)};
        if (speaks_of_more(&key, &value, raw))
            reader->page.hints = true;
    }
    d->member = reader->array;
    reader->state = AFTER;
    size_t places = reader->page.count + reader->page.nulls;
    if (reader->sum > (int64_t)places)
        reader->page.hints = true;
    return key.type != RS_JSON_ERROR && rs_decoder_close(d) &&
           (reader->found || rs_decoder_fail(d, "missing"));
}

/* -------------------------------------------------------------------- rows */

/* Reads the next row; after the list's end, the envelope continues. */
static bool read_row(rs_page_reader *reader, rs_decoder *d, rs_record *record) {
    rs_json_token token;
    while (rs_json_next(&reader->json, &token) == RS_JSON_NULL) {
        reader->index++;
        reader->page.nulls++;
    }
    if (token.type == RS_JSON_ARRAY_END) {
        reader->state = MEMBERS;
        return true;
    }
    d->indexed = true;
    d->index = reader->index++;
    record->offset = (uint32_t)(token.text.data - reader->json.start);
    const char *behind = NULL;
    if (token.type == RS_JSON_OBJECT && !reader->careful) {
        behind = rs_row_read(token.text.data, reader->json.end, &reader->leads,
                             &record->snapshot);
    }
    if (behind != NULL)
        rs_json_leave(&reader->json, behind);
    else if (!rs_decoder_snapshot(d, &token, &record->snapshot))
        return false;
    reader->page.count++;
    return true;
}

void rs_page_begin(rs_page_reader *reader, rs_slice text,
                   rs_decode_error *error) {
    rs_decoder d;
    *reader = (rs_page_reader){
        .page.total = -1, .error = error, .array = "snapshots"};
    if (!rs_decoder_start(&d, &reader->json, text, error))
        reader->state = BROKEN;
}

void rs_page_of_volumes(rs_page_reader *reader) {
    reader->array = "volumes";
    reader->volumes = true;
}

rs_row rs_page_next(rs_page_reader *reader, rs_record *record) {
    rs_decoder d = {.json = &reader->json,
                    .member = reader->array,
                    .error = reader->error,
                    .any_id = reader->volumes};
    bool ok = reader->state != BROKEN;
    if (reader->state == BEFORE) {
        d.member = NULL;
        ok = rs_decoder_open(&d);
        reader->state = MEMBERS;
    }
    while (ok && reader->state != AFTER) {
        if (reader->state == MEMBERS) {
            ok = read_members(reader, &d);
            continue;
        }
        ok = read_row(reader, &d, record);
        if (ok && reader->state == ROWS)
            return RS_ROW;
    }
    if (!ok) {
        reader->state = BROKEN;
        return RS_ROWS_BAD;
    }
    return RS_ROWS_END;
}
