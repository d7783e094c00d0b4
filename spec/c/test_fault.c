#include "parse/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Reads a copy without a byte to spare, so that overreads are seen. */
static void read_bytes(rs_slice body, rs_fault_words *words) {
    char *copy = malloc(body.size > 0 ? body.size : 1);
    assert_non_null(copy);
    if (body.size > 0)
        memcpy(copy, body.data, body.size);
    rs_fault_read((rs_slice){copy, body.size}, words);
    free(copy);
}

static void read_text(const char *body, rs_fault_words *words) {
    read_bytes((rs_slice){body, strlen(body)}, words);
}

static void assert_words(const char *body, const char *what,
                         const rs_words *words, const char *expected) {
    if (words->size != strlen(expected) ||
        memcmp(words->data, expected, words->size) != 0) {
        fail_msg("%s: expected the %s '%s', got '%.*s'", body, what, expected,
                 (int)words->size, words->data);
    }
}

typedef struct shape {
    const char *body, *code, *message;
    bool is_own;
} shape;

static void assert_shape(const shape *s) {
    rs_fault_words words;
    read_text(s->body, &words);
    rs_fault_tidy(&words.code);
    rs_fault_tidy(&words.message);
    assert_words(s->body, "code", &words.code, s->code);
    assert_words(s->body, "message", &words.message, s->message);
    if (words.is_own != s->is_own)
        fail_msg("%s: own is %d", s->body, words.is_own);
}

#define ASSERT_SHAPES(shapes)                                                  \
    for (size_t i = 0; i < sizeof(shapes) / sizeof *(shapes); i++)             \
        assert_shape(&(shapes)[i]);

static void reads_what_openstack_says(void **state) {
    static const shape shapes[] = {
        {"{\"itemNotFound\": {\"code\": 404, \"message\": \"Snapshot zzz could "
         "not be found.\"}}",
         "itemNotFound", "Snapshot zzz could not be found.", true},
        {"{\"item_not_found\": {\"message\": \"gone\", \"code\": 404}}",
         "item_not_found", "gone", true},
        {"{\"itemNotFound\": {\"code\": 404}}", "itemNotFound", "", true},
        {"{\"computeFault\": {\"code\": 406, \"message\": \"no\"}}",
         "computeFault", "no", true},
        {"{\"error\": {\"code\": 404, \"message\": \"Could not recognize "
         "Fernet token\", \"title\": \"Not Found\"}}",
         "Not Found", "Could not recognize Fernet token", true},
        {"{\"message\": \"no<br /><br />\\n\\n\\n\", \"code\": \"404 Not "
         "Found\", \"title\": \"Not Found\"}",
         "Not Found", "no", false},
        {"{\"NeutronError\": {\"type\": \"OverQuota\", \"message\": \"over\", "
         "\"detail\": \"\"}}",
         "OverQuota", "over", true},
        {"{\"code\": 404, \"error\": {\"message\": \"no stack\", "
         "\"traceback\": "
         "null, \"type\": \"EntityNotFound\"}, \"title\": \"Not Found\", "
         "\"explanation\": \"The resource could not be found.\"}",
         "EntityNotFound", "no stack", true},
        {"{\"debuginfo\": null, \"faultcode\": \"Client\", \"faultstring\": "
         "\"frozen\"}",
         "Client", "frozen", false},
        {"{\"error_message\": \"{\\\"debuginfo\\\": null, \\\"faultcode\\\": "
         "\\\"Client\\\", \\\"faultstring\\\": \\\"frozen\\\"}\"}",
         "Client", "frozen", false},
        {"{\"error\": {\"itemNotFound\": {\"message\": \"x\", \"code\": 404}}, "
         "\"code\": 404}",
         "itemNotFound", "x", true},
        {"{\"badRequest\": {\"message\": {\"snapshot\": [\"too long\"]}, "
         "\"code\": 400}}",
         "badRequest", "snapshot: too long", true},
        {"{\"errors\": [{\"request_id\": \"r\", \"code\": \"cinder.no\", "
         "\"status\": 404, \"title\": \"Not here\", \"detail\": \"x\"}]}",
         "cinder.no", "x", true},
    };
    (void)state;
    ASSERT_SHAPES(shapes);
}

static void reads_what_other_clouds_say(void **state) {
    static const shape shapes[] = {
        {"{\"error_code\": \"EVS.5404\", \"error_msg\": \"frozen\", "
         "\"request_id\": \"r1\"}",
         "EVS.5404", "frozen", true},
        {"{\"error\": {\"message\": \"frozen\", \"code\": \"EVS.2032\"}}",
         "EVS.2032", "frozen", true},
        {"{\"badrequest\": {\"message\": \"frozen\", \"code\": \"EVS.1\"}}",
         "EVS.1", "frozen", true},
        {"{\"code\": \"EVS.0001\", \"request_id\": \"r1\"}", "EVS.0001", "",
         true},
        {"{\"errorCode\": \"E1\", \"errorMessage\": \"frozen\"}", "E1",
         "frozen", true},
        {"{\"error\": \"frozen\"}", "", "frozen", false},
        {"{\"error\": \"the volume is frozen\"}", "", "the volume is frozen",
         true},
        {"{\"error\": \"invalid_token\", \"error_description\": \"frozen\"}",
         "invalid_token", "frozen", false},
        {"{\"error\": \"not_found\", \"reason\": \"missing\"}", "not_found",
         "missing", false},
        {"{\"errors\": [{\"status\": 409, \"title\": \"Conflict\", \"detail\": "
         "\"frozen\"}]}",
         "Conflict", "frozen", false},
        {"{\"errors\": [\"frozen\", \"and cold\"]}", "", "frozen; and cold",
         false},
        {"{\"errors\": {\"name\": [\"too long\", \"odd\"], \"size\": "
         "\"small\"}}",
         "", "name: too long; odd; size: small", false},
        {"{\"errors\": {\"n\\u00e4me\": 5, \"size\": \"small\"}}", "",
         "size: small", false},
        {"{\"errors\": {\"code\": 5, \"type\": [\"odd\"]}}", "", "type: odd",
         false},
        {"{\"errors\": {\"code\": \"E5\", \"name\": \"odd\"}}", "E5",
         "name: odd", true},
        {"{\"error\": {\"code\": \"\\u0045\\n5\", \"message\": \"m\"}}", "E 5",
         "m", true},
        {"{\"a\": {\"type\": \"x\"}, \"b\": {\"message\": \"m\"}}", "x", "m",
         true},
        {"{\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4, \"e\": {\"message\": "
         "\"m\"}}",
         "", "", false},
        {"{\"detail\": \"frozen\"}", "", "frozen", false},
        {"{\"detail\": [{\"loc\": [\"body\"], \"msg\": \"frozen\"}]}", "",
         "frozen", false},
        {"{\"fault\": {\"faultstring\": \"frozen\", \"detail\": {}}}", "",
         "frozen", false},
        {"{\"fault\": {\"faultstring\": \"frozen\", \"detail\": "
         "{\"errorcode\": \"a.b.C\"}}}",
         "a.b.C", "frozen", true},
        {"{\"title\": \"Bad snapshot\", \"description\": \"frozen\"}",
         "Bad snapshot", "frozen", true},
        {"{\"title\": \"frozen\"}", "", "frozen", false},
        {"{\"type\": \"about:blank\", \"title\": \"Frozen\", \"status\": 400, "
         "\"detail\": \"it is frozen\"}",
         "Frozen", "it is frozen", false},
        {"{\"incidentID\": \"1\", \"code\": \"E0042\", \"description\": "
         "\"frozen\"}",
         "E0042", "frozen", true},
        {"{\"Message\": \"frozen\"}", "", "frozen", false},
        {"{\"message\": [\"frozen\"]}", "", "frozen", false},
        {"{\"message\": {\"name\": \"long\", \"size\": {\"min\": \"1\"}}}", "",
         "name: long; size: min: 1", false},
        {"{\"code\": 4001, \"msg\": \"frozen\"}", "4001", "frozen", false},
        {"{\"code\": 400, \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"code\": \"400\", \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"code\": \"HTTP 400\", \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"code\": \"--\", \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"code\": \"\", \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"code\": -4001, \"msg\": \"frozen\"}", "", "frozen", false},
        {"{\"reason\": \"frozen\"}", "", "frozen", false},
        {"{\"cause\": {\"message\": \"frozen\"}}", "", "frozen", false},
        {"{\"explanation\": \"frozen\"}", "", "frozen", false},
        {"{\"details\": \"frozen\"}", "", "frozen", false},
        {"[{\"code\": \"X\", \"message\": \"frozen\"}, {\"message\": \"b\"}]",
         "X", "frozen; b", true},
        {"{\"response\": {\"message\": \"frozen\"}}", "", "frozen", false},
        {"{\"itemNotFound\": \"odd\"}", "itemNotFound", "odd", false},
        {"{\"message\": \"\", \"description\": \" \\n\", \"reason\": "
         "\"frozen\"}",
         "", "frozen", false},
        {"{\"message\": null, \"error\": true, \"title\": 5, \"detail\": "
         "\"frozen\"}",
         "", "frozen", false},
        {"{\"message\": \"{\\\"a\\\": \\\"{\\\\\\\"b\\\\\\\": 1}\\\"}\"}", "",
         "a: {\"b\": 1}", false},
        {"{\"message\": \"first\", \"message\": \"second\"}", "", "first",
         false},
        {"\xEF\xBB\xBF {\"message\": \"frozen\"}\r\n", "", "frozen", false},
        {"\"frozen\"", "", "frozen", false},
    };
    (void)state;
    ASSERT_SHAPES(shapes);
}

static void reads_xml(void **state) {
    static const shape shapes[] = {
        {"<?xml version='1.0'?>\n<itemNotFound code=\"404\" "
         "xmlns=\"http://docs.openstack.org/volume/api/v1\"><message>The "
         "resource &quot;x&quot; is gone.</message></itemNotFound>",
         "itemNotFound", "The resource \"x\" is gone.", true},
        {"<Error><Code>NoSuchSnapshot</Code><Message>a &amp; "
         "b</Message></Error>",
         "NoSuchSnapshot", "a & b", true},
        {"<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultcode>s:Client"
         "</faultcode><faultstring>frozen</faultstring></s:Fault></s:Body>"
         "</s:Envelope>",
         "s:Client", "frozen", true},
        {"<e:Envelope><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value>"
         "</e:Code><e:Reason><e:Text lang='en'>frozen</e:Text></e:Reason>"
         "</e:Fault></e:Body></e:Envelope>",
         "e:Sender", "frozen", true},
        {"<badRequest><message><![CDATA[a < b]]></message></badRequest>",
         "badRequest", "a < b", true},
        {"<!-- a fault --><fault><message/><description>&#102;rozen"
         "</description></fault>",
         "", "frozen", false},
        {"<itemNotFound><message>cut off", "itemNotFound", "cut off", true},
        {"<a><message> </message></a>", "", "", false},
        {"<a><message", "", "<message", false},
        {"<fault><message>&unknown; &#960; &#; &#1</message></fault>", "",
         "&unknown; &#960; &#; &#1", false},
    };
    rs_fault_words words;
    (void)state;
    ASSERT_SHAPES(shapes);
    read_text("<overLimit code='413'><message>slow</message><retryAfter>7"
              "</retryAfter></overLimit>",
              &words);
    assert_true(words.retry_after == 7);
}

static void reads_pages_and_plain_text(void **state) {
    static const shape shapes[] = {
        {"<html><head><title>404 Nothing</title><style>x</style></head></html>",
         "", "404 Nothing", false},
        {"<!DOCTYPE html><HTML><HEAD><TITLE lang=en>Bad &amp; gone</TITLE>", "",
         "Bad & gone", false},
        {"<html><head><title> </title><style>p > a {}</style></head><body>"
         "<script>if (1 < 2) {}</script><h1>Gone</h1>for good</body></html>",
         "", "Gone for good", false},
        {"<html><style>p {}</style>words<script>x", "", "words", false},
        {"<p>Not here.</p>", "", "Not here.", false},
        {"<p> </p>", "", "", false},
        {"<> <3 & more", "", "<3 & more", false},
        {"plain words", "", "plain words", false},
        {"default backend - 404", "", "default backend - 404", false},
        {"404 page not found\n", "", "404 page not found", false},
        {"{\"itemNotFound\": {\"message\": \"cut o", "",
         "{\"itemNotFound\": {\"message\": \"cut o", false},
        {"b\xE9 bad\x80\xF5", "", "b\xEF\xBF\xBD bad\xEF\xBF\xBD\xEF\xBF\xBD",
         false},
        {"\xE0\x80\xE9", "", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", false},
        {"\xF0\x80\xF4\x90", "",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", false},
        {"\xED\xA0\x80", "", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", false},
        {"\xF0\x9F\x98\x80 \xE2\x82\xAC", "", "\xF0\x9F\x98\x80 \xE2\x82\xAC",
         false},
        {"<title>&#1234567890123;", "", "&#1234567890123;", false},
        {"<p>a</p", "", "a</p", false},
        {"<![CDATA[words", "", "words", false},
    };
    (void)state;
    ASSERT_SHAPES(shapes);
}

static void finds_no_words_where_there_are_none(void **state) {
    static const char *const bodies[] = {"",
                                         " \r\n",
                                         "{}",
                                         "[]",
                                         "null",
                                         "5",
                                         "\"\"",
                                         "{\"message\": \"\"}",
                                         "[[]]",
                                         "{\"a\": {}}",
                                         "[5, null]",
                                         "{\"a\": {\"b\": \"c\"}}",
                                         "true",
                                         "{\"a\": \"b\", \"c\": 1}",
                                         "{\"message\": {\"a\": [1]}}"};
    rs_fault_words words;
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        shape none = {bodies[i], "", "", false};
        assert_shape(&none);
    }
    rs_fault_read((rs_slice){NULL, 0}, &words);
    assert_int_equal(words.message.size, 0);
    assert_true(words.retry_after < 0);
}

/* Every search has a limit. */
static void ends_in_what_is_nested(void **state) {
    shape deep = {"{\"error\":{\"error\":{\"error\":{\"error\":{\"error\":"
                  "{\"error\":{\"error\":\"x\"}}}}}}}",
                  "", "", false};
    shape less = {"{\"error\":{\"error\":{\"error\":{\"error\":{\"error\":"
                  "\"x\"}}}}}",
                  "", "x", false};
    shape named = {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
                   "{\"message\":\"x\"}}}}}}}}",
                   "", "", false};
    shape lists = {"[[[[[[[[\"x\"]]]]]]]]", "", "", false};
    (void)state;
    assert_shape(&deep);
    assert_shape(&less);
    assert_shape(&lists);
    assert_shape(&named);
}

static void assert_not_found(const char *body, rs_kind kind, bool is_own) {
    rs_fault_words words;
    read_text(body, &words);
    for (long status = 404; status <= 410; status += 6) {
        if (rs_fault_kind(status, &words, -1) != kind ||
            words.is_own != is_own) {
            fail_msg("%s: %s, own is %d", body,
                     rs_kind_name(rs_fault_kind(status, &words, -1)),
                     words.is_own);
        }
    }
}

/* A 404 proves something only if no gateway says it in this way. */
static void believes_what_only_a_service_says(void **state) {
    static const char *const own[] = {
        "{\"itemNotFound\": {\"code\": 404, \"message\": \"The resource could "
        "not be found.\"}}",
        "{\"message\": \"Snapshot a-b could not be found.\", \"code\": 404}",
        "{\"error\": {\"code\": \"EVS.0404\", \"message\": \"Nothing "
        "there\"}}",
        "{\"error\": {\"code\": \"VolumeNotFound\", \"message\": \"no\"}}",
        "{\"error\": {\"code\": 404, \"message\": \"Could not find "
        "Application Credential: x.\", \"title\": \"Not Found\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_not_found(own[i], RS_NOT_FOUND, true);
}

/* The service has nothing at this URL, which may be wrong. */
static void does_not_take_a_router_for_proof(void **state) {
    static const char *const unrouted[] = {
        "{\"message\": \"The resource could not be found.<br /><br "
        "/>\\n\\n\", "
        "\"code\": \"404 Not Found\", \"title\": \"Not Found\"}",
        "{\"error\": {\"message\": \"(http://h/v3): The resource could not be "
        "found.\", \"code\": 404, \"title\": \"Not Found\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof unrouted / sizeof *unrouted; i++)
        assert_not_found(unrouted[i], RS_NOT_FOUND, false);
}

static void does_not_believe_gateways(void **state) {
    static const char *const foreign[] = {
        /* Kong, APISIX, Traefik and Go, ingress-nginx, HAProxy, Envoy */
        "{\"message\":\"no Route matched with those values\"}",
        "{\"error_msg\":\"404 Route Not Found\"}",
        "404 page not found\n",
        "default backend - 404",
        "<html><body><h1>404 Not Found</h1>\nThe resource could not be found."
        "\n</body></html>",
        "",
        /* Huawei's APIG, Apigee, AWS, Azure, Gravitee, Google */
        "{\"error_msg\":\"The API does not exist or has not been published in "
        "the environment\",\"error_code\":\"APIG.0101\"}",
        "{\"fault\":{\"faultstring\":\"Unable to identify proxy for host: "
        "default and url: \\/v3\\/p\\/snapshots\\/x\",\"detail\":{"
        "\"errorcode\":\"messaging.adaptors.http.flow."
        "ApplicationNotFound\"}}}",
        "{\"message\":\"Not Found\"}",
        "{ \"statusCode\": 404, \"message\": \"Resource not found\" }",
        "{\"message\":\"No context-path matches the request URI.\","
        "\"http_status_code\":404}",
        "{\"code\":5,\"message\":\"Method does not exist.\",\"details\":[]}",
        /* Spring, FastAPI, Django, Flask, Gin, ASP.NET, Express */
        "{\"timestamp\":\"t\",\"status\":404,\"error\":\"Not Found\",\"path\":"
        "\"/v3/p/snapshots/x\"}",
        "{\"detail\":\"Not Found\"}",
        "{\"detail\":\"Not found.\"}",
        "{\"message\":\"The requested URL was not found on the server.\"}",
        "{\"code\":\"PAGE_NOT_FOUND\",\"message\":\"no\"}",
        "{\"type\":\"https://h/x\",\"title\":\"Not Found\",\"status\":404}",
        "{\"error\":\"Cannot GET /v3/p/snapshots/x\"}",
        "{\"error\":\"Cannot GET volume_snapshots\"}",
        "{\"error\":\"no snapshot-service\"}",
        "{\"error\":\"no snapshotter\"}",
        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"the server "
        "could not find the requested resource\",\"reason\":\"NotFound\","
        "\"details\":{},\"code\":404}",
        "{\"message\":\"no route for the volume service\"}",
        "{\"code\":\"NotFound\",\"message\":\"no\"}",
        "{\"status\":404,\"request\":{\"message\":\"GET\"}}",
        "{}",
        "[]",
        "null",
        "\"no snapshot\"",
        "no snapshot",
    };
    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_not_found(foreign[i], RS_SERVER, false);
}

static void has_a_kind_for_each_status(void **state) {
    static const struct {
        long status;
        rs_kind kind;
    } cases[] = {
        {400, RS_INVALID},     {401, RS_AUTH},        {403, RS_FORBIDDEN},
        {404, RS_SERVER},      {405, RS_UNSUPPORTED}, {406, RS_UNSUPPORTED},
        {408, RS_TIMEOUT},     {409, RS_CONFLICT},    {410, RS_SERVER},
        {411, RS_INVALID},     {412, RS_CONFLICT},    {414, RS_INVALID},
        {415, RS_INVALID},     {422, RS_INVALID},     {423, RS_CONFLICT},
        {431, RS_INVALID},     {499, RS_INVALID},     {500, RS_SERVER},
        {501, RS_UNSUPPORTED}, {502, RS_SERVER},      {503, RS_SERVER},
        {504, RS_SERVER},      {505, RS_SERVER},      {507, RS_SERVER},
        {599, RS_SERVER},      {300, RS_DECODE},      {302, RS_DECODE},
        {204, RS_DECODE},      {101, RS_DECODE},
    };
    rs_fault_words words;
    (void)state;
    read_text("", &words);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(rs_fault_kind(cases[i].status, &words, -1),
                         cases[i].kind);
    }
}

static void tells_quotas_from_rate_limits(void **state) {
    static const struct {
        long status;
        double retry_after;
        const char *body;
        rs_kind kind;
    } cases[] = {
        /* rates */
        {429, 1,
         "{\"overLimit\": {\"message\": \"API request quota exceeded, try "
         "again in 1 second\"}}",
         RS_RATE_LIMITED},
        {429, 3, "{\"message\": \"rate limit quota exceeded\"}",
         RS_RATE_LIMITED},
        {429, -1, "{\"message\": \"rate limit quota exceeded\"}",
         RS_RATE_LIMITED},
        {429, 9, "{\"message\": \"quota exceeded\"}", RS_RATE_LIMITED},
        {413, -1,
         "{\"overLimit\": {\"code\": 413, \"message\": \"This request was "
         "rate-limited.\"}}",
         RS_RATE_LIMITED},
        {413, 7, "{\"overLimit\": {\"message\": \"no\"}}", RS_RATE_LIMITED},
        {413, -1,
         "{\"overLimit\": {\"message\": \"no\", \"retryAfter\": \"5\"}}",
         RS_RATE_LIMITED},
        {413, -1, "{\"overLimit\": {\"message\": \"no\", \"retryAfter\": 5}}",
         RS_RATE_LIMITED},
        {429, -1, "", RS_RATE_LIMITED},
        {429, 0, "", RS_RATE_LIMITED},
        {429, -1, "{\"overLimit\": {\"message\": \"no\"}}", RS_RATE_LIMITED},
        {429, 0, "{\"overLimit\": {\"message\": \"no\"}}", RS_RATE_LIMITED},
        /* quotas */
        {413, 0,
         "{\"overLimit\": {\"code\": 413, \"message\": "
         "\"SnapshotLimitExceeded: "
         "Maximum number of snapshots allowed (10) exceeded\"}}",
         RS_QUOTA},
        {413, -1,
         "{\"overLimit\": {\"message\": \"the quota is 2\", \"retryAfter\": "
         "\"0\"}}",
         RS_QUOTA},
        {413, -1, "", RS_QUOTA},
        {413, 0, "{\"overLimit\": {\"message\": \"no\"}}", RS_QUOTA},
        {429, -1,
         "{\"overLimit\": {\"code\": 429, \"message\": "
         "\"SnapshotQuotaExceeded: "
         "Snapshot quota limit has been reached\"}}",
         RS_QUOTA},
        {429, -1, "{\"SnapshotQuotaExceeded\": {\"message\": \"it is 500\"}}",
         RS_QUOTA},
        {400, -1,
         "{\"error\": {\"message\": \"Quota exceeded for resources: "
         "snapshots\", \"code\": \"EVS.2042\"}}",
         RS_QUOTA},
        {403, -1,
         "{\"forbidden\": {\"message\": \"Quota exceeded, cannot create "
         "snapshot (10 of 10).\", \"code\": 403}}",
         RS_QUOTA},
        {403, -1,
         "{\"forbidden\": {\"message\": \"Requested volume exceeds allowed "
         "gigabytes quota.\"}}",
         RS_QUOTA},
        {403, -1,
         "{\"forbidden\": {\"message\": \"Maximum number of volumes allowed "
         "(10)\"}}",
         RS_QUOTA},
        {403, -1, "{\"message\": \"API rate limit exceeded\"}",
         RS_RATE_LIMITED},
        {403, 9, "{\"message\": \"Too many requests\"}", RS_RATE_LIMITED},
        {403, 9, "{\"message\": \"no\"}", RS_FORBIDDEN},
        {409, -1, "{\"NeutronError\": {\"type\": \"OverQuota\"}}", RS_QUOTA},
        {422, -1, "{\"message\": \"not enough quota\"}", RS_QUOTA},
        /* neither */
        {400, -1, "{\"message\": \"there is no quota class x\"}", RS_INVALID},
        {403, -1,
         "{\"forbidden\": {\"message\": \"Policy doesn't allow "
         "limits:quotas\"}}",
         RS_FORBIDDEN},
        {401, -1, "{\"message\": \"quota exceeded\"}", RS_AUTH},
        {413, -1, "{\"message\": \"Request is too large.\"}", RS_INVALID},
        {413, -1, "<h1>413 Request Entity Too Large</h1>", RS_INVALID},
        {503, 5, "{\"message\": \"rate limit\"}", RS_SERVER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rs_fault_words words;
        read_text(cases[i].body, &words);
        rs_kind kind =
            rs_fault_kind(cases[i].status, &words, cases[i].retry_after);
        if (kind != cases[i].kind) {
            fail_msg("%ld %s: %s", cases[i].status, cases[i].body,
                     rs_kind_name(kind));
        }
    }
}

/* ------------------------------------------------------------------- lines */

static void assert_tidied(const char *text, const char *expected) {
    rs_words words = {.size = strlen(text)};
    memcpy(words.data, text, words.size);
    rs_fault_tidy(&words);
    assert_words(text, "line", &words, expected);
}

static void makes_a_line_without_what_people_cannot_read(void **state) {
    (void)state;
    assert_tidied("", "");
    assert_tidied(" \t\r\n", "");
    assert_tidied("a\n\n b\x7F"
                  "c\x01",
                  "a b c");
    assert_tidied("<p>a</p><br />b <i>c</i>", "a b c");
    assert_tidied("a < b and c", "a < b and c");
    assert_tidied("a <<b> c", "a < c");
    assert_tidied("a\xC2\x85"
                  "b\xE2\x80\xA8"
                  "c\xE2\x80\xAE"
                  "d\xE2\x81\xA6"
                  "e",
                  "a b c d e");
    assert_tidied("\xC2\xA0\xE2\x80\xA6\xE2\x82\xAC\xC3\xA9",
                  "\xC2\xA0\xE2\x80\xA6\xE2\x82\xAC\xC3\xA9");
    assert_tidied("\xC2", "\xC2"); /* half a character is left alone */
    assert_tidied("\xE2\x80", "\xE2\x80");
}

static void cuts_a_line_between_characters(void **state) {
    char body[3 * RS_FAULT_RAW], expected[RS_FAULT_LINE + 4] = "";
    rs_fault_words words;
    (void)state;
    for (int odd = 0; odd < 2; odd++) {
        char *at = body + sprintf(body, "{\"message\": \"%s", odd ? "x" : "");
        for (int i = 0; i < RS_FAULT_RAW; i++)
            at = memcpy(at, "\xC3\xA9", 2), at += 2;
        memcpy(at, "\"}", 3);
        read_text(body, &words);
        assert_true(words.message.cut);
        assert_true(words.message.size <= RS_FAULT_RAW);
        rs_fault_tidy(&words.message);
        assert_int_equal(words.message.size, RS_FAULT_LINE + 3 - odd);
        memcpy(expected, body + 13, RS_FAULT_LINE - (size_t)odd);
        memcpy(expected + RS_FAULT_LINE - odd, "...", 4);
        assert_words("é", "line", &words.message, expected);
    }
}

/* The text was cut, so the line says that there is more. */
static void marks_a_line_of_words_that_were_cut(void **state) {
    static char body[2 * RS_FAULT_RAW];
    rs_fault_words words;
    (void)state;
    memset(body, ' ', sizeof body);
    memcpy(body, "few", 3);
    body[sizeof body - 1] = 'x';
    read_bytes((rs_slice){body, sizeof body}, &words);
    assert_true(words.message.cut);
    rs_fault_tidy(&words.message);
    assert_words("blanks", "line", &words.message, "few...");
}

/* Half a secret would not be recognized and masked. */
static void leaves_out_half_a_word(void **state) {
    static char body[2 * RS_FAULT_RAW];
    rs_fault_words words;
    (void)state;
    for (size_t at = 0; at < sizeof body; at += 4)
        memcpy(body + at, "<b> ", 4);
    memcpy(body + RS_FAULT_RAW - 8, "pwd hunter2 ", 12);
    memcpy(body, "few ", 4);
    read_bytes((rs_slice){body, sizeof body}, &words);
    assert_true(words.message.cut);
    rs_fault_tidy(&words.message);
    assert_words("pwd hunter2", "line", &words.message, "few pwd...");
    memcpy(body + RS_FAULT_RAW - 8, "<hr>hunter2 ", 12);
    read_bytes((rs_slice){body, sizeof body}, &words);
    rs_fault_tidy(&words.message);
    assert_words("<hr>hunter2", "line", &words.message, "few...");
}

/* Bytes that are not UTF-8 may be part of words, too. */
static void keeps_what_is_no_text_at_all(void **state) {
    static char body[2 * RS_FAULT_RAW];
    rs_fault_words words;
    (void)state;
    memset(body, '\x80', sizeof body);
    body[0] = body[sizeof body - 1] = '"';
    read_bytes((rs_slice){body, sizeof body}, &words);
    assert_true(words.message.cut);
    assert_int_equal(words.message.size, RS_FAULT_RAW / 3 * 3);
    assert_memory_equal(words.message.data, "\xEF\xBF\xBD", 3);
}

/* A text is never cut within an escape. */
static void cuts_escapes_whole(void **state) {
    static const char *const escapes[] = {"\\\"", "\\\\", "\\u00e9",
                                          "\\ud83d\\ude00"};
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        for (int shift = 0; shift < 12; shift++) {
            char body[2 * RS_FAULT_RAW + 64], *at = body;
            rs_fault_words words;
            at += sprintf(at, "[\"%.*s", shift, "xxxxxxxxxxxx");
            while (at - body < RS_FAULT_RAW + 64)
                at += sprintf(at, "%s", escapes[i]);
            memcpy(at, "\"]", 3);
            read_text(body, &words);
            assert_true(words.message.cut);
            for (size_t k = 0; k < words.message.size; k++)
                assert_true((words.message.data[k] & 0x80) == 0 || i >= 2);
            char *last = words.message.data + words.message.size - 4;
            assert_true(i != 3 || memcmp(last, "\xF0\x9F\x98\x80", 4) == 0);
        }
    }
}

/* A larger one is no proof of anything, since it is not read. */
static void reads_no_more_json_than_anybody_sends(void **state) {
    static const char fault[] = "{\"itemNotFound\":{\"message\":\"x\"}}";
    enum { MOST = 1048576 };
    static char body[MOST + 1];
    rs_fault_words words;
    (void)state;
    memset(body, '\t', sizeof body);
    memcpy(body, fault, sizeof fault - 2);
    for (size_t more = 0; more < 2; more++) {
        body[MOST - 1] = '\t';
        body[MOST - 1 + more] = '}';
        read_bytes((rs_slice){body, MOST + more}, &words);
        assert_int_equal(words.is_own, more == 0);
    }
}

static void is_quick_about_hostile_pages(void **state) {
    static const char *const parts[] = {
        "<",      "<message>", "<message",    "</",    "<style",
        "&",      "<title>",   "&#1",         "]",     "<!--",
        "<a:b:c", "[",         "{\"error\":", "\"\\\\"};
    static char body[RS_FAULT_RAW * 64];
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        rs_fault_words words;
        size_t length = strlen(parts[i]);
        for (size_t at = 0; at < sizeof body; at++)
            body[at] = at == 0 ? '<' : parts[i][at % length];
        read_bytes((rs_slice){body, sizeof body}, &words);
        read_bytes((rs_slice){body + length, sizeof body - length}, &words);
        rs_fault_tidy(&words.message);
        assert_true(words.message.size <= RS_FAULT_LINE + 3);
    }
}

static void keeps_codes_short(void **state) {
    char body[512];
    rs_fault_words words;
    (void)state;
    (void)sprintf(body, "{\"message\": \"m\", \"code\": \"%0129d\"}", 7);
    read_text(body, &words);
    assert_int_equal(words.code.size, 0);
    (void)sprintf(body, "{\"message\": \"m\", \"code\": \"A%0127d\"}", 7);
    read_text(body, &words);
    assert_int_equal(words.code.size, 128);
}

/* ------------------------------------------------------- when to come back */

static double retry_after(const char *value, const char *date, double now) {
    rs_slice at = {date, date != NULL ? strlen(date) : 0};
    return rs_retry_after((rs_slice){value, strlen(value)}, at, now);
}

#define NOW "Mon, 23 Nov 2026 08:00:00 GMT" /* 1795420800 */

static void comes_back_after_seconds(void **state) {
    (void)state;
    assert_true(retry_after("5", NULL, 0) == 5);
    assert_true(retry_after("0", NULL, 0) == 0);
    assert_true(retry_after(" 7 ", NULL, 0) == 7);
    assert_true(retry_after("999999999", NULL, 0) == 999999999);
    assert_true(retry_after("999999999 ", NULL, 0) == 999999999);
    assert_true(retry_after("1000000001", NULL, 0) == 1e9);
    assert_true(retry_after("99999999999999999999999", NULL, 0) == 1e9);
    assert_true(retry_after("1.5", NULL, 0) == 1.5);
    assert_true(retry_after("0.0", NULL, 0) == 0);
    assert_true(retry_after("2.2500000000000000000000", NULL, 0) == 2.25);
}

static void comes_back_at_a_date(void **state) {
    static const char *const forms[] = {
        "Mon, 23 Nov 2026 08:01:30 GMT", "Monday, 23-Nov-26 08:01:30 GMT",
        "Mon, 23-Nov-2026 08:01:30 GMT", "Mon Nov 23 08:01:30 2026",
        "mon, 23 NOV 2026 08:01:30 gmt"};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_true(retry_after(forms[i], NOW, 0) == 90);
        assert_true(retry_after(forms[i], NULL, 1795420800 + 30) == 60);
        assert_true(retry_after(forms[i], "junk", 1795420800 + 30) == 60);
        assert_true(retry_after(NOW, forms[i], 1795420800) ==
                    0); /* in the past */
    }
    assert_true(retry_after("Sun Nov  1 08:00:00 2026",
                            "Sun, 01 Nov 2026 07:00:00 GMT", 0) == 3600);
    assert_true(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", NOW, 0) == 1e9);
}

/* A year of two digits is not more than fifty years ahead (RFC 9110). */
static void knows_the_century(void **state) {
    (void)state;
    assert_true(
        retry_after("Sunday, 06-Nov-94 08:49:37 GMT", NULL, 1795420800) == 0);
    assert_true(
        retry_after("Sunday, 06-Nov-94 08:49:37 GMT", NULL, 784111776) == 1);
    assert_true(
        retry_after("Monday, 23-Nov-75 07:00:00 GMT", NULL, 1795420800) == 1e9);
}

static void does_not_come_back_after_junk(void **state) {
    static const char *const junk[] = {"",
                                       " ",
                                       "soon",
                                       "-5",
                                       "5s",
                                       "1.",
                                       ".5",
                                       "1.5.5",
                                       "1e9",
                                       "0x5",
                                       "Mon, 99 Nov 2026",
                                       "Mon, 31 Feb 2026 08:00:00 GMT",
                                       "Mon, 23 Nov 2026 08:00:00 CET",
                                       "Mon, 23 Nov 2026 08:00:00",
                                       "Mon, 23 Nix 2026 08:00:00 GMT",
                                       "Mon, 23 Nov 26 08:00:00 GMT",
                                       "Mon, 23 Nov 2026 8:00 GMT",
                                       "Mon, 023 Nov 2026 08:00:00 GMT",
                                       "Mon Nov 23 08:00:00 26",
                                       "Monday, 23-Nov-2 08:00:00 GMT",
                                       "Monday, 99-Nov-26 08:00:00 GMT",
                                       "Monday, 23-Nov-26 08:00:00 CET",
                                       "Mon",
                                       "Mon,",
                                       "Mon, 23-",
                                       "2026-11-23T08:00:00Z"};
    (void)state;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        if (retry_after(junk[i], NOW, 0) >= 0)
            fail_msg("accepted %s", junk[i]);
    assert_true(rs_retry_after((rs_slice){NULL, 0}, (rs_slice){NULL, 0}, 0) <
                0);
    assert_true(rs_retry_after((rs_slice){"5\0", 2}, (rs_slice){NULL, 0}, 0) <
                0);
    assert_true(
        rs_retry_after((rs_slice){"Mon, 23\0", 8}, (rs_slice){NULL, 0}, 0) < 0);
}

static void finds_when_to_come_back_in_the_body(void **state) {
    static const struct {
        const char *body;
        double seconds;
    } cases[] = {
        {"{\"overLimit\": {\"message\": \"m\", \"retryAfter\": \"5\"}}", 5},
        {"{\"overLimit\": {\"message\": \"m\", \"retryAfter\": 0}}", 0},
        {"{\"retry_after\": 3}", 3},
        {"{\"retryAfter\": -3}", -1},
        {"{\"retryAfter\": null}", -1},
        {"{\"retryAfter\": {}}", -1},
        {"{\"message\": \"m\"}", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rs_fault_words words;
        read_text(cases[i].body, &words);
        assert_true(words.retry_after == cases[i].seconds);
    }
}

/* ------------------------------------------------------------------ logins */

static void assert_factor(const char *head, const char *body,
                          const char *expected) {
    char text[400] = "untouched";
    bool found =
        rs_fault_second_factor((rs_slice){head, strlen(head)},
                               (rs_slice){body, strlen(body)}, text, 400);
    assert_int_equal(found, expected != NULL);
    assert_string_equal(text, expected != NULL ? expected : "untouched");
}

static void tells_of_a_second_factor(void **state) {
    char small[10];
    (void)state;
    assert_factor("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: OS-MF "
                  "sessionId='s3cret', factor='PASSCODE'\r\n\r\n",
                  "",
                  "the account asks for a second factor (MFA: PASSCODE), which "
                  "a script cannot give: use an API key");
    assert_factor("WWW-Authenticate: OS-MF factor=SMS\r\n", "",
                  "the account asks for a second factor (MFA: SMS), which a "
                  "script cannot give: use an API key");
    assert_factor("WWW-Authenticate: OS-MF\r\n", "",
                  "the account asks for a second factor (MFA), which a script "
                  "cannot give: use an API key");
    assert_factor("WWW-Authenticate: OS-MF factor=", "",
                  "the account asks for a second factor (MFA), which a script "
                  "cannot give: use an API key");
    assert_factor("WWW-Authenticate: Keystone uri='x'\r\n", "", NULL);
    assert_factor("", "", NULL);
    assert_true(
        rs_fault_second_factor((rs_slice){"WWW-Authenticate: OS-MF", 23},
                               (rs_slice){NULL, 0}, small, sizeof small));
    assert_string_equal(small, "the accou");
}

#define RECEIPT "Openstack-Auth-Receipt: r3ceipt\r\n"
#define SEVERAL                                                                \
    "the user has to log in with several factors at once (MFA%s): use a "      \
    "token that was obtained with them, or use an application credential and " \
    "have the rule [\"application_credential\"] added to the user's rules"

static void assert_rules(const char *body, const char *rules) {
    char expected[400];
    (void)sprintf(expected, SEVERAL, rules);
    assert_factor(RECEIPT, body, expected);
}

static void tells_which_ways_to_authenticate_there_are(void **state) {
    (void)state;
    assert_rules("{\"receipt\": {\"a\": [1]}, \"required_auth_methods\": "
                 "[[\"password\", \"totp\"], [\"token\"]]}",
                 ": password and totp, or token");
    assert_rules("{\"required_auth_methods\": [[\"pass word\", 5, []], 7, {}, "
                 "[], [\"totp\"]]}",
                 ": ? and ? and ?, or totp");
    assert_rules("{\"required_auth_methods\": [[\"a\",\"b\",\"c\",\"d\",\"e\"],"
                 "[\"f\"],[\"g\"],[\"h\"],[\"i\"]]}",
                 ": a and b and c and d, or f, or g, or h");
    assert_rules("{\"required_auth_methods\": [[\"a\", ", ": a");
    assert_rules("{\"required_auth_methods\": [[\"\"]]}", ": ?");
    assert_rules("{\"required_auth_methods\": []}", "");
    assert_rules("{\"required_auth_methods\": 5}", "");
    assert_rules("{\"required_auth", "");
    assert_rules("{\"a\": [", "");
    assert_rules("{\"a\": 5}", "");
    assert_rules("[]", "");
    assert_rules("", "");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_openstack_says),
        cmocka_unit_test(reads_what_other_clouds_say),
        cmocka_unit_test(reads_xml),
        cmocka_unit_test(reads_pages_and_plain_text),
        cmocka_unit_test(finds_no_words_where_there_are_none),
        cmocka_unit_test(ends_in_what_is_nested),
        cmocka_unit_test(believes_what_only_a_service_says),
        cmocka_unit_test(does_not_take_a_router_for_proof),
        cmocka_unit_test(does_not_believe_gateways),
        cmocka_unit_test(has_a_kind_for_each_status),
        cmocka_unit_test(tells_quotas_from_rate_limits),
        cmocka_unit_test(makes_a_line_without_what_people_cannot_read),
        cmocka_unit_test(cuts_a_line_between_characters),
        cmocka_unit_test(marks_a_line_of_words_that_were_cut),
        cmocka_unit_test(leaves_out_half_a_word),
        cmocka_unit_test(keeps_what_is_no_text_at_all),
        cmocka_unit_test(cuts_escapes_whole),
        cmocka_unit_test(reads_no_more_json_than_anybody_sends),
        cmocka_unit_test(is_quick_about_hostile_pages),
        cmocka_unit_test(keeps_codes_short),
        cmocka_unit_test(comes_back_after_seconds),
        cmocka_unit_test(comes_back_at_a_date),
        cmocka_unit_test(knows_the_century),
        cmocka_unit_test(does_not_come_back_after_junk),
        cmocka_unit_test(finds_when_to_come_back_in_the_body),
        cmocka_unit_test(tells_of_a_second_factor),
        cmocka_unit_test(tells_which_ways_to_authenticate_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
