/*
 * Faults in JSON: the names that services give to the members of their errors.
 */
#include "parse/fault_internal.h"
#include "parse/json.h"

#define TOP 6    /* levels of members to go down */
#define OTHERS 4 /* members of other names to remember */

/* The members that say something, the most informative first. Names are
 * compared without case, "_" and "-". */
enum {
    MESSAGE,
    ERROR_MESSAGE,
    DESCRIPTION,
    FAULT_STRING,
    DETAIL,
    ERROR, /* an object or a list */
    ERRORS,
    FAULT,
    DETAILS,
    EXPLANATION,
    REASON,
    CAUSE,
    ERROR_TEXT, /* often just a name for what others explain */
    TITLE,
    MESSAGES, /* the number of those above */
    CODE = MESSAGES,
    ERROR_CODE,
    TYPE,
    RETRY_AFTER,
    MEMBERS
};

static const char *const names[MEMBERS] = {
    [MESSAGE] = "message",
    [ERROR_MESSAGE] = ("errormessage errormsg errmsg msg errortext resultmsg "
                       "resultmessage returnmsg returnmessage usermessage"),
    [DESCRIPTION] = "description errordescription moreinformation",
    [DETAIL] = "detail",
    [FAULT_STRING] = "faultstring",
    [ERROR] = "error",
    [ERRORS] = "errors",
    [FAULT] = "fault faults",
    [DETAILS] = "details",
    [EXPLANATION] = "explanation",
    [REASON] = "reason",
    [CAUSE] = "cause exception",
    [ERROR_TEXT] = "error",
    [TITLE] = "title httpmessage",
    [CODE] = "code",
    [ERROR_CODE] = "errorcode errcode faultcode",
    [TYPE] = "type",
    [RETRY_AFTER] = "retryafter",
};

/* Names of objects that hold a fault without naming it. */
static const char generic[] =
    "response result results data body status info meta metadata content "
    "errordetails errorinfo errorresponse apierror servicefault request "
    "context extensions debug links";

/* An object's members, with their values as written. */
typedef struct members {
    rs_slice values[MEMBERS];
    rs_slice other_names[OTHERS], others[OTHERS];
    size_t known, total;
} members;

/* Reads the next value of an object or list, as written, and its name. */
static bool next_value(rs_json *json, rs_slice *name, rs_slice *value) {
    rs_json_token token;
    rs_json_type type = rs_json_next(json, &token);
    *name = token.text;
    if (type == RS_JSON_KEY)
        type = rs_json_next(json, &token);
    const char *start = token.text.data - (type == RS_JSON_STRING);
    if (type == RS_JSON_OBJECT_END || type == RS_JSON_ARRAY_END ||
        !rs_json_skip(json, &token))
        return false;
    *value = (rs_slice){start, (size_t)(json->at - start)};
    return true;
}

/* Starts reading the values of a container. */
static rs_json values_of(rs_slice container) {
    rs_json json;
    rs_json_token token;
    rs_json_init(&json, container.data, container.size);
    rs_json_next(&json, &token);
    return json;
}

static void keep(members *all, rs_slice name, rs_slice value) {
    all->total++;
    for (int i = 0; i < MEMBERS; i++) {
        bool fits = i != ERROR || *value.data == '{' || *value.data == '[';
        if (fits && rs_fault_has_name(name, names[i])) {
            all->known++;
            if (all->values[i].size == 0)
                all->values[i] = value;
            return;
        }
    }
    size_t other = all->total - all->known - 1;
    if (other < OTHERS) {
        all->other_names[other] = name;
        all->others[other] = value;
    }
}

static members members_of(rs_slice object) {
    members all = {.known = 0};
    rs_slice name, value;
    rs_json json = values_of(object);
    while (next_value(&json, &name, &value))
        keep(&all, name, value);
    return all;
}

static bool is_text(rs_slice value) {
    return value.size > 0 && *value.data == '"';
}

static bool is_object(rs_slice value) {
    return value.size > 0 && *value.data == '{';
}

static bool is_list(rs_slice value) {
    return value.size > 0 && *value.data == '[';
}

/* A text without its quotes, still escaped. */
static rs_slice inside(rs_slice text) {
    return (rs_slice){text.data + 1, text.size - 2};
}

/* ------------------------------------------------------------------- codes */

/* Takes a code of the service's own: a text, or a number that is not an HTTP
 * status. */
static void take_code(rs_fault_reader *reader, rs_slice value) {
    char copy[3 * RS_FAULT_CODE];
    rs_slice code = value;
    if (is_text(value)) {
        code = inside(value);
        if (code.size > RS_FAULT_CODE)
            return;
        code = (rs_slice){copy, rs_json_unescape(code, copy)};
    } else if (value.size < sizeof "999" || !rs_is_digit(*value.data)) {
        return;
    }
    if (rs_fault_take_code(reader, code))
        reader->is_coded = true;
}

static void take_codes(rs_fault_reader *reader, const members *all) {
    take_code(reader, all->values[ERROR_CODE]);
    take_code(reader, all->values[CODE]);
}

/* Takes a name as a code that the service did not call a code. */
static void take_name(rs_fault_reader *reader, rs_slice text) {
    bool is_coded = reader->is_coded;
    if (is_text(text)) {
        take_code(reader, text);
        reader->is_coded = is_coded;
    }
}

/* Takes the most exact name of the fault. `used` is the member that gave the
 * message. */
static void take_names(rs_fault_reader *reader, const members *all,
                       rs_slice name, int used) {
    if (is_object(all->values[DETAIL])) {
        members detail = members_of(all->values[DETAIL]);
        take_codes(reader, &detail);
    }
    if (is_text(all->values[TYPE]) &&
        memchr(all->values[TYPE].data, ':', all->values[TYPE].size) == NULL)
        take_code(reader, all->values[TYPE]); /* but not a URL */
    bool is_fault = used < MESSAGES || all->values[CODE].size > 0;
    if (is_fault && name.size > 0 && !rs_fault_has_name(name, generic)) {
        reader->is_named = true;
        rs_fault_take_code(reader, name);
    }
    if (used != ERROR_TEXT && used != TITLE)
        take_name(reader, all->values[ERROR_TEXT]);
    if (used != TITLE)
        take_name(reader, all->values[TITLE]);
}

/* ------------------------------------------------------------------- words */

static void read_value(rs_fault_reader *reader, rs_slice value, int depth);

/* Is it a whole JSON object or list? */
static bool is_document(rs_slice text) {
    rs_json json;
    rs_json_token token;
    rs_json_init(&json, text.data, text.size);
    rs_json_type type = rs_json_next(&json, &token);
    return (type == RS_JSON_OBJECT || type == RS_JSON_ARRAY) &&
           rs_json_skip(&json, &token) &&
           rs_json_next(&json, &token) == RS_JSON_END;
}

/* The bytes of the character at this place, or of its escape. */
static size_t step(rs_slice text, size_t at) {
    const char *c = text.data + at;
    if (*c != '\\')
        return 1;
    bool is_half = c[1] == 'u' && rs_lower(c[2]) == 'd' && c[3] >= '8';
    return c[1] != 'u' ? 2 : is_half ? sizeof "\\ud83d\\ude00" - 1 : 6;
}

/* At most so many bytes from the start of a token's text, not cut within an
 * escape or a character. */
static rs_slice beginning(rs_slice text, size_t size) {
    size_t at = 0;
    if (text.size <= size)
        return text;
    while (at + step(text, at) <= size)
        at += step(text, at);
    for (int back = 0; back < 3 && at > 0; back++)
        at -= ((unsigned char)text.data[at] & 0xC0) == 0x80;
    return (rs_slice){text.data, at};
}

static void add(rs_fault_reader *reader, rs_slice text) {
    rs_words *message = &reader->words->message;
    rs_words_add(message, (rs_slice){reader->glue, strlen(reader->glue)});
    rs_words_add(message, text);
    reader->glue = "; ";
}

/* Adds a text, which may itself be a document. */
static void read_text(rs_fault_reader *reader, rs_slice text, int depth) {
    char copy[3 * RS_FAULT_RAW];
    rs_slice part = beginning(text, RS_FAULT_RAW);
    size_t before = reader->words->message.size;
    rs_slice plain = {copy, rs_json_unescape(part, copy)};
    plain = rs_slice_trim(plain);
    if (!reader->is_embedded && is_document(plain)) {
        reader->is_embedded = true; /* once is enough: the copy is large */
        read_value(reader, plain, depth - 1);
        reader->is_embedded = false;
    }
    if (plain.size > 0 && reader->words->message.size == before) {
        add(reader, plain);
        reader->words->message.cut |= part.size < text.size;
    }
}

/* Is the member a code, and not a message? */
static bool is_code(rs_slice name, rs_slice value) {
    bool found = false;
    for (int i = MESSAGES; i < MEMBERS; i++)
        found = found || rs_fault_has_name(name, names[i]);
    return found && *value.data != '{' && *value.data != '[';
}

/* Adds "name: words" for each member. */
static void read_map(rs_fault_reader *reader, rs_slice object, int depth) {
    rs_words *message = &reader->words->message;
    rs_slice name, value;
    rs_json json = values_of(object);
    while (!message->cut && next_value(&json, &name, &value)) {
        if (is_code(name, value))
            continue;
        char copy[3 * RS_FAULT_CODE];
        size_t before = message->size;
        const char *glue = reader->glue;
        name = beginning(name, RS_FAULT_CODE);
        add(reader, (rs_slice){copy, rs_json_unescape(name, copy)});
        reader->glue = ": ";
        size_t named = message->size;
        read_value(reader, value, depth - 1);
        if (message->size == named) {
            message->size = before;
            reader->glue = glue;
        }
    }
}

static void read_list(rs_fault_reader *reader, rs_slice list, int depth) {
    rs_slice name, value;
    rs_json json = values_of(list);
    while (!reader->words->message.cut && next_value(&json, &name, &value))
        read_value(reader, value, depth - 1);
}

/* Adds the words of the most informative member, and returns which that is. */
static int read_messages(rs_fault_reader *reader, const members *all,
                         int depth) {
    size_t before = reader->words->message.size;
    for (int i = 0; i < MESSAGES; i++) {
        if (all->values[i].size > 0)
            read_value(reader, all->values[i], depth - 1);
        if (reader->words->message.size > before)
            return i;
    }
    return MESSAGES;
}

static void read_object(rs_fault_reader *reader, rs_slice object, rs_slice name,
                        int depth);

/* Reads {"itemNotFound": {...}}, {"itemNotFound": "words"} and
 * {"messages": ["words"]}. */
static void read_others(rs_fault_reader *reader, const members *all,
                        int depth) {
    size_t before = reader->words->message.size;
    for (size_t i = 0; i < OTHERS && reader->words->message.size == before;
         i++) {
        if (is_object(all->others[i])) {
            read_object(reader, all->others[i], all->other_names[i], depth - 1);
        } else if (is_text(all->others[i]) && all->total == 1 && depth == TOP) {
            read_text(reader, inside(all->others[i]), depth);
            rs_fault_take_code(reader, all->other_names[i]);
        } else if (is_list(all->others[i]) && depth == TOP &&
                   !rs_fault_has_name(all->other_names[i], generic)) {
            read_value(reader, all->others[i], depth - 1);
        }
    }
}

/* Notes what the members and their places tell about the sender. */
static void look(rs_fault_reader *reader, const members *all, int depth) {
    rs_slice code = all->values[CODE];
    if (!is_text(all->values[TITLE]) || !is_text(all->values[MESSAGE]) ||
        code.size == 0)
        return;
    if (depth == TOP) {
        reader->is_webob = is_text(code) && code.size > sizeof "\"404 \"" - 1 &&
                           code.data[4] == ' ' && rs_is_digit(code.data[3]);
    } else {
        reader->is_titled = rs_is_digit(*code.data);
    }
}

static void read_retry_after(rs_fault_words *words, rs_slice value) {
    if (words->retry_after < 0 && value.size > 0) {
        rs_slice none = {NULL, 0};
        value = is_text(value) ? inside(value) : value;
        words->retry_after = rs_retry_after(value, none, 0);
    }
}

/* Reads an object; `name` is its own name, if that may be the fault's. */
static void read_object(rs_fault_reader *reader, rs_slice object, rs_slice name,
                        int depth) {
    if (depth == 0)
        return;
    size_t before = reader->words->message.size;
    members all = members_of(object);
    look(reader, &all, depth);
    take_codes(reader, &all);
    read_retry_after(reader->words, all.values[RETRY_AFTER]);
    int used = read_messages(reader, &all, depth);
    if (used == MESSAGES)
        read_others(reader, &all, depth);
    if (reader->words->message.size == before && depth < TOP && name.size == 0)
        read_map(reader, object, depth);
    if (all.known > 0)
        take_names(reader, &all, name, used);
}

static void read_value(rs_fault_reader *reader, rs_slice value, int depth) {
    if (depth <= 0)
        return;
    if (*value.data == '"')
        read_text(reader, inside(value), depth);
    else if (*value.data == '[')
        read_list(reader, value, depth);
    else if (*value.data == '{')
        read_object(reader, value, (rs_slice){"", 0}, depth);
}

/* Is it one text, number or word, and nothing else? */
static bool is_scalar(rs_slice body) {
    rs_json json;
    rs_json_token token;
    rs_json_init(&json, body.data, body.size);
    rs_json_type type = rs_json_next(&json, &token);
    return type != RS_JSON_OBJECT && type != RS_JSON_ARRAY &&
           type != RS_JSON_ERROR && rs_json_next(&json, &token) == RS_JSON_END;
}

bool rs_fault_read_json(rs_fault_reader *reader, rs_slice body) {
    reader->is_document = is_document(body);
    if (!reader->is_document && !is_scalar(body))
        return false;
    reader->glue = "";
    read_value(reader, body, TOP);
    return true;
}
