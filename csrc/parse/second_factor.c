/*
 * Logins that need more than one factor, as Rackspace and Keystone announce it.
 */
#include "parse/ascii.h"
#include "parse/fault.h"
#include "parse/head.h"
#include "parse/json.h"

#define LONGEST 40 /* bytes of a factor's or method's name */
#define MOST 4     /* most rules, and methods in each, that are told */

/* A text that is being written. */
typedef struct sentence {
    char *to;
    size_t size, at;
} sentence;

/* Adds text as long as there is room for it and a NUL. */
static void put(sentence *s, rs_slice text) {
    for (size_t i = 0; i < text.size && s->at + 1 < s->size; i++)
        s->to[s->at++] = text.data[i];
    s->to[s->at] = '\0';
}

static void say(sentence *s, const char *text) {
    put(s, (rs_slice){text, strlen(text)});
}

/* Adds a name, or "?" if it has other characters than a name has. */
static void put_name(sentence *s, rs_slice name) {
    bool is_name = name.size > 0 && name.size <= LONGEST;
    for (size_t i = 0; is_name && i < name.size; i++) {
        is_name =
            rs_is_alnum(name.data[i]) || memchr("_-.", name.data[i], 3) != NULL;
    }
    put(s, is_name ? name : (rs_slice){"?", 1});
}

/* The factor in a challenge such as OS-MF sessionId='...',
 * factor='PASSCODE'. */
static rs_slice factor_in(rs_slice challenge) {
    static const char name[] = "factor=";
    size_t at = rs_slice_find(challenge, name), size = 0;
    if (at == challenge.size)
        return (rs_slice){"", 0};
    rs_slice rest = rs_slice_from(challenge, at + sizeof name - 1);
    if (rest.size > 0 && memchr("'\"", rest.data[0], 2) != NULL)
        rest = rs_slice_from(rest, 1);
    while (size < rest.size && rs_is_alnum(rest.data[size]))
        size++;
    return (rs_slice){rest.data, size};
}

static void describe_factor(sentence *s, rs_slice factor) {
    say(s, "the account asks for a second factor (MFA");
    if (factor.size > 0) {
        say(s, ": ");
        put_name(s, factor);
    }
    say(s, "), which a script cannot give: use an API key");
}

/* Moves into a list that is the value of a member of the outermost object. */
static bool find_list(rs_json *json, const char *name) {
    rs_json_token token;
    if (rs_json_next(json, &token) != RS_JSON_OBJECT)
        return false;
    while (rs_json_next(json, &token) == RS_JSON_KEY) {
        bool is_it = rs_json_equals(&token, name);
        rs_json_type type = rs_json_next(json, &token);
        if (is_it || !rs_json_skip(json, &token))
            return is_it && type == RS_JSON_ARRAY;
    }
    return false;
}

/* Adds a rule's methods, "password and totp"; the list's bracket was read
 * already. */
static void put_rule(sentence *s, rs_json *json, const char *before) {
    rs_json_token token;
    for (int count = 0;; count++) {
        rs_json_type type = rs_json_next(json, &token);
        if (type == RS_JSON_ARRAY_END || !rs_json_skip(json, &token))
            return;
        if (count < MOST) {
            say(s, before);
            put_name(s,
                     type == RS_JSON_STRING ? token.text : (rs_slice){"", 0});
        }
        before = " and ";
    }
}

/* Adds ": " and the ways to authenticate, if there are any. */
static void put_rules(sentence *s, rs_slice body) {
    rs_json json;
    rs_json_token token;
    rs_json_init(&json, body.data, body.size);
    if (!find_list(&json, "required_auth_methods"))
        return;
    const char *before = ": ";
    for (int count = 0;;) {
        rs_json_type type = rs_json_next(&json, &token);
        if (type == RS_JSON_ARRAY && count < MOST) {
            size_t at = s->at;
            put_rule(s, &json, before);
            before = s->at > at ? ", or " : before;
            count += s->at > at;
        } else if (type == RS_JSON_ARRAY_END || !rs_json_skip(&json, &token)) {
            return;
        }
    }
}

bool rs_fault_second_factor(rs_slice head, rs_slice body, char *to,
                            size_t size) {
    sentence s = {to, size, 0};
    rs_slice challenge = rs_head_find(head, "WWW-Authenticate");
    if (rs_slice_find(challenge, "os-mf") < challenge.size) {
        describe_factor(&s, factor_in(challenge));
        return true;
    }
    /* the receipt says what was proven so far; an application credential is
     * refused, too, without rules, unless a rule allows it */
    if (rs_head_find(head, "Openstack-Auth-Receipt").data == NULL)
        return false;
    say(&s, "the user has to log in with several factors at once (MFA");
    put_rules(&s, body);
    say(&s, "): use a token that was obtained with them, or use an "
            "application credential and have the rule "
            "[\"application_credential\"] added to the user's rules");
    return true;
}
