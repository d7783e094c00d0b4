/*
 * What libcurl's result code, and the course of the request, say about it.
 */
#include <stdio.h>
#include <string.h>

#include "http/http_internal.h"

#define TOO_LARGE 100 /* CURLE_TOO_LARGE, which older headers do not have */

static rs_http_error classify_write(const rs_request *request) {
    if (request->overflow == RS_BUFFER_FULL)
        return RS_HTTP_TOO_LARGE;
    return request->overflow == RS_BUFFER_NO_MEMORY ? RS_HTTP_NO_MEMORY
                                                    : RS_HTTP_BAD_ANSWER;
}

/* Was it lack of memory, or an endless line in the answer's head? libcurl may
 * have the same code for both. While a head comes in, they cannot be told
 * apart. */
static rs_http_error classify_memory(const rs_request *request) {
    curl_off_t first_byte = 0;
    curl_easy_getinfo(request->easy, CURLINFO_STARTTRANSFER_TIME_T,
                      &first_byte);
    return first_byte > 0 && !request->head_ended ? RS_HTTP_TOO_LARGE
                                                  : RS_HTTP_NO_MEMORY;
}

/* With TLS 1.3, a server refuses our certificate, or the lack of one, only
 * after the handshake has ended on our side. */
static bool is_refused_certificate(const rs_request *request) {
    const char *said = request->message;
    return request->head_total == 0 && strstr(said, "alert") != NULL &&
           (strstr(said, "ertificate") != NULL ||
            strstr(said, "unknown ca") != NULL);
}

/* A connection that broke during the handshake is like any other that broke:
 * libcurl has one code for this and for all that is wrong with TLS. */
static bool is_broken_handshake(const rs_request *request, CURLcode code) {
    static const char *const said[] = {
        "SSL_ERROR_SYSCALL",      "SSL_ERROR_ZERO_RETURN", "unexpected eof",
        "Recv failure",           "Send failure",          "reset by peer",
        "non-properly terminated"};
    if (code != CURLE_SSL_CONNECT_ERROR)
        return false;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (strstr(request->message, said[i]) != NULL)
            return true;
    return false;
}

/* The request went out on a kept connection, which broke, and libcurl tried to
 * open another: that one's failure says nothing about the request. */
static bool is_second_connection(const rs_request *request) {
    long opened = 0;
    if (request->easy != NULL)
        curl_easy_getinfo(request->easy, CURLINFO_NUM_CONNECTS, &opened);
    return request->reused && opened > 0;
}

/* The status with which a proxy refuses to open a tunnel; 0: there is none. */
static long tunnel_status(const rs_request *request) {
    long status = 0;
    if (request->easy != NULL)
        curl_easy_getinfo(request->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status;
}

/* libcurl has a single code for everything that goes wrong on a connection. */
static rs_http_error classify_transfer(const rs_request *request) {
    if (is_refused_certificate(request))
        return RS_HTTP_TLS;
    if (tunnel_status(request) == RS_HTTP_NO_CREDENTIALS)
        return RS_HTTP_INVALID;
    return strstr(request->message, "chunk") != NULL ? RS_HTTP_BAD_ANSWER
                                                     : RS_HTTP_NETWORK;
}

static bool is_out_of_descriptors(const rs_http *http, CURLcode code) {
    if (code == CURLE_SSL_CACERT_BADFILE)
        return http->last_descriptor;
    return http->out_of_descriptors && (code == CURLE_COULDNT_CONNECT ||
                                        code == CURLE_COULDNT_RESOLVE_HOST ||
                                        code == CURLE_COULDNT_RESOLVE_PROXY);
}

rs_http_error rs_verdict_classify(const rs_request *request, CURLcode code) {
    if ((int)code == TOO_LARGE)
        return RS_HTTP_TOO_LARGE;
    if (is_out_of_descriptors(request->http, code) ||
        is_broken_handshake(request, code) ||
        (is_second_connection(request) && code != CURLE_OUT_OF_MEMORY))
        return RS_HTTP_NETWORK;
    switch (code) {
    case CURLE_OK: /* also if the connection was cut within the head */
        return request->head_ended ? RS_HTTP_OK : RS_HTTP_NETWORK;
    case CURLE_OPERATION_TIMEDOUT:
        return RS_HTTP_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
        return classify_memory(request);
    case CURLE_WRITE_ERROR:
        return classify_write(request);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
        return RS_HTTP_TLS;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return classify_transfer(request);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_FILESIZE_EXCEEDED:
        return RS_HTTP_BAD_ANSWER;
    case CURLE_BAD_FUNCTION_ARGUMENT: /* a head with a folded first line */
        return request->went_out ? RS_HTTP_BAD_ANSWER : RS_HTTP_NETWORK;
    case CURLE_URL_MALFORMAT:
        return RS_HTTP_INVALID;
    case CURLE_UNSUPPORTED_PROTOCOL: /* of an answer: HTTP/0.9, or not HTTP */
        return request->went_out ? RS_HTTP_BAD_ANSWER : RS_HTTP_INVALID;
    default:
        return RS_HTTP_NETWORK;
    }
}

/* zlib has words for everything that can be wrong with a body, except for an
 * unknown dictionary; it has none for lack of memory. */
static bool is_unexplained(const rs_request *request, CURLcode code) {
    return code == CURLE_BAD_CONTENT_ENCODING &&
           strstr(request->message, "Unknown failure") != NULL;
}

/* libcurl's message does not say whose certificate is wrong. */
static void name_proxy(rs_request *request) {
    char said[CURL_ERROR_SIZE];
    long problem = 0;
    curl_easy_getinfo(request->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &problem);
    if (problem == 0)
        return;
    memcpy(said, request->message, sizeof said);
    (void)snprintf(request->message, sizeof request->message,
                   "of the proxy: %.200s", said);
}

const char *rs_verdict_describe(rs_request *request, rs_http_error error,
                                CURLcode code) {
    if (error == RS_HTTP_OK)
        return "";
    if (error == RS_HTTP_TOO_LARGE && code == CURLE_OUT_OF_MEMORY)
        return "a line of the answer's head is larger than allowed, "
               "or memory is out";
    if (error == RS_HTTP_TOO_LARGE)
        return request->answer.size > 0
                   ? "the answer's body is larger than allowed"
                   : "the answer's head or body is larger than allowed";
    if (error == RS_HTTP_BAD_ANSWER && request->head.size == 0 &&
        code == CURLE_WRITE_ERROR)
        return "the answer does not begin with HTTP/";
    if (error == RS_HTTP_BAD_ANSWER && code == CURLE_WRITE_ERROR)
        return "the answer's body goes on after its compressed part";
    if (is_unexplained(request, code))
        return "the answer's body cannot be decompressed, or memory is out";
    if (code == CURLE_SEND_FAIL_REWIND || code == CURLE_ABORTED_BY_CALLBACK ||
        is_second_connection(request))
        return "the connection was closed after the request was sent";
    if (code == CURLE_OK)
        return "the connection was closed within the answer's head";
    if (is_broken_handshake(request, code))
        return "the connection was closed during the TLS handshake";
    if (error == RS_HTTP_INVALID &&
        tunnel_status(request) == RS_HTTP_NO_CREDENTIALS)
        return RS_HTTP_NO_CREDENTIALS_WORDS;
    if (is_out_of_descriptors(request->http, code))
        return "no descriptor is left for a connection (see ulimit -n)";
    if (error == RS_HTTP_TLS)
        name_proxy(request);
    return request->message[0] != '\0' ? request->message
                                       : curl_easy_strerror(code);
}
