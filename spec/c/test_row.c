/*
 * The fast reader of rows and the careful one agree: on the verdict, on every
 * record, on what is around the rows and on the words for what is wrong.
 */
#include "parse/page.h"

#include "documents.h"

#define MAX_ROWS 64
#define MAX_SIZE 8192
#ifndef DOCUMENTS
#define DOCUMENTS 100000
#endif

/* Everything that reading a page gives. */
typedef struct outcome {
    rs_row end;
    rs_page page;
    rs_record records[MAX_ROWS];
    rs_decode_error error;
} outcome;

static void read_page(rs_slice text, bool careful, outcome *out) {
    rs_page_reader reader;
    rs_record record;
    memset(out, 0, sizeof *out);
    rs_page_begin(&reader, text, &out->error);
    reader.careful = careful;
    while ((out->end = rs_page_next(&reader, &record)) == RS_ROW) {
        assert_in_range(reader.page.count, 1, MAX_ROWS);
        out->records[reader.page.count - 1] = record;
    }
    out->page = reader.page;
}

static bool is_same(const outcome *one, const outcome *other) {
    return one->end == other->end && one->page.count == other->page.count &&
           one->page.total == other->page.total &&
           one->page.next_link.data == other->page.next_link.data &&
           one->page.next_link.size == other->page.next_link.size &&
           one->page.next_escaped == other->page.next_escaped &&
           memcmp(one->records, other->records, sizeof one->records) == 0 &&
           strcmp(one->error.message, other->error.message) == 0;
}

/* Reads a copy without a byte to spare in both ways. Returns whether it is a
 * page. */
static bool assert_agreement(const char *text, size_t size) {
    static outcome fast, careful;
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    read_page((rs_slice){copy, size}, false, &fast);
    read_page((rs_slice){copy, size}, true, &careful);
    free(copy);
    if (!is_same(&fast, &careful)) {
        fail_msg("the readers disagree (%s; %s) on %.*s", fast.error.message,
                 careful.error.message, (int)size, text);
    }
    return fast.end == RS_ROWS_END;
}

/* --------------------------------------------------------------- documents */

static const char *const rows[] = {
    "{'id': 'f57f724d-3f18-422e-8278-08f468f770d7', 'created_at': "
    "'2026-11-23T07:55:52.517150', 'updated_at': null, 'name': 'cap-1', "
    "'description': 'first', 'volume_id': '00ff3a53', 'status': 'available', "
    "'size': 1, 'metadata': {'k1': 'v1'}, 'group_snapshot_id': null, "
    "'user_id': '71260c2d', 'consumes_quota': true, '" EXTENDED
    "project_id': 'fac500a5', '" EXTENDED "progress': '100%'}",
    "{'id': '1eb94c4b-bdcb-4bde-bddf-d6e063661fbf', 'created_at': "
    "'2026-11-23T07:55:54.081664', 'updated_at': '2026-11-23T07:55:55.168174', "
    "'name': 'zweit\xC3\xA4\\u00e4', 'description': null, 'volume_id': "
    "'00ff3a53', 'status': 'creating', 'size': 1024, 'metadata': {}, "
    "'group_snapshot_id': null, 'user_id': '71260c2d', 'consumes_quota': "
    "false, '" EXTENDED "project_id': 'fac500a5', '" EXTENDED
    "progress': '42%'}",
    "{'id':'a','display_name':'b','size':10,'created_at':'2012-02-29T03:50:07Z'"
    ",'volume_id':'v','display_description':null,'status':'available'}",
    "{ 'id' : 7 , 'size' : '10' , 'metadata' : [] , 'x' : [ { } , 1.5e3 ] , "
    "'name' : 'n' , 'display_name' : 'm' , 'y' : { 'a' : { 'b' : -0 } } }",
    "{'name':'n','id':'i','id':'j','metadata':{'a':1,'b':true,'c':null,'d':''},"
    "'n\\u0061me':'o','size':-12,'consumes_quota':0}",
    "{\n\t'id' : 'x' ,\r\n\t'metadata' : { 'k' : 'v' , 'l' : false } , "
    "'description' : '\\ud83d\\ude00\\n' , 'size' : 123456789012345678 }",
    "null",
};

static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);

static size_t pick(size_t count) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed >> 11) % count;
}

static size_t add(char *text, size_t size, const char *more) {
    for (; *more != '\0'; more++) {
        assert_true(size < MAX_SIZE);
        text[size++] = *more == '\'' ? '"' : *more;
    }
    return size;
}

/* A page of a few rows of one kind or of several. */
static size_t make_page(char *text) {
    size_t count = pick(5), kind = pick(COUNT(rows));
    bool mixed = pick(3) == 0;
    size_t size = add(text, 0, pick(2) ? "{'snapshots': [" : "{ 'snapshots':[");
    for (size_t i = 0; i < count; i++) {
        size = add(text, size, i > 0 ? ", " : "");
        size = add(text, size, rows[mixed ? pick(COUNT(rows)) : kind]);
    }
    return add(text, size,
               pick(2) ? "]}"
                       : "], 'snapshots_links': [{'rel': 'next', 'href': "
                         "'http://h/?marker=a'}], 'count': 12}");
}

/* Replaces some bytes. */
static size_t splice(char *text, size_t size, size_t at, size_t length,
                     const char *middle) {
    size_t more = strlen(middle);
    if (length > size - at)
        length = size - at;
    if (size - length + more > MAX_SIZE)
        return size;
    memmove(text + at + more, text + at + length, size - at - length);
    memcpy(text + at, middle, more);
    return size - length + more;
}

static size_t damage(char *text, size_t size) {
    static const char *const poison[] = {",",
                                         ":",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         "\"",
                                         "\\",
                                         "0",
                                         "-",
                                         ".",
                                         "e",
                                         "01",
                                         "-0",
                                         "nul",
                                         "true",
                                         "null",
                                         "\"id\":",
                                         "1e999",
                                         "\x01",
                                         "\x7F",
                                         "\x80",
                                         "\xC3",
                                         "\xC3\xA4",
                                         "\\u00e4",
                                         "\\ud800",
                                         "\\x",
                                         " ",
                                         "\n",
                                         "{}",
                                         "[]",
                                         "\"\"",
                                         "\"id\":\"q\",",
                                         ",\"size\":1",
                                         "9223372036854775808",
                                         "1234567890123456789"};
    size_t at = pick(size);
    switch (pick(6)) {
    case 0:
        text[at] = (char)(text[at] ^ (1 << pick(8)));
        return size;
    case 1:
        text[at] = (char)pick(256);
        return size;
    case 2:
        return splice(text, size, at, 1 + pick(4), "");
    case 3:
        return pick(4) == 0 ? at : splice(text, size, at, 0, " ");
    default:
        return splice(text, size, at, pick(3), poison[pick(COUNT(poison))]);
    }
}

static void agree_on_damaged_documents(void **state) {
    static char text[MAX_SIZE];
    size_t pages = 0;
    (void)state;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        size_t size = make_page(text);
        for (size_t n = pick(4); n > 0 && size > 0; n--)
            size = damage(text, size);
        pages += assert_agreement(text, size);
    }
    assert_in_range(pages, DOCUMENTS / 4, DOCUMENTS * 3 / 4);
}

static void agree_on_every_truncation(void **state) {
    static char text[MAX_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t size = add(text, 0, "{'snapshots':[");
        size = add(text, add(text, size, rows[i]), ",");
        size = add(text, add(text, size, rows[i]), "]}");
        assert_true(assert_agreement(text, size));
        for (size_t cut = 0; cut < size; cut++)
            assert_false(assert_agreement(text, cut));
    }
}

/* Replaces every byte of a row by every other byte. */
static void agree_on_every_changed_byte(void **state) {
    static char text[MAX_SIZE];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t start = add(text, add(text, 0, "{'snapshots':["), rows[i]);
        start = add(text, start, ",");
        size_t end = add(text, start, rows[i]), size = add(text, end, "]}");
        for (size_t at = start - 1; at < end; at++) {
            char before = text[at];
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                (void)assert_agreement(text, size);
            }
            text[at] = before;
        }
    }
}

/* --------------------------------------------------- the fast reader alone */

/* The fast reader takes the row, or refuses it. */
static void assert_taken(const char *row, bool taken) {
    rs_leads leads = {0};
    rs_snapshot snapshot;
    char text[2048];
    size_t size = add(text, 0, row);
    size_t all = add(text, size, ", {} ]}");
    const char *behind = rs_row_read(text, text + all, &leads, &snapshot);
    if ((behind != NULL) != taken)
        fail_msg("%s: %s", taken ? "refused" : "taken", row);
    if (taken) {
        assert_ptr_equal(behind, text + size);
        assert_int_equal(snapshot.size, size);
    }
}

static void takes_what_is_usual(void **state) {
    (void)state;
    assert_taken(rows[0], true);
    assert_taken(rows[1], true);
    assert_taken(rows[2], true);
    assert_taken(rows[5], true);
    assert_taken("{'id':7}", true);
    assert_taken("{'id':'a','x':{'y':1,'z':'\\n'},'metadata':{ }}", true);
    assert_taken("{'id':'\\u00e9','name':'\xFF','status':'\xC3\xA4'}", true);
}

static void refuses_what_is_unusual(void **state) {
    static const char *const unusual[] = {
        "{}",
        "{'name':'n'}",
        "{'id':''}",
        "{'id':null}",
        "{'id':true}",
        "{'id':{}}",
        "{'id':1.5}",
        "{'id':'a','size':-0}",
        "{'id':'a','size':01}",
        "{'id':'a','size':-}",
        "{'id':'a','size':1e2}",
        "{'id':'a','size':1E2}",
        "{'id':'a','size':1234567890123456789}",
        "{'id':'a','x':[]}",
        "{'id':'a','x':{'y':{}}}",
        "{'id':'a','x':{'y':[]}}",
        "{'id':'a','x':{'y':1,}}",
        "{'id':'a','x':{'y' 1}}",
        "{'id':'a','x':{y:1}}",
        "{'id':'a','x':{'\\x':1}}",
        "{'id':'a','x':{'y':1]}",
        "{'id':'a','x':nil}",
        "{'id':'a','x':+1}",
        "{'id':'a','x':'\\x'}",
        "{'id':'a','x':'\t'}",
        "{'id':'a','n\\u0061me':'n'}",
        "{'id':'a','name':'n','name':'m'}",
        "{'id':'a','name':'n','display_name':'m'}",
        "{'id':'a','name':null,'display_name':'m'}",
        "{'id':'a',}",
        "{'id':'a' 'b'}",
        "{'id' 'a'}",
        "{id:'a'}",
        "{,'id':'a'}",
        "{'id':'a'",
        "{'id':'a']",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(unusual); i++)
        assert_taken(unusual[i], false);
}

/* A row never takes over anything from the row before. */
static void guesses_cost_nothing_but_time(void **state) {
    static const char first[] = "{\"id\":\"a\", \"name\": \"n\", \"size\": 1}";
    static const char *const others[] = {
        "{'id':'a', 'name': null, 'size': 22}",
        "{'id':'a', 'name':  'n', 'size': 1}",
        "{'id':'a', 'nama': 'n', 'size': 1}",
        "{'name':'a', 'id': 'n'}",
        "{'id':'a', 'size': 1, 'name': 'n'}",
        "{'id':'a'}",
        "{'id':'a', 'name': 'n', 'size': 1, 'status': 's'}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        static char text[MAX_SIZE];
        size_t size = add(text, 0, "{'snapshots':[");
        for (int n = 0; n < 3; n++) {
            size = add(text, add(text, size, first), ",");
            size = add(text, add(text, size, others[i]), n < 2 ? "," : "]}");
        }
        assert_true(assert_agreement(text, size));
    }
}

static void remembers_no_more_than_it_has_room_for(void **state) {
    static char text[MAX_SIZE];
    char member[200];
    size_t size = add(text, 0, "{'snapshots':[");
    (void)state;
    for (int n = 0; n < 3; n++) {
        size = add(text, size, n > 0 ? ",{'id':'a'" : "{'id':'a'");
        for (int i = 0; i < 2 * RS_MAX_LEADS; i++) {
            snprintf(member, sizeof member, ",'%0*d':%d", i % 2 ? 3 : 140, i,
                     i);
            size = add(text, size, i % 5 == 1 ? member : ",'x':'y'");
        }
        size = add(text, size, ",'name':'n'}");
    }
    size = add(text, size, "]}");
    assert_true(assert_agreement(text, size));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_on_damaged_documents),
        cmocka_unit_test(agree_on_every_truncation),
        cmocka_unit_test(agree_on_every_changed_byte),
        cmocka_unit_test(takes_what_is_usual),
        cmocka_unit_test(refuses_what_is_unusual),
        cmocka_unit_test(guesses_cost_nothing_but_time),
        cmocka_unit_test(remembers_no_more_than_it_has_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
