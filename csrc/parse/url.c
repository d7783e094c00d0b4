#include "parse/url.h"

#include "parse/ascii.h"

/* The text up to the first of these characters, or all of it. */
static rs_slice until(rs_slice text, const char *ends) {
    size_t size = 0;
    while (size < text.size &&
           memchr(ends, text.data[size], strlen(ends)) == NULL)
        size++;
    return (rs_slice){text.data, size};
}

/* The text without a part at its start and the character after that. */
static rs_slice behind(rs_slice text, rs_slice part) {
    size_t size = part.size + (part.size < text.size);
    return text.size > 0 ? rs_slice_from(text, size) : text;
}

/* ------------------------------------------------------------------- parts */

/* The place after "://", or the size. */
static size_t authority_at(rs_slice url) {
    size_t at = rs_slice_find(url, "://");
    return at < url.size ? at + 3 : url.size;
}

rs_slice rs_url_host(rs_slice url) {
    size_t at = authority_at(url);
    if (at == url.size)
        return (rs_slice){"", 0};
    rs_slice authority = until(rs_slice_from(url, at), "/?#");
    for (size_t i = authority.size; i > 0; i--) {
        if (authority.data[i - 1] == '@') {
            authority = rs_slice_from(authority, i);
            break;
        }
    }
    if (authority.size > 0 && authority.data[0] == '[')
        return until(rs_slice_from(authority, 1), "]");
    return until(authority, ":");
}

rs_slice rs_url_account(rs_slice address) {
    size_t at = authority_at(address);
    if (at < address.size)
        address = rs_slice_from(address, at);
    while (address.size > 0 && address.data[address.size - 1] != '@')
        address.size--;
    address.size -= address.size > 0;
    return address;
}

size_t rs_url_decode(rs_slice text, char blank, char *to) {
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        int high = i + 2 < text.size ? rs_hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? rs_hex_digit(text.data[i + 2]) : -1;
        if (c == '%' && low >= 0) {
            to[size++] = (char)(high * 16 + low);
            i += 2;
        } else {
            to[size++] = c == blank ? ' ' : c;
        }
    }
    return size;
}

rs_slice rs_url_parameter(rs_slice url, const char *name, char *to) {
    rs_slice found = {NULL, 0};
    rs_slice address = until(url, "#");
    rs_slice query = behind(address, until(address, "?"));
    while (query.size > 0) {
        rs_slice pair = until(query, "&");
        rs_slice key = until(pair, "=");
        rs_slice decoded = {to, rs_url_decode(key, '+', to)};
        if (rs_slice_is(decoded, name))
            found = behind(pair, key);
        query = behind(query, pair);
    }
    return found.data == NULL ? found
                              : (rs_slice){to, rs_url_decode(found, '+', to)};
}

size_t rs_url_encode(rs_slice text, char *to) {
    static const char digits[] = "0123456789ABCDEF";
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (rs_is_alnum((char)c) || memchr("-._~", c, 4) != NULL) {
            if (to != NULL)
                to[size] = (char)c;
            size += 1;
        } else {
            if (to != NULL) {
                to[size] = '%';
                to[size + 1] = digits[c >> 4];
                to[size + 2] = digits[c & 15];
            }
            size += 3;
        }
    }
    return size;
}

/* ------------------------------------------------------------ link headers */

static rs_slice skip_blanks(rs_slice text) {
    while (text.size > 0 && rs_is_blank(text.data[0]))
        text = rs_slice_from(text, 1);
    return text;
}

/* Takes a parameter's value, quoted or not. */
static rs_slice take_value(rs_slice *text) {
    rs_slice value;
    if (text->size > 0 && text->data[0] == '"') {
        *text = rs_slice_from(*text, 1);
        value = until(*text, "\"");
        *text = behind(*text, value);
    } else {
        value = until(*text, ";, \t\r\n");
        *text = rs_slice_from(*text, value.size);
    }
    return value;
}

/* Takes "; name=value"; false if the link has no further parameter. */
static bool take_parameter(rs_slice *text, rs_slice *name, rs_slice *value) {
    *text = skip_blanks(*text);
    if (text->size == 0 || text->data[0] != ';')
        return false;
    *text = skip_blanks(rs_slice_from(*text, 1));
    *name = until(*text, "=;, \t\r\n");
    *value = (rs_slice){"", 0};
    *text = skip_blanks(rs_slice_from(*text, name->size));
    if (text->size > 0 && text->data[0] == '=') {
        *text = skip_blanks(rs_slice_from(*text, 1));
        *value = take_value(text);
    }
    return true;
}

/* Is "next" among the relations? */
static bool is_next(rs_slice relations) {
    while (relations.size > 0) {
        rs_slice relation = until(relations, " \t");
        if (rs_slice_spells(relation, "next"))
            return true;
        relations = behind(relations, relation);
    }
    return false;
}

/* Each byte is looked at once or twice, so a header of 60 KB of "<" costs
 * little. */
rs_slice rs_link_next(rs_slice header) {
    rs_slice rest = behind(header, until(header, "<"));
    while (rest.size > 0) {
        rs_slice target = until(rest, ">"), name, value;
        bool found = false;
        rest = behind(rest, target);
        while (take_parameter(&rest, &name, &value))
            found = found || (rs_slice_spells(name, "rel") && is_next(value));
        if (found)
            return target;
        rest = behind(rest, until(rest, "<"));
    }
    return (rs_slice){"", 0};
}
