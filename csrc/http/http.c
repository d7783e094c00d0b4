#define _GNU_SOURCE /* dladdr */
#include "http/http_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/poller.h"
#include "http/sigpipe.h"
#include "parse/ascii.h"

#define PIECE 65536L /* bytes per read; a page has 400,000 */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

void rs_keep_loaded(uintptr_t code) {
    Dl_info found;
    if (dladdr((void *)code, &found) != 0)
        (void)dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

/* A resolver thread may still be in libcurl when the last lua_State is closed
 * and unloads us. */
static void init_curl(void) {
    rs_keep_loaded((uintptr_t)curl_easy_init);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ----------------------------------------------------------------- sockets */

#ifndef SOCK_CLOEXEC /* macOS */
#define SOCK_CLOEXEC 0
#endif

/* Then none is left for the file with certificates. */
static bool is_last(int fd) {
    int next = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (next >= 0)
        close(next);
    return next < 0;
}

/* CURLOPT_OPENSOCKETFUNCTION */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
    (void)purpose;
    rs_http *http = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
                    address->protocol);
    if (fd < 0) {
        http->out_of_descriptors = errno == EMFILE || errno == ENFILE;
        return CURL_SOCKET_BAD;
    }
    http->out_of_descriptors = false;
    http->last_descriptor = is_last(fd);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (rs_sockets_add(http, fd))
        return fd;
    close(fd);
    return CURL_SOCKET_BAD;
}

/* CURLOPT_CLOSESOCKETFUNCTION */
static int close_socket(void *context, curl_socket_t fd) {
    rs_socket *known = rs_sockets_find(context, fd);
    if (known != NULL)
        rs_sockets_forget(context, known);
    return close(fd);
}

/* CURLOPT_RESOLVER_START_FUNCTION. A thread will look up the name. It has one
 * socket of a pair; watch_socket is called only for the other one. */
static int begin_lookup(void *resolver, void *reserved, void *context) {
    (void)resolver;
    (void)reserved;
    rs_http *http = context;
    rs_foresee_descriptors(http->poller, http->foreseen);
    http->out_of_descriptors = http->foreseen[RS_FORESEEN - 1] < 0;
    return 0;
}

/* CURLMOPT_SOCKETFUNCTION. An error returned here would end every request. An
 * idle connection stays in the poller until something happens on it, because
 * the next request on it would have to add it again. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                        void *socket_context) {
    (void)easy;
    (void)socket_context;
    rs_http *http = context;
    int wanted = 0;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        wanted |= RS_POLL_READ;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        wanted |= RS_POLL_WRITE;
    rs_socket *known = rs_sockets_find(http, fd);
    if (known == NULL) { /* made by libcurl itself, such as its resolver's */
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (fd == http->foreseen[0])
            (void)rs_keep_pair(http->foreseen);
        (void)rs_poller_watch(http->poller, fd, wanted);
        return 0;
    }
    known->watched = wanted != 0;
    if (what == CURL_POLL_REMOVE && !rs_file_is_at(&known->file, fd))
        rs_sockets_forget(http, known);
    else if (wanted != 0 || known->registered != RS_POLL_READ)
        rs_sockets_register(http, known, wanted);
    return 0;
}

/* Did something happen on an idle connection? Then the poller no longer watches
 * it. */
static bool is_idle(rs_http *http, int fd) {
    rs_socket *known = rs_sockets_find(http, fd);
    if (known == NULL || known->watched)
        return false;
    rs_sockets_register(http, known, 0);
    return true;
}

/* CURLMOPT_TIMERFUNCTION */
static int set_timer(CURLM *multi, long milliseconds, void *context) {
    (void)multi;
    rs_http *http = context;
    http->timer_set = milliseconds >= 0;
    if (http->timer_set)
        http->timer_due = rs_clock() + milliseconds;
    return 0;
}

/* ---------------------------------------------------------------- lifetime */

/* libcurl 7.88 opens a pair of sockets for itself, which child programs would
 * inherit. */
static CURLM *new_multi(rs_http *http) {
    rs_foresee_descriptors(http->poller, http->foreseen);
    CURLM *multi = curl_multi_init();
    if (multi == NULL)
        return NULL;
    bool kept = rs_keep_pair(http->foreseen);
    http->pair = http->foreseen[0];
    http->pair_file = kept ? rs_file_of(http->pair) : (rs_file){0, 0};
    return multi;
}

bool rs_http_open_multi(rs_http *http) {
    if (http->multi != NULL)
        return true;
    http->multi = new_multi(http);
    if (http->multi == NULL)
        return false;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
                      (long)IDLE_CONNECTIONS);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      http->max_connections);
    return true;
}

/* Opens what a process must not share with its parent. */
static bool open_own(rs_http *http) {
    rs_fork_mark_set(&http->fork); /* also for what exists if this fails */
    http->poller = rs_poller_open();
    if (http->poller < 0 || !rs_http_open_multi(http))
        return false;
    http->poller_file = rs_file_of(http->poller);
    if (http->alarmed)
        (void)rs_poller_watch(http->poller, http->alarm, RS_POLL_READ);
    http->timer_set = false;
    return true;
}

static void close_multi(rs_http *http) {
    while (http->spare_count > 0)
        curl_easy_cleanup(http->spare[--http->spare_count]);
    if (http->multi != NULL)
        curl_multi_cleanup(http->multi);
    http->multi = NULL;
}

static void close_own(rs_http *http) {
    close_multi(http);
    if (http->poller >= 0)
        close(http->poller);
    http->poller = -1;
}

/* Opens what is always readable: a pipe whose writing end is closed. */
static int open_alarm(void) {
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    close(ends[1]);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    return ends[0];
}

rs_http *rs_http_new(const rs_allocator *memory,
                     const rs_http_options *options) {
    (void)pthread_once(&curl_once, init_curl);
    rs_http *http = rs_new(memory, sizeof *http);
    if (http == NULL)
        return NULL;
    memset(http, 0, sizeof *http);
    http->memory = *memory;
    http->references = 1;
    http->poller = -1;
    http->alarm = -1;
    http->sigpipe_is_away = rs_sigpipe_is_away();
    http->insecure = options->insecure;
    http->max_connections = options->max_connections;
    bool copied =
        rs_string_copy(&http->cacert, memory, options->cacert) &&
        rs_string_copy(&http->cert, memory, options->cert) &&
        rs_string_copy(&http->key, memory, options->key) &&
        rs_string_copy(&http->proxy, memory, options->proxy) &&
        rs_string_copy(&http->user_agent, memory, options->user_agent);
    if (copied && open_own(http))
        return http;
    rs_http_release(http);
    return NULL;
}

void rs_http_retain(rs_http *http) {
    http->references++;
}

void rs_http_release(rs_http *http) {
    if (--http->references > 0)
        return;
    rs_http_close(http);
    rs_allocator memory = http->memory;
    rs_string *strings[] = {&http->cacert, &http->cert, &http->key,
                            &http->proxy, &http->user_agent};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        rs_string_free(strings[i], &memory);
    rs_free(&memory, http->sockets,
            http->socket_capacity * sizeof *http->sockets);
    rs_fork_mark_free(&http->fork);
    rs_free(&memory, http, sizeof *http);
}

/* Ends every request, and frees its libcurl handles. */
static void cancel_all(rs_http *http, rs_http_error error,
                       const char *message) {
    while (http->first != NULL)
        rs_request_finish(http->first, error, message);
}

/* In a forked child, the sockets are the parent's, too. libcurl may write to a
 * socket that it closes (TLS), so each is first replaced by /dev/null. A
 * request under way may have a resolver thread, which exists only in the
 * parent: its handles cannot be cleaned up, and are abandoned. So are all
 * handles if no descriptor is left for /dev/null, or if the descriptors are no
 * longer ours. */
static void leave_parent(rs_http *http) {
    bool swept = rs_http_is_swept(http);
    if (swept) {
        http->alarm = -1;
        http->alarmed = false;
    }
    bool silenced = !swept && rs_http_silence(http);
    http->poller = -1;
    if (!silenced || http->first != NULL) {
        for (rs_request *at = http->first; at != NULL; at = at->next)
            at->easy = NULL;
        http->multi = NULL;
    }
    cancel_all(http, RS_HTTP_NETWORK, "the process was forked meanwhile");
    close_own(http);
    http->socket_count = 0;
}

/* Makes a step due, for those who wait for a request that has just ended. */
static void wake(rs_http *http) {
    http->timer_set = true;
    http->timer_due = rs_clock();
}

bool rs_http_ready(rs_http *http) {
    if (http->closed)
        return false;
    if (!rs_fork_mark_is_child(&http->fork))
        return true;
    leave_parent(http);
    if (!open_own(http)) {
        rs_http_close(http);
        return false;
    }
    wake(http);
    return true;
}

void rs_http_close(rs_http *http) {
    if (http->closed)
        return;
    rs_sigpipe sigpipe = rs_sigpipe_block(http->sigpipe_is_away);
    http->closed = true;
    if (http->multi != NULL && rs_fork_mark_is_child(&http->fork))
        leave_parent(http);
    cancel_all(http, RS_HTTP_CANCELLED, "the client was closed");
    close_own(http);
    if (http->alarm >= 0)
        close(http->alarm);
    http->alarm = -1;
    rs_sigpipe_release(&sigpipe);
}

/* ---------------------------------------------------------------- stepping */

static bool is_directory(const char *path) {
    struct stat found;
    return path != NULL && stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Trusts the certificates in this text. */
static CURLcode trust_text(const rs_string *pem, CURL *easy) {
    struct curl_blob blob = {
        .data = pem->data, .len = pem->size, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
}

/* Trusts what is in this file, directory or text, and not libcurl's built-in
 * defaults: these are often both a file and a directory, and the other one
 * would still count. */
static bool configure_trust(const rs_string *cacert, CURL *easy) {
    bool directory = is_directory(cacert->data);
    CURLoption given = directory ? CURLOPT_CAPATH : CURLOPT_CAINFO;
    CURLoption other = directory ? CURLOPT_CAINFO : CURLOPT_CAPATH;
    if (cacert->data == NULL)
        return true;
    CURLcode none = curl_easy_setopt(easy, other, (char *)NULL);
    if (none != CURLE_OK && none != CURLE_NOT_BUILT_IN)
        return false;
    if (strstr(cacert->data, "-----BEGIN ") != NULL)
        return trust_text(cacert, easy) == CURLE_OK;
    return curl_easy_setopt(easy, given, cacert->data) == CURLE_OK;
}

/* Sets the string options that are given. */
static bool configure_strings(const rs_http *http, CURL *easy) {
    const struct {
        CURLoption option;
        const rs_string *value;
    } strings[] = {{CURLOPT_SSLCERT, &http->cert},
                   {CURLOPT_SSLKEY, &http->key},
                   {CURLOPT_PROXY, &http->proxy},
                   {CURLOPT_USERAGENT, &http->user_agent}};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strings[i].value->data != NULL &&
            curl_easy_setopt(easy, strings[i].option, strings[i].value->data) !=
                CURLE_OK)
            return false;
    return true;
}

#define SET(option, value)                                                     \
    (curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool set_protocols(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* Makes libcurl not wait for a resolver thread when a request is given up. */
static bool set_quick_exit(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return SET(CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return true;
#endif
}

/* A proxy that is given as an option wins over all variables, NO_PROXY too. */
static bool ignore_exceptions(const rs_http *http, CURL *easy) {
    return http->proxy.data == NULL || SET(CURLOPT_NOPROXY, "");
}

/* Sets the options that are the same for all requests. The password is for an
 * encrypted key: without one, OpenSSL would ask for it on the terminal, and
 * wait. */
static bool configure(rs_http *http, CURL *easy) {
    long verify = http->insecure ? 0 : 1;
    return set_protocols(easy) && set_quick_exit(easy) &&
           SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_PATH_AS_IS, 1L) &&
           SET(CURLOPT_FOLLOWLOCATION, 0L) &&
           SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") &&
           SET(CURLOPT_TCP_KEEPALIVE, 1L) && SET(CURLOPT_BUFFERSIZE, PIECE) &&
           SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
           SET(CURLOPT_OPENSOCKETDATA, http) &&
           SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket) &&
           SET(CURLOPT_CLOSESOCKETDATA, http) &&
           SET(CURLOPT_RESOLVER_START_FUNCTION, begin_lookup) &&
           SET(CURLOPT_RESOLVER_START_DATA, http) &&
           SET(CURLOPT_SSL_VERIFYPEER, verify) &&
           SET(CURLOPT_SSL_VERIFYHOST, verify * 2) &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           SET(CURLOPT_KEYPASSWD, "") && configure_trust(&http->cacert, easy) &&
           configure_strings(http, easy) && ignore_exceptions(http, easy);
}

CURL *rs_http_take_easy(rs_http *http) {
    if (http->spare_count > 0)
        return http->spare[--http->spare_count];
    CURL *easy = curl_easy_init();
    if (easy == NULL || configure(http, easy))
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
}

void rs_http_give_easy(rs_http *http, CURL *easy, bool well) {
    bool emptied = well && SET(CURLOPT_HTTPHEADER, NULL) &&
                   SET(CURLOPT_PRIVATE, NULL) && SET(CURLOPT_ERRORBUFFER, NULL);
    if (!emptied || http->closed || http->spare_count == RS_HTTP_SPARE)
        curl_easy_cleanup(easy);
    else
        http->spare[http->spare_count++] = easy;
}

static bool is_https(const char *url) {
    return rs_slice_starts((rs_slice){url, strlen(url)}, "https:");
}

/* These are the variables from which libcurl takes a proxy, in its order. */
const char *rs_http_proxy_origin(const rs_http *http, const char *url) {
    static const char *const plain[] = {"http_proxy", "all_proxy", "ALL_PROXY",
                                        NULL};
    static const char *const safe[] = {"https_proxy", "HTTPS_PROXY",
                                       "all_proxy", "ALL_PROXY", NULL};
    if (http->proxy.data != NULL)
        return http->proxy.size > 0 ? "the option proxy" : NULL;
    const char *const *name = is_https(url) ? safe : plain;
    for (; *name != NULL; name++) {
        const char *value = getenv(*name);
        if (value != NULL && *value != '\0')
            return *name;
    }
    return NULL;
}

/* If an https URL goes through a proxy, it does so through a tunnel. */
bool rs_http_is_forwarded(const rs_http *http, const char *url) {
    return !is_https(url) && rs_http_proxy_origin(http, url) != NULL;
}

int rs_http_fd(rs_http *http) {
    return rs_http_ready(http) ? http->poller : -1;
}

long rs_http_timeout(rs_http *http) {
    if (!rs_http_ready(http) || !http->timer_set)
        return -1;
    int64_t left = http->timer_due - rs_clock();
    return left > 0 ? (long)left : 0;
}

bool rs_http_alarm(rs_http *http, bool on) {
    if (!rs_http_ready(http) || http->alarmed == on)
        return true;
    if (http->alarm < 0)
        http->alarm = open_alarm();
    http->alarmed = on && http->alarm >= 0 &&
                    rs_poller_watch(http->poller, http->alarm, RS_POLL_READ);
    if (!on)
        (void)rs_poller_watch(http->poller, http->alarm, 0);
    return http->alarmed == on;
}

/* Hands finished requests their results. */
static void collect(rs_http *http) {
    int left;
    CURLMsg *found;
    while ((found = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (found->msg != CURLMSG_DONE)
            continue;
        CURLcode code = found->data.result;
        char *owner = NULL;
        curl_easy_getinfo(found->easy_handle, CURLINFO_PRIVATE, &owner);
        rs_request_finish_curl((rs_request *)(void *)owner, code);
    }
}

/* If libcurl cannot even note which sockets to watch, it is unknown which
 * requests would wait for ever, so all of them end. What libcurl has noted by
 * then is inconsistent (7.88 divides by zero when it comes to such a socket
 * again), so the next request starts with a new multi handle. */
static void give_up(rs_http *http, CURLMcode code) {
    cancel_all(
        http, code == CURLM_OUT_OF_MEMORY ? RS_HTTP_NO_MEMORY : RS_HTTP_NETWORK,
        curl_multi_strerror(code));
    close_multi(http);
    wake(http);
}

/* Lets libcurl handle its timer, if that is due. */
static CURLMcode act_on_time(rs_http *http) {
    int running;
    if (!http->timer_set || http->timer_due > rs_clock())
        return CURLM_OK;
    http->timer_set = false;
    if (http->multi == NULL)
        return CURLM_OK;
    return curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0,
                                    &running);
}

/* Lets libcurl handle the sockets that are ready. */
static CURLMcode act(rs_http *http) {
    rs_poll_event events[64];
    CURLMcode code = CURLM_OK;
    int running, count = rs_poller_ready(http->poller, events, 64);
    for (int i = 0; i < count && code == CURLM_OK; i++) {
        if (events[i].fd == http->alarm || is_idle(http, events[i].fd))
            continue;
        int what = events[i].what;
        int mask = (what & RS_POLL_READ ? CURL_CSELECT_IN : 0) |
                   (what & RS_POLL_WRITE ? CURL_CSELECT_OUT : 0) |
                   (what & RS_POLL_ERROR ? CURL_CSELECT_ERR : 0);
        code =
            curl_multi_socket_action(http->multi, events[i].fd, mask, &running);
    }
    return code == CURLM_OK ? act_on_time(http) : code;
}

static void run(rs_http *http, CURLMcode (*body)(rs_http *)) {
    rs_sigpipe sigpipe = rs_sigpipe_block(http->sigpipe_is_away);
    CURLMcode code = body(http);
    if (http->multi != NULL)
        collect(http);
    if (http->has_closed && code == CURLM_OK)
        rs_request_try_next(http);
    if (code != CURLM_OK)
        give_up(http, code);
    rs_sigpipe_release(&sigpipe);
}

void rs_http_kick(rs_http *http) {
    run(http, act_on_time);
}

void rs_http_step(rs_http *http) {
    if (rs_http_ready(http))
        run(http, act);
}
