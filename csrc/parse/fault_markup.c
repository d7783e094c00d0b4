/*
 * Faults in XML, in HTML pages and in plain text.
 */
#include "parse/fault_internal.h"

/* A tag: <name ...>, </name>. */
typedef struct element {
    rs_slice name; /* without its prefix; size 0 if there is no further tag */
    bool is_end;
    size_t start, after; /* where the tag is in the text, and its end */
} element;

/* The elements that may hold the service's words, best first. */
static const char *const message_names[] = {
    "message", "faultstring",         "errormessage errormsg msg",
    "reason",  "description details", "detail text"};

static const char code_names[] = "errorcode faultcode code";

/* Names around a fault that do not name it. */
static const char generic[] = "fault error errors errorresponse envelope "
                              "response exception apierror result";

static const char page_names[] =
    "html head body title h1 h2 h3 p div center pre br hr a b i font table "
    "span style script meta link";

static bool is_name_character(char c) {
    return rs_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* The name at this place, without its prefix. */
static rs_slice name_at(rs_slice text, size_t at) {
    size_t start = at;
    while (at < text.size &&
           (is_name_character(text.data[at]) || text.data[at] == ':')) {
        start = text.data[at] == ':' ? at + 1 : start;
        at++;
    }
    return (rs_slice){text.data + start, at - start};
}

/* The next place of a character, from `at` on, or the end. */
static size_t place(rs_slice text, size_t at, char wanted) {
    const char *found = memchr(text.data + at, wanted, text.size - at);
    return found != NULL ? (size_t)(found - text.data) : text.size;
}

/* The next tag from `at` on; comments and declarations do not count. */
static element next_element(rs_slice text, size_t at) {
    element next = {.name = {"", 0}};
    while (next.name.size == 0 && at < text.size) {
        next.start = place(text, at, '<');
        at = next.start + (next.start < text.size);
        next.is_end = at < text.size && text.data[at] == '/';
        next.name = name_at(text, at + next.is_end);
    }
    next.after = at < text.size ? place(text, at, '>') : text.size;
    next.after += next.after < text.size;
    return next;
}

/* ----------------------------------------------------- words out of markup */

/* Entities, and what they stand for. */
static const char *const entities[][2] = {{"&lt;", "<"},   {"&gt;", ">"},
                                          {"&amp;", "&"},  {"&quot;", "\""},
                                          {"&apos;", "'"}, {"&nbsp;", " "}};

/* Reads a numeric entity for an ASCII character at the start, &#39; or &#x27;,
 * and its length; false if there is none. */
static bool take_number(rs_slice text, char *meaning, size_t *length) {
    int base = rs_slice_starts(text, "&#x") ? 16 : 10, code = 0;
    size_t at = base == 16 ? 3 : 2;
    if (!rs_slice_starts(text, "&#"))
        return false;
    for (; at < text.size && code < 128; at++) {
        int digit = rs_hex_digit(text.data[at]);
        if (digit < 0 || digit >= base)
            break;
        code = code * base + digit;
    }
    if (at == text.size || text.data[at] != ';' || code == 0 || code > 127)
        return false;
    *meaning = (char)code;
    *length = at + 1;
    return true;
}

/* Reads an entity for an ASCII character at the start, and its length; false if
 * there is none. */
static bool take_entity(rs_slice text, char *meaning, size_t *length) {
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (rs_slice_starts(text, entities[i][0])) {
            *meaning = *entities[i][1];
            *length = strlen(entities[i][0]);
            return true;
        }
    }
    return take_number(text, meaning, length);
}

/* The size of the markup at the start, which is not for people. */
static size_t markup(rs_slice text) {
    static const char *const hidden[] = {"style", "script"};
    if (text.data[0] != '<')
        return 0;
    for (size_t i = 0; i < 2; i++) {
        if (rs_slice_spells(name_at(text, 1), hidden[i])) {
            size_t end = 1;
            do {
                end = place(text, end, '<') + 1;
            } while (end < text.size &&
                     !rs_slice_starts(rs_slice_from(text, end + 1), hidden[i]));
            return end < text.size ? end - 1 : text.size;
        }
    }
    return rs_fault_tag(text);
}

/* Adds the literal text at the start, and returns its length; 0 if there is
 * none. */
static size_t add_literal(rs_words *words, rs_slice text) {
    static const char start[] = "<![cdata[", end[] = "]]>";
    if (!rs_slice_starts(text, start))
        return 0;
    rs_slice literal = rs_slice_from(text, sizeof start - 1);
    size_t size = rs_slice_find(literal, end);
    rs_words_add(words, (rs_slice){literal.data, size});
    return sizeof start - 1 + size + (size < literal.size ? sizeof end - 1 : 0);
}

/* Adds the text of markup: without tags, and with the entities' meanings. */
static void add_markup(rs_words *words, rs_slice text) {
    while (text.size > 0 && !words->cut) {
        char meaning;
        size_t literal = add_literal(words, text), plain = 0;
        size_t length = literal > 0 ? 0 : markup(text);
        if (length > 0) {
            rs_words_add(words, (rs_slice){" ", 1});
        } else if (literal > 0) {
            length = literal;
        } else if (take_entity(text, &meaning, &length)) {
            rs_words_add(words, (rs_slice){&meaning, 1});
        } else {
            do { /* also a lone '<' */
                plain++;
            } while (plain < text.size && text.data[plain] != '<' &&
                     text.data[plain] != '&');
            rs_words_add(words, (rs_slice){text.data, plain});
            length = plain;
        }
        text = rs_slice_from(text, length);
    }
}

/* Are there only blanks in the words? Then they are cleared. */
static bool is_empty(rs_words *words) {
    if (rs_slice_trim((rs_slice){words->data, words->size}).size == 0)
        words->size = 0;
    return words->size == 0;
}

/* --------------------------------------------------------------------- XML */

/* The content of the first element with one of these names; false if there is
 * none. */
static bool content(rs_slice text, const char *names, rs_slice *inner) {
    element start = next_element(text, 0);
    while (start.name.size > 0 &&
           (start.is_end || !rs_fault_has_name(start.name, names)))
        start = next_element(text, start.after);
    if (start.name.size == 0 || text.data[start.after - 1] != '>' ||
        text.data[start.after - 2] == '/')
        return false;
    element end = next_element(text, start.after);
    while (end.name.size > 0 &&
           !(end.is_end && end.name.size == start.name.size &&
             memcmp(end.name.data, start.name.data, end.name.size) == 0))
        end = next_element(text, end.after);
    if (end.name.size == 0)
        end.start = text.size;
    *inner = (rs_slice){text.data + start.after, end.start - start.after};
    return true;
}

static void read_message(rs_words *message, rs_slice text) {
    size_t count = sizeof message_names / sizeof *message_names;
    rs_slice inner;
    for (size_t i = 0; i < count && is_empty(message); i++)
        if (content(text, message_names[i], &inner))
            add_markup(message, inner);
}

static void read_code(rs_fault_reader *reader, rs_slice text, rs_slice root) {
    rs_slice inner;
    if (content(text, code_names, &inner)) {
        rs_words code = {.size = 0};
        add_markup(&code, inner);
        reader->is_coded =
            rs_fault_take_code(reader, (rs_slice){code.data, code.size});
    }
    if (!rs_fault_has_name(root, generic)) {
        reader->is_named = true;
        rs_fault_take_code(reader, root);
    }
}

bool rs_fault_read_xml(rs_fault_reader *reader, rs_slice body) {
    rs_slice inner, none = {NULL, 0};
    if (body.size == 0 || body.data[0] != '<')
        return false;
    element root = next_element(body, 0);
    if (root.name.size == 0 || rs_fault_has_name(root.name, page_names))
        return false;
    rs_slice rest = rs_slice_from(body, root.after);
    read_message(&reader->words->message, rest);
    if (reader->words->message.size == 0)
        return false;
    reader->is_document = true;
    read_code(reader, rest, root.name);
    if (content(rest, "retryafter", &inner))
        reader->words->retry_after = rs_retry_after(inner, none, 0);
    return true;
}

/* ---------------------------------------------------- pages and plain text */

void rs_fault_read_text(rs_fault_words *words, rs_slice body) {
    rs_slice inner;
    if (body.size == 0 || body.data[0] != '<') {
        rs_words_add(&words->message, body);
        return;
    }
    /* a page's title is the best that it says */
    if (content(body, "title", &inner))
        add_markup(&words->message, inner);
    if (is_empty(&words->message)) {
        size_t at = rs_slice_find(body, "<body");
        add_markup(&words->message,
                   at < body.size ? rs_slice_from(body, at) : body);
    }
    (void)is_empty(&words->message);
}
