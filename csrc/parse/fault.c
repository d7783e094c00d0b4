#include "parse/fault_internal.h"

/* ------------------------------------------------------------------- words */

/* The length of the well-formed UTF-8 character at the start; 0 if there is
 * none. */
static size_t character(rs_slice text) {
    const unsigned char *at = (const unsigned char *)text.data;
    unsigned char low = 0x80, high = 0xBF;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if ((at[0] >= 0x80 && at[0] < 0xC2) || at[0] > 0xF4 || text.size < length)
        return 0;
    low = at[0] == 0xE0 ? 0xA0 : at[0] == 0xF0 ? 0x90 : low;
    high = at[0] == 0xED ? 0x9F : at[0] == 0xF4 ? 0x8F : high;
    for (size_t i = 1; i < length; i++, low = 0x80, high = 0xBF)
        if (at[i] < low || at[i] > high)
            return 0;
    return length;
}

void rs_words_add(rs_words *words, rs_slice text) {
    static const rs_slice unknown = {"\xEF\xBF\xBD", 3};
    while (text.size > 0) {
        size_t length = character(text);
        rs_slice part = length > 0 ? (rs_slice){text.data, length} : unknown;
        if (words->size + part.size > RS_FAULT_RAW) {
            words->cut = true;
            return;
        }
        memcpy(words->data + words->size, part.data, part.size);
        words->size += part.size;
        text = rs_slice_from(text, length > 0 ? length : 1);
    }
}

/* The length of the character at the start if a line must not show it;
 * otherwise 0. Besides ASCII's control characters, these are Unicode's
 * additional line ends, and characters that change the direction of text. */
static size_t control(rs_slice text) {
    const unsigned char *at = (const unsigned char *)text.data;
    if (at[0] < 0x20 || at[0] == 0x7F)
        return 1;
    if (at[0] == 0xC2 && text.size > 1 && at[1] < 0xA0)
        return 2;
    if (at[0] == 0xE2 && text.size > 2 &&
        ((at[1] == 0x80 && at[2] >= 0xA8 && at[2] <= 0xAE) ||
         (at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9)))
        return 3;
    return 0;
}

/* The search for the tag's end stops at the next "<", so that no byte is looked
 * at often. */
size_t rs_fault_tag(rs_slice text) {
    size_t at = 1;
    if (text.data[0] != '<')
        return 0;
    while (at < text.size && text.data[at] != '<' && text.data[at] != '>')
        at++;
    return at < text.size && text.data[at] == '>' ? at + 1 : 0;
}

/* The length of what counts as a blank at the start; 0 if there is none. */
static size_t blank(rs_slice text) {
    size_t length = rs_fault_tag(text);
    length = length > 0 ? length : control(text);
    return length > 0 ? length : text.data[0] == ' ';
}

/* Cuts the words to the length of a line, between characters. */
static void cut(rs_words *words) {
    size_t size = words->size;
    if (size > RS_FAULT_LINE) {
        size = RS_FAULT_LINE;
        while (size > 0 && ((unsigned char)words->data[size] & 0xC0) == 0x80)
            size--;
        words->cut = true;
    }
    if (words->cut && size > 0) {
        memcpy(words->data + size, "...", 3);
        size += 3;
    }
    words->size = size;
}

/* The words without the last one, which may be half a word, or half a secret
 * that was not recognized. */
static rs_slice whole_words(const rs_words *words) {
    size_t size = words->size;
    while (words->cut && size > 0 && words->data[size - 1] != '>' &&
           !rs_is_blank(words->data[size - 1]))
        size--;
    return (rs_slice){words->data, size > 0 ? size : words->size};
}

void rs_fault_tidy(rs_words *words) {
    rs_slice text = whole_words(words);
    size_t size = 0;
    while (text.size > 0) {
        size_t length = blank(text);
        if (length == 0)
            words->data[size++] = text.data[0];
        else if (size > 0 && words->data[size - 1] != ' ')
            words->data[size++] = ' ';
        text = rs_slice_from(text, length > 0 ? length : 1);
    }
    words->size = size > 0 && words->data[size - 1] == ' ' ? size - 1 : size;
    cut(words);
}

/* --------------------------------------------------------- codes and names */

/* Does it begin with an HTTP status, like "404 Not Found"? */
static bool is_status(rs_slice text) {
    if (rs_slice_starts(text, "http "))
        text = rs_slice_from(text, sizeof "http " - 1);
    return text.size >= 3 && text.data[0] >= '1' && text.data[0] <= '5' &&
           rs_is_digit(text.data[1]) && rs_is_digit(text.data[2]) &&
           (text.size == 3 || !rs_is_alnum(text.data[3]));
}

bool rs_fault_take_code(rs_fault_reader *reader, rs_slice text) {
    rs_words *code = &reader->words->code;
    bool speaks = false;
    text = rs_slice_trim(text);
    for (size_t i = 0; i < text.size; i++)
        speaks = speaks || rs_is_alnum(text.data[i]);
    if (code->size > 0 || !speaks || text.size > RS_FAULT_CODE ||
        is_status(text))
        return false;
    rs_words_add(code, text);
    return true;
}

/* The size of the first word; words are separated by blanks. */
static size_t word(const char *words) {
    size_t size = 0;
    while (words[size] != '\0' && words[size] != ' ')
        size++;
    return size;
}

/* Is the name this word, ignoring case, "_" and "-"? */
static bool is_name(rs_slice name, rs_slice wanted) {
    size_t matched = 0;
    for (size_t i = 0; i < name.size; i++) {
        char c = rs_lower(name.data[i]);
        if (c == '_' || c == '-')
            continue;
        if (matched == wanted.size || c != wanted.data[matched++])
            return false;
    }
    return matched == wanted.size;
}

bool rs_fault_has_name(rs_slice name, const char *names) {
    while (*names != '\0') {
        size_t size = word(names);
        if (is_name(name, (rs_slice){names, size}))
            return true;
        names += size + (names[size] == ' ');
    }
    return false;
}

/* ----------------------------------------------------------------- reading */

/* The body without a byte order mark and surrounding blanks. */
static rs_slice inner(rs_slice body) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (body.size == 0)
        return (rs_slice){"", 0};
    if (body.size >= 3 && memcmp(body.data, mark, 3) == 0)
        body = rs_slice_from(body, 3);
    return rs_slice_trim(body);
}

void rs_fault_read(rs_slice body, rs_fault_words *words) {
    rs_fault_reader reader = {.words = words};
    words->code.size = words->message.size = 0;
    words->code.cut = words->message.cut = false;
    words->retry_after = -1;
    body = inner(body);
    /* each of its levels is read several times */
    bool is_document =
        body.size <= RS_FAULT_JSON && rs_fault_read_json(&reader, body);
    if (!is_document && body.size > RS_FAULT_TEXT)
        body.size = RS_FAULT_TEXT;
    if (!is_document && !rs_fault_read_xml(&reader, body))
        rs_fault_read_text(words, body);
    words->is_unrouted = rs_fault_is_unrouted(&reader);
    words->is_own = !words->is_unrouted && rs_fault_is_own(&reader);
}
