#define _GNU_SOURCE /* newlocale, mkdtemp */
#include "parse/json.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct text {
    const char *data;
    size_t size;
} text;

#define T(literal)                                                             \
    { (literal), sizeof(literal) - 1 }
#define COMMA "de_DE.UTF-8"
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A copy without a byte to spare, so that a sanitizer sees every overread. */
static char *exact_copy(const char *data, size_t size) {
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    return copy;
}

/* Reads all of it; true if it is well-formed, else what is wrong and where. */
static bool accepts(const char *data, size_t size, const char **error,
                    size_t *offset) {
    char *copy = exact_copy(data, size);
    rs_json reader;
    rs_json_token token;
    rs_json_type type;
    rs_json_init(&reader, size > 0 ? copy : NULL, size);
    do {
        type = rs_json_next(&reader, &token);
        assert_int_equal(type, token.type);
        assert_true(rs_json_offset(&reader) <= size);
    } while (type != RS_JSON_END && type != RS_JSON_ERROR);
    *error = reader.error;
    *offset = rs_json_offset(&reader);
    assert_true((type == RS_JSON_ERROR) == (reader.error != NULL));
    assert_int_equal(rs_json_next(&reader, &token), type);
    assert_int_equal(rs_json_offset(&reader), *offset);
    free(copy);
    return type == RS_JSON_END;
}

static void assert_accepted(const char *data, size_t size) {
    const char *error;
    size_t offset;
    if (!accepts(data, size, &error, &offset))
        fail_msg("refused %.*s: %s at %zu", (int)size, data, error, offset);
}

static void assert_refused(const char *data, size_t size) {
    const char *error;
    size_t offset;
    if (accepts(data, size, &error, &offset))
        fail_msg("accepted %.*s", (int)size, data);
}

static void assert_error(const char *data, size_t size, const char *expected,
                         size_t place) {
    const char *error;
    size_t offset;
    assert_false(accepts(data, size, &error, &offset));
    assert_string_equal(error, expected);
    assert_int_equal(offset, place);
}

/* Judges each of the texts between the tildes, in quotes if so asked. */
static void judge_each(const char *texts, size_t size, bool quoted,
                       void (*judge)(const char *, size_t)) {
    const char *end = texts + size;
    for (const char *at = texts, *next; at <= end; at = next + 1) {
        char data[128];
        next = at < end ? memchr(at, '~', (size_t)(end - at)) : NULL;
        next = next != NULL ? next : end;
        size_t length = (size_t)(next - at);
        assert_true(length + 2 <= sizeof data);
        data[0] = data[length + 1] = '"';
        memcpy(data + 1, at, length);
        judge(quoted ? data : data + 1, quoted ? length + 2 : length);
    }
}

#define EACH(texts) (texts), sizeof(texts) - 1
#define ACCEPT(texts) judge_each(EACH(texts), false, assert_accepted)
#define REFUSE(texts) judge_each(EACH(texts), false, assert_refused)
#define ACCEPT_STRINGS(texts) judge_each(EACH(texts), true, assert_accepted)
#define REFUSE_STRINGS(texts) judge_each(EACH(texts), true, assert_refused)

/* The first token of a text, which lives as long as the text. */
static rs_json_token first_token(const char *data, size_t size) {
    rs_json reader;
    rs_json_token token;
    rs_json_init(&reader, data, size);
    rs_json_next(&reader, &token);
    return token;
}

static rs_json_token first(const char *data) {
    return first_token(data, strlen(data));
}

/* --------------------------------------------------------------- structure */

static void accepts_values_of_every_kind(void **state) {
    (void)state;
    ACCEPT("null~true~false~0~\"\"~[]~{}~ \t\r\n1 \t\r\n~[1]~[1,2]~"
           "[ 1 , 2 ]~[[],{}]~[null]~{\"a\":1}~{\"\":0}~"
           "{ \"a\" : 1 , \"b\" : 2 }~[\n]~{\n}~[[[[]]]]~{\"a\":{\"b\":{}}}~"
           "[{}]~{\"a\":1,\"a\":2}~[true]~{\"a\":[],\"b\":{}}");
}

static void refuses_broken_structure(void **state) {
    (void)state;
    REFUSE("~ ~[~]~{~}~[}~{]~[1}~{\"a\":1]~[1,]~[,1]~[,]~[1,,2]~[1 2]~{,}~"
           "{\"a\"}~{\"a\":}~{\"a\":1,}~{:1}~{\"a\" 1}~{\"a\"::1}~{a:1}~"
           "{'a':1}~{1:1}~{null:1}~{\"a\",1}~{\"a\":1 \"b\"}~[\"a\":1]~1 2~"
           "[] []~{}}~[]]~{} x~\"a\" \"b\"~,~:~[1~[[1]~{\"a\":{}~{\"a\":1~"
           "{\"a\":~{\"a\"~{\"a\":1,~{,\"a\":1}~{\"a\":1,,}~{\"a\":1;}~"
           "[1;2]~{[]:1}~{{}:1}~(1)~<1>");
}

static void refuses_what_is_not_json(void **state) {
    (void)state;
    REFUSE("nul~nulll~Null~NULL~tru~True~truefalse~fals~falsy~nan~NaN~"
           "Infinity~-Infinity~inf~undefined~// a\n1~/* a */1~1 // a~# a\n1~"
           "[1/**/]~'a'~`a`~a~\\u0031~\v1~\f1~1\f~\xC2\xA0[]~\xE2\x80\xA8[]~"
           "\xE2\x81\xA0[]~<html>~*~[*]");
}

static void skips_a_byte_order_mark_before_the_value(void **state) {
    (void)state;
    ACCEPT("\xEF\xBB\xBF{}~\xEF\xBB\xBF \n[]~\xEF\xBB\xBF\"\"");
    REFUSE("\xEF\xBB\xBF~\xEF\xBB\xBF\xEF\xBB\xBF{}~{}\xEF\xBB\xBF~"
           "\xEF\xBB{}~\xEF{}~\xEF\xBB~\xEF~ \xEF\xBB\xBF{}~"
           "[\xEF\xBB\xBF[]]");
    assert_error("\xEF\xBB\xBF[,]", 6, "unexpected character", 4);
}

static void refuses_other_encodings(void **state) {
    (void)state;
    REFUSE("\xFE\xFF\0{\0}~\xFF\xFE{\0}\0~\0[\0]~{\0}\0");
}

static void refuses_nul_bytes_anywhere(void **state) {
    (void)state;
    REFUSE("\0~1\0~[\0]~{\0}~\0[]~\"a\0b\"~{\"a\0\":1}~{\"a\":1\0}~nul\0~"
           "1.\0~\"\\\0\"~\"\\u00\0\"~{}\0~[1,\0]~-\0~\"\0\"");
}

/* Writes depth openings and closings of alternating kind, and its size. */
static size_t write_nested(char *out, int depth) {
    size_t size = 0;
    for (int i = 0; i < depth; i++) {
        const char *open = i % 3 == 1 ? "{\"a\":" : "[";
        memcpy(out + size, open, strlen(open));
        size += strlen(open);
    }
    out[size++] = '0';
    for (int i = depth - 1; i >= 0; i--)
        out[size++] = i % 3 == 1 ? '}' : ']';
    return size;
}

static void nests_to_the_limit_and_no_deeper(void **state) {
    char data[1024];
    (void)state;
    for (int depth = 0; depth <= RS_JSON_MAX_DEPTH; depth++)
        assert_accepted(data, write_nested(data, depth));
    assert_refused(data, write_nested(data, RS_JSON_MAX_DEPTH + 1));
    memset(data, '[', sizeof data);
    assert_error(data, sizeof data, "nested too deeply", RS_JSON_MAX_DEPTH);
}

static void remembers_the_kind_of_every_level(void **state) {
    char data[1024];
    (void)state;
    for (size_t wrong = 0; wrong < RS_JSON_MAX_DEPTH; wrong++) {
        size_t size = write_nested(data, RS_JSON_MAX_DEPTH);
        char *closing = &data[size - 1 - wrong];
        *closing = *closing == ']' ? '}' : ']';
        assert_refused(data, size);
    }
}

static const char document[] =
    "{\"id\": \"a\\u00e9\\ud83d\\ude00\\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 "
    "plain text\", \"n\": [0, -1.5e+10, true, false, null, {\"\": []}], "
    "\"size\": 12 }";

static void refuses_every_truncation(void **state) {
    (void)state;
    assert_accepted(document, sizeof document - 1);
    for (size_t cut = 0; cut < sizeof document - 1; cut++)
        assert_refused(document, cut);
}

static void survives_every_changed_byte(void **state) {
    char data[sizeof document - 1];
    const char *error;
    size_t offset;
    (void)state;
    for (size_t i = 0; i < sizeof data * 256; i++) {
        memcpy(data, document, sizeof data);
        data[i / 256] = (char)(i % 256);
        (void)accepts(data, sizeof data, &error, &offset);
    }
}

/* ----------------------------------------------------------------- strings */

static void accepts_strings(void **state) {
    (void)state;
    ACCEPT_STRINGS("a~\\\"\\\\\\/\\b\\f\\n\\r\\t~\\u0000~"
                   "\\uD7FF\\uE000\\uFFFF~\\ud800\\udc00~\\uDBFF\\uDFFF~"
                   "\\uaBcD~\x7F~/~\\\\u0041~\\\\~'~\xC2\x80\xDF\xBF~"
                   "\xE0\xA0\x80\xE0\xBF\xBF~\xED\x9F\xBF\xEE\x80\x80~"
                   "\xEF\xBF\xBF~\xF0\x90\x80\x80\xF4\x8F\xBF\xBF~"
                   "\xEF\xBB\xBF~\xE2\x80\xA8\xE2\x80\xA9~[]{}:,");
    ACCEPT("{\"\xC3\xA9\":1}~{\"\\u00e9\":1}");
}

static void refuses_unfinished_strings(void **state) {
    (void)state;
    REFUSE("\"~\"a~\"\\\"~\"\\~\"\\u~\"\\u0~\"\\u00~\"\\u004~\"\\u0041~"
           "\"\\ud800~\"\\ud800\\~\"\\ud800\\u~\"\\ud800\\udc0~\"\xC3~"
           "\"\xE2\x82~\"\xF0\x9F\x98~[\"a~{\"a~\"0123456789abcdef~"
           "\"\\\\\\\"");
}

static void refuses_bad_escapes(void **state) {
    (void)state;
    REFUSE_STRINGS("\\a~\\v~\\0~\\'~\\x41~\\U0041~\\ ~\\\n~\\u~\\u12~\\u123~"
                   "\\u123g~\\u 123~\\u+123~\\u-123~\\u0x1~\\u{41}~"
                   "\\\xC3\xA9~\\N~\\u12:4~\\u00/0~\\u00@0~\\u00`0~\\u00G0");
}

/* Checks what a string means after its escapes, pairs and bad bytes are
 * decoded. */
static void assert_read_as(const char *inside, size_t size,
                           const char *expected) {
    rs_slice raw = {exact_copy(inside, size), size};
    char *out = malloc(3 * size + 1);
    const char *problem;
    bool escaped = false;
    assert_non_null(out);
    size_t length = rs_json_unescape(raw, out);
    assert_int_equal(length, rs_json_unescape(raw, NULL));
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(out, expected, length);
    assert_ptr_equal(rs_text_end(raw.data, raw.data + size, &escaped, &problem),
                     raw.data + size);
    assert_string_equal(problem, "unexpected end of text");
    assert_true(escaped);
    free(out);
    free((char *)raw.data);
}

#define R "\xEF\xBF\xBD"
#define READ_AS(inside, expected)                                              \
    assert_read_as((inside), sizeof(inside) - 1, (expected))

static void reads_lone_surrogates_as_replacements(void **state) {
    (void)state;
    ACCEPT_STRINGS("\\ud800~\\udbff~\\udc00~\\udfff~\\uDC00\\uD800~"
                   "\\ud800\\n~\\ud800\xED\xB0\x80");
    READ_AS("\\ud800", R);
    READ_AS("\\udbff", R);
    READ_AS("\\udc00", R);
    READ_AS("\\udfff", R);
    READ_AS("\\uDC00\\uD800", R R);
    READ_AS("\\ud800\\ud800", R R);
    READ_AS("\\ud800\\ue000", R "\xEE\x80\x80");
    READ_AS("\\ud800\\udbff", R R);
    READ_AS("\\ud800\\u0041", R "A");
    READ_AS("\\ud800A", R "A");
    READ_AS("\\ud800\\n", R "\n");
    READ_AS("\\ud800\\\\dc00", R "\\dc00");
    READ_AS("\\ud800 \\udc00", R " " R);
    READ_AS("\\ud83d\\ud83d\\ude00", R "\xF0\x9F\x98\x80");
    READ_AS("\\ud83d\\ude00\\ude00", "\xF0\x9F\x98\x80" R);
    READ_AS("\\ud800\xED\xB0\x80", R R R R);
    assert_error("\"\\ud800\\u12\"", 12, "invalid escape", 7);
}

static void reads_malformed_utf8_as_replacements(void **state) {
    (void)state;
    READ_AS("\x80", R);
    READ_AS("\xBF", R);
    READ_AS("\xC0\x80", R R);
    READ_AS("\xC0\xAF", R R);
    READ_AS("\xC1\xBF", R R);
    READ_AS("\xC2", R);
    READ_AS("\xC2\x7F", R "\x7F");
    READ_AS("\xC2\xC0", R R);
    READ_AS("\xE0\x80\x80", R R R);
    READ_AS("\xE0\x9F\xBF", R R R);
    READ_AS("\xE2\x82", R);
    READ_AS("\xE2\x28\xA1", R "(" R);
    READ_AS("\xE2\x82\x28", R "(");
    READ_AS("\xED\xA0\x80", R R R);
    READ_AS("\xED\xBF\xBF", R R R);
    READ_AS("\xED\xA0\xBD\xED\xB8\x80", R R R R R R);
    READ_AS("\xF0\x80\x80\x80", R R R R);
    READ_AS("\xF0\x8F\xBF\xBF", R R R R);
    READ_AS("\xF4\x90\x80\x80", R R R R);
    READ_AS("\xF5\x80\x80\x80", R R R R);
    READ_AS("\xF8\x88\x80\x80\x80", R R R R R);
    READ_AS("\xFC\x84\x80\x80\x80\x80", R R R R R R);
    READ_AS("\xFE", R);
    READ_AS("\xFF", R);
    READ_AS("\xF0\x9F\x98", R);
    READ_AS("\xF0\x28\x8C\xBC", R "(" R R);
    READ_AS("\xF0\x90\x28\xBC", R "(" R);
    READ_AS("\xF0\x90\x8C\x28", R "(");
    READ_AS("\xE9", R);
    READ_AS("a\xFFxyzxyzxyzxyz", "a" R "xyzxyzxyzxyz");
    READ_AS("\xEF\xBF", R);
    READ_AS("\xE0\xA0\xC0", R R);
    READ_AS("\xE0\xC0\x80", R R R);
    READ_AS("\xF1\x80\xE1\x80\xC2\x62\x80", R R R "b" R);
    ACCEPT("{\"\xFF\":1}");
    REFUSE("\xC3\xA9~[\xFF]~\"\xC3~{\"\xFF:1}");
}

/* Every byte at every place within three machine words. */
static void judges_every_byte_at_every_place(void **state) {
    char data[26];
    (void)state;
    for (size_t place = 1; place < sizeof data - 1; place++) {
        for (int byte = 0; byte < 256; byte++) {
            memset(data, 'x', sizeof data);
            data[0] = data[sizeof data - 1] = '"';
            data[place] = (char)byte;
            if (byte >= 0x20 && byte != '"' && byte != '\\')
                assert_accepted(data, sizeof data);
            else
                assert_refused(data, sizeof data);
        }
    }
}

static void tells_whether_a_string_has_escapes(void **state) {
    (void)state;
    assert_false(first("\"\xC3\xA9 plain/\"").escaped);
    assert_true(first("\"a long text before the \\u0041\"").escaped);
}

/* ----------------------------------------------------------------- numbers */

static void accepts_numbers(void **state) {
    (void)state;
    ACCEPT("0~-0~1~-1~10~1234567890~0.0~-0.0~0.5~1.25~1e1~1E1~1e+1~1e-1~0e0~"
           "0E+00~1.5e300~1e-400~123e65~0.10~1e00~-1.5E-7~"
           "100000000000000000000000000000000~[0,0.0,-1]");
}

static void refuses_malformed_numbers(void **state) {
    (void)state;
    REFUSE("-~+1~--1~-+1~00~01~-01~-00~007~1.~.5~-.5~1.e1~1e~1E~1e+~1e-~"
           "1e1.5~1.2.3~0x1~0X1F~0b1~0o7~1_000~1,000~1a~1f~1 e1~- 1~1e 1~0e~"
           "0.e1~-a~-Infinity~1e1e1~0.1.~1-~1+1~[1.]~[-]~[1e]~[0123]~"
           "\xEF\xBC\x91");
}

static void assert_integer(const char *data, int64_t expected) {
    rs_json_token token = first(data);
    assert_int_equal(token.type, RS_JSON_INTEGER);
    assert_true(token.integer == expected);
    assert_int_equal(token.text.size, strlen(data));
}

static void reads_integers_exactly(void **state) {
    (void)state;
    assert_integer("0", 0);
    assert_integer("-1", -1);
    assert_integer("9007199254740993", INT64_C(9007199254740993));
    assert_integer("9223372036854775807", INT64_MAX);
    assert_integer("-9223372036854775807", -INT64_MAX);
    assert_integer("-9223372036854775808", INT64_MIN);
}

static void assert_real(const char *data, double expected) {
    rs_json_token token = first(data);
    assert_int_equal(token.type, RS_JSON_REAL);
    assert_memory_equal(&token.real, &expected, sizeof expected);
}

static void reads_other_numbers_as_the_nearest_double(void **state) {
    (void)state;
    assert_real("9223372036854775808", 9223372036854775808.0);
    assert_real("-9223372036854775809", -9223372036854775808.0);
    assert_real("10000000000000000000", 1e19);
    assert_real("99999999999999999999999", 99999999999999999999999.0);
    assert_real("1.0", 1.0);
    assert_real("0.1", 0.1);
    assert_real("-0", -0.0);
    assert_real("-0.0", -0.0);
    assert_real("-2.5E-3", -2.5e-3);
    assert_real("1.7976931348623157e308", 1.7976931348623157e308);
    assert_real("5e-324", 5e-324);
    assert_real("1e-400", 0.0);
}

static void takes_numbers_past_the_largest_double_for_infinite(void **state) {
    (void)state;
    assert_real("1e999", INFINITY);
    assert_real("1e309", INFINITY);
    assert_real("1.8e308", INFINITY);
    assert_real("1e99999999999999999999", INFINITY);
    assert_real("-1e999", -INFINITY);
    assert_accepted("[-1e400]", 8);
}

static void limits_the_length_of_numbers(void **state) {
    char data[RS_JSON_MAX_NUMBER + 1];
    rs_json reader;
    rs_json_token token;
    (void)state;
    memset(data, '3', sizeof data);
    data[1] = '.';
    assert_accepted(data, RS_JSON_MAX_NUMBER);
    assert_accepted(data, sizeof data);
    rs_json_init(&reader, data, sizeof data);
    assert_int_equal(rs_json_next(&reader, &token), RS_JSON_REAL);
    assert_true(isnan(token.real));
    assert_int_equal(token.text.size, sizeof data);
}

/* Not with newlocale, which leaks LOCPATH (glibc 2.36). */
static locale_t find_locale(const char *name) {
    bool there = setlocale(LC_NUMERIC, name) != NULL;
    locale_t found = there ? duplocale(LC_GLOBAL_LOCALE) : (locale_t)0;
    setlocale(LC_NUMERIC, "C");
    return found;
}

static char made_locales[] = "/tmp/rsnapshots-locale-XXXXXX";

static void remove_locales(void) {
    char command[100];
    (void)snprintf(command, sizeof command, "rm -r %s", made_locales);
    (void)!system(command);
}

/* Makes the locale in a folder of its own, once: it takes a second. */
static bool make_locale(void) {
    static bool tried = false, there = false;
    char command[200];
    if (tried || mkdtemp(made_locales) == NULL)
        return there;
    tried = true;
    (void)atexit(remove_locales);
    (void)snprintf(command, sizeof command,
                   "localedef -i de_DE -f UTF-8 %s/" COMMA " >%s/log 2>&1",
                   made_locales, made_locales);
    there = system(command) == 0;
    return there;
}

/* A locale with a decimal comma, made if it is not installed; 0: none. */
static locale_t comma_locale(void) {
    locale_t found = find_locale(COMMA);
    if (found == (locale_t)0 && make_locale() &&
        setenv("LOCPATH", made_locales, 1) == 0) {
        found = find_locale(COMMA);
        unsetenv("LOCPATH");
    }
    return found;
}

static void reads_numbers_in_any_locale(void **state) {
    locale_t comma = comma_locale();
    (void)state;
    if (comma == (locale_t)0)
        skip(); /* the locale can be neither found nor made */
    locale_t before = uselocale(comma);
    assert_real("-12.25e2", -1225.0);
    assert_refused("1,5", 3);
    uselocale(before);
    freelocale(comma);
}

/* How often 1.5 is read wrongly in a thread with that locale. */
static void *count_misreadings(void *locale) {
    uintptr_t wrong = 0;
    locale_t before = uselocale((locale_t)locale);
    for (int i = 0; i < 200000; i++) {
        rs_json reader;
        rs_json_token token;
        rs_json_init(&reader, "1.5", 3);
        rs_json_next(&reader, &token);
        wrong += token.type != RS_JSON_REAL || token.real < 1.5;
    }
    uselocale(before);
    return (void *)wrong;
}

static void reads_numbers_in_threads_of_other_locales(void **state) {
    locale_t locales[] = {comma_locale(), find_locale("C")};
    pthread_t threads[2];
    (void)state;
    if (locales[0] == (locale_t)0)
        skip();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_misreadings,
                                        (void *)locales[i]),
                         0);
    }
    for (int i = 0; i < 2; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
        freelocale(locales[i]);
    }
}

/* ------------------------------------------------------------------ tokens */

/* One character per token. */
static void trace(const char *data, char *out) {
    static const char letters[] = ".{}[]ksirtfn!";
    rs_json reader;
    rs_json_token token;
    rs_json_init(&reader, data, strlen(data));
    do {
        *out++ = letters[rs_json_next(&reader, &token)];
    } while (token.type != RS_JSON_END && token.type != RS_JSON_ERROR);
    *out = '\0';
}

static void yields_the_tokens_in_order(void **state) {
    static const char *const cases[][2] = {
        {"[]", "[]."},
        {"{}", "{}."},
        {"[1, 1.5, \"a\", true, false, null]", "[irstfn]."},
        {"{\"a\": {\"b\": [{}, []]}, \"c\": 1}", "{k{k[{}[]]}ki}."},
        {"[1,]", "[i!"},
        {"1 1", "i!"},
        {"", "!"},
    };
    char out[64];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        trace(cases[i][0], out);
        assert_string_equal(out, cases[i][1]);
    }
}

static void points_into_the_text(void **state) {
    static const char data[] = " { \"key\" : [ \"a\\n\" , -12 , true ] } ";
    static const char *const texts[] = {"{",   "key",  "[", "a\\n",
                                        "-12", "true", "]", "}"};
    rs_json reader;
    rs_json_token token;
    (void)state;
    rs_json_init(&reader, data, sizeof data - 1);
    for (size_t i = 0; i < COUNT(texts); i++) {
        rs_json_next(&reader, &token);
        assert_true(rs_slice_is(token.text, texts[i]));
        assert_true(token.text.data > data &&
                    token.text.data < data + sizeof data);
    }
    assert_int_equal(rs_json_next(&reader, &token), RS_JSON_END);
    assert_int_equal(token.text.size, 0);
    assert_int_equal(rs_json_offset(&reader), sizeof data - 1);
}

static void says_what_is_wrong_and_where(void **state) {
    static const struct {
        const char *data, *error;
        size_t offset;
    } cases[] = {
        {"", "unexpected end of text", 0},
        {"[1", "unexpected end of text", 2},
        {"{\"a\"", "unexpected end of text", 4},
        {"1.", "unexpected end of text", 2},
        {"tru", "unexpected end of text", 3},
        {"{\"a\": 1, b}", "unexpected character", 9},
        {"nulL", "unexpected character", 3},
        {"[1] x", "text after the value", 4},
        {"[01]", "malformed number", 2},
        {"[1.x]", "malformed number", 3},
        {"[\"a\nb\"]", "control character in a string", 3},
        {"[\"a\\qb\"]", "invalid escape", 3},
        {"[\"a\\ud800b\\\"]", "unexpected end of text", 13},
        {"[\"a\xFF", "unexpected end of text", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_error(cases[i].data, strlen(cases[i].data), cases[i].error,
                     cases[i].offset);
    }
}

static void skips_values_of_every_kind(void **state) {
    static const char data[] =
        "{\"a\":[1,{\"b\":[]},\"]\"],\"c\":{},\"d\":[],\"e\":1,\"f\":\"}\"}";
    rs_json reader;
    rs_json_token token;
    int keys = 0;
    (void)state;
    rs_json_init(&reader, data, sizeof data - 1);
    assert_int_equal(rs_json_next(&reader, &token), RS_JSON_OBJECT);
    while (rs_json_next(&reader, &token) == RS_JSON_KEY) {
        rs_json_next(&reader, &token);
        assert_true(rs_json_skip(&reader, &token));
        keys++;
    }
    assert_int_equal(keys, 5);
    assert_int_equal(token.type, RS_JSON_OBJECT_END);
    assert_int_equal(rs_json_next(&reader, &token), RS_JSON_END);
}

static void fails_to_skip_broken_values(void **state) {
    static const char *const broken[] = {"[1,[2,}]", "{\"a\":[1", "[\"\x01\"]"};
    rs_json reader;
    rs_json_token token;
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        rs_json_init(&reader, broken[i], strlen(broken[i]));
        rs_json_next(&reader, &token);
        assert_false(rs_json_skip(&reader, &token));
        assert_non_null(reader.error);
    }
}

/* ------------------------------------------------------- what strings mean */

static void assert_means(const char *data, size_t size, const char *expected,
                         size_t expected_size) {
    rs_json_token token = first_token(data, size);
    assert_int_equal(token.type, RS_JSON_STRING);
    char *out = malloc(expected_size + 1);
    assert_non_null(out);
    assert_int_equal(rs_json_unescape(token.text, NULL), expected_size);
    assert_int_equal(rs_json_unescape(token.text, out), expected_size);
    assert_memory_equal(out, expected, expected_size);
    free(out);
}

static void unescapes_every_escape(void **state) {
    static const text cases[][2] = {
        {T("\"\""), T("")},
        {T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), T("\"\\/\b\f\n\r\t")},
        {T("\"a\\u0000b\""), T("a\0b")},
        {T("\"\\u007f\\u0080\\u07ff\""), T("\x7F\xC2\x80\xDF\xBF")},
        {T("\"\\u0800\\uFFFF\""), T("\xE0\xA0\x80\xEF\xBF\xBF")},
        {T("\"\\ud83d\\ude00!\""), T("\xF0\x9F\x98\x80!")},
        {T("\"\\uD800\\uDC00\""), T("\xF0\x90\x80\x80")},
        {T("\"\\udbff\\udfff\""), T("\xF4\x8F\xBF\xBF")},
        {T("\"\xC3\xA9\\u00e9\""), T("\xC3\xA9\xC3\xA9")},
        {T("\"\\\\u0041\""), T("\\u0041")},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_means(cases[i][0].data, cases[i][0].size, cases[i][1].data,
                     cases[i][1].size);
    }
}

/* Every code point, escaped and as UTF-8: both must mean the same; surrogates
 * must both be replaced. */
static void knows_every_code_point(void **state) {
    char escaped[16], plain[8];
    (void)state;
    for (unsigned c = 0x80; c <= 0x10FFFF; c += c < 0x10000 ? 1 : 251) {
        unsigned high = 0xD800 + ((c - 0x10000) >> 10);
        int size = c < 0x10000
                       ? snprintf(escaped, sizeof escaped, "\"\\u%04x\"", c)
                       : snprintf(escaped, sizeof escaped, "\"\\u%04X\\u%04X\"",
                                  high, 0xDC00 + (c & 0x3FF));
        int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        plain[0] = plain[more + 2] = '"';
        plain[1] = (char)(0xFFU << (7 - more) | c >> 6 * more);
        for (int i = 0; i < more; i++)
            plain[i + 2] = (char)(0x80 | (c >> 6 * (more - 1 - i) & 0x3F));
        if (c >= 0xD800 && c <= 0xDFFF) {
            assert_means(plain, 5, R R R, 9);
            assert_means(escaped, (size_t)size, R, 3);
            continue;
        }
        assert_accepted(plain, (size_t)more + 3);
        assert_means(escaped, (size_t)size, plain + 1, (size_t)more + 1);
    }
}

static bool equals(const char *data, const char *other) {
    rs_json_token token = first(data);
    return rs_json_equals(&token, other);
}

static void compares_however_it_is_spelled(void **state) {
    (void)state;
    assert_true(equals("\"\"", ""));
    assert_true(equals("\"name\"", "name"));
    assert_true(equals("\"\\u006eam\\u0065\"", "name"));
    assert_true(equals("\"a\\/b\\n\"", "a/b\n"));
    assert_true(
        equals("\"\\u00e9\\ud83d\\ude00\"", "\xC3\xA9\xF0\x9F\x98\x80"));
    assert_false(equals("\"name\"", "nam"));
    assert_false(equals("\"n\\u0061\"", "n"));
    assert_false(equals("\"n\\u0061\"", "nam"));
    assert_false(equals("\"n\\u0062\"", "na"));
    assert_false(equals("\"\\u0000\"", ""));
    assert_false(equals("\"\\\\n\"", "\n"));
    assert_false(equals("\"\\u00e9\"", "\xC3"));
}

/* This text came from no token: a caller's mistake must not make it read on. */
static void ends_at_what_is_no_escape(void **state) {
    (void)state;
    static const text broken[] = {T("ab\\"), T("ab\\u12"), T("ab\\x"),
                                  T("ab\\u")};
    for (size_t i = 0; i < COUNT(broken); i++) {
        char out[32];
        char *copy = exact_copy(broken[i].data, broken[i].size);
        rs_json_token token = {.type = RS_JSON_STRING,
                               .escaped = true,
                               .text = {copy, broken[i].size}};
        assert_int_equal(rs_json_unescape(token.text, out), 2);
        assert_memory_equal(out, "ab", 2);
        assert_false(rs_json_equals(&token, "ab"));
        assert_false(rs_json_equals(&token, "abc"));
        assert_false(rs_json_equals(&token, broken[i].data));
        free(copy);
    }
}

static void decodes_into_room_that_is_enough(void **state) {
    rs_text plain = {{"abc", 3}, false}, escaped = {{"a\\n\xFF", 4}, true};
    char room[5];
    rs_slice out = rs_text_decode(plain, NULL, 0);
    (void)state;
    assert_ptr_equal(out.data, plain.raw.data);
    assert_int_equal(out.size, 3);
    out = rs_text_decode(escaped, room, 4);
    assert_null(out.data);
    assert_int_equal(out.size, 5);
    out = rs_text_decode(escaped, room, 5);
    assert_ptr_equal(out.data, room);
    assert_true(rs_slice_is(out, "a\n" R));
    assert_true(rs_text_equals(escaped, out));
    assert_false(rs_text_equals(escaped, (rs_slice){room, 4}));
}

static void assert_quoted(const char *data, const char *expected) {
    char out[128];
    rs_slice given = {data, strlen(data)};
    assert_int_equal(rs_text_quote(given, out), strlen(expected));
    assert_memory_equal(out, expected, strlen(expected));
}

static void quotes_what_forges_lines(void **state) {
    (void)state;
    assert_quoted("", "");
    assert_quoted("nightly \xC3\xA9\xE2\x82\xAC",
                  "nightly \xC3\xA9\xE2\x82\xAC");
    assert_quoted("a\nb\tc\rd", "a\\nb\\tc\\rd");
    assert_quoted("\x1B[2J\x7F", "\\u001b[2J\\u007f");
    assert_quoted("say \"\\\"", "say \\\"\\\\\\\"");
    assert_quoted("\xC2\x85\xC2\x9B\xC2\xA0", "\\u0085\\u009b\xC2\xA0");
    assert_quoted("\xC2", "\xC2");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_values_of_every_kind),
        cmocka_unit_test(refuses_broken_structure),
        cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(skips_a_byte_order_mark_before_the_value),
        cmocka_unit_test(refuses_other_encodings),
        cmocka_unit_test(refuses_nul_bytes_anywhere),
        cmocka_unit_test(nests_to_the_limit_and_no_deeper),
        cmocka_unit_test(remembers_the_kind_of_every_level),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(survives_every_changed_byte),
        cmocka_unit_test(accepts_strings),
        cmocka_unit_test(refuses_unfinished_strings),
        cmocka_unit_test(refuses_bad_escapes),
        cmocka_unit_test(reads_lone_surrogates_as_replacements),
        cmocka_unit_test(reads_malformed_utf8_as_replacements),
        cmocka_unit_test(judges_every_byte_at_every_place),
        cmocka_unit_test(tells_whether_a_string_has_escapes),
        cmocka_unit_test(accepts_numbers),
        cmocka_unit_test(refuses_malformed_numbers),
        cmocka_unit_test(reads_integers_exactly),
        cmocka_unit_test(reads_other_numbers_as_the_nearest_double),
        cmocka_unit_test(takes_numbers_past_the_largest_double_for_infinite),
        cmocka_unit_test(limits_the_length_of_numbers),
        cmocka_unit_test(reads_numbers_in_any_locale),
        cmocka_unit_test(reads_numbers_in_threads_of_other_locales),
        cmocka_unit_test(yields_the_tokens_in_order),
        cmocka_unit_test(points_into_the_text),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(skips_values_of_every_kind),
        cmocka_unit_test(fails_to_skip_broken_values),
        cmocka_unit_test(unescapes_every_escape),
        cmocka_unit_test(knows_every_code_point),
        cmocka_unit_test(compares_however_it_is_spelled),
        cmocka_unit_test(ends_at_what_is_no_escape),
        cmocka_unit_test(decodes_into_room_that_is_enough),
        cmocka_unit_test(quotes_what_forges_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
