#define _DEFAULT_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 32
#define MAX_REQUESTS 512
#define MAX_REQUEST 24576
#define MAX_ROUTES 8
#define MAX_ANSWERS 16

typedef struct route {
    const char *begins;
    const char *answers[MAX_ANSWERS];
    int next, last; /* of the answers */
} route;

typedef struct connection {
    int fd;           /* -1: none */
    const char *owed; /* an answer that waits */
    size_t size;      /* of the part of the next request that was read */
    char text[MAX_REQUEST];
} connection;

/* cmocka's own cannot be used in a thread. */
static void need(bool well) {
    if (!well)
        abort();
}

struct server {
    int listener, port, wake[2];
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    route routes[MAX_ROUTES + 1];
    int route_count; /* the last route is for all */
    char *requests[MAX_REQUESTS];
    int request_count, connection_count;
    bool released, stopped;
    connection connections[MAX_CONNECTIONS];
};

/* --------------------------------------------------------------- requests */

#define HANDSHAKE 0x16 /* what TLS begins with */

/* The size of the request that the text begins with; 0: it is not whole yet. */
static size_t whole_size(const char *text) {
    if (*text == HANDSHAKE)
        return 1;
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    if (end == NULL)
        return 0;
    size_t body =
        length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
    return (size_t)(end + 4 - text) + body;
}

/* The first requests are kept, the others only counted. */
static void note(server *s, const connection *c, size_t size) {
    if (s->request_count < MAX_REQUESTS) {
        char *copy = malloc(size + 1);
        need(copy != NULL);
        memcpy(copy, c->text, size);
        copy[size] = '\0';
        s->requests[s->request_count] = copy;
    }
    s->request_count++;
}

static int kept(const server *s) {
    return s->request_count < MAX_REQUESTS ? s->request_count : MAX_REQUESTS;
}

/* The next answer to this request. */
static const char *next_answer(server *s, const char *text) {
    route *found = s->routes;
    while (strncmp(text, found->begins, strlen(found->begins)) != 0)
        found++;
    const char *given = found->answers[found->next];
    if (found->next < found->last)
        found->next++;
    return given;
}

/* ---------------------------------------------------------------- answers */

static void hang_up(connection *c) {
    close(c->fd);
    c->fd = -1;
    c->owed = NULL;
    c->size = 0;
}

static void send_all(connection *c, const char *text) {
    bool last = *text == '!';
    text += last;
    for (size_t left = strlen(text); left > 0;) {
        ssize_t sent = send(c->fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0) {
            hang_up(c);
            return;
        }
        text += sent;
        left -= (size_t)sent;
    }
    if (last)
        hang_up(c);
}

static void reply(server *s, connection *c, const char *text) {
    if (*text != '~')
        send_all(c, text);
    else if (s->released)
        send_all(c, text + 1);
    else
        c->owed = text + 1;
}

/* Reads what has come, and answers each whole request. */
static void serve(server *s, connection *c) {
    ssize_t got = read(c->fd, c->text + c->size, MAX_REQUEST - 1 - c->size);
    if (got <= 0) {
        hang_up(c);
        return;
    }
    c->size += (size_t)got;
    c->text[c->size] = '\0';
    size_t size = whole_size(c->text);
    if (size == 0 || size > c->size)
        return;
    note(s, c, size);
    const char *text = next_answer(s, c->text);
    c->size = 0; /* nobody sends a second one before the answer */
    reply(s, c, text);
}

static void accept_one(server *s) {
    int fd = accept(s->listener, NULL, NULL);
    for (int i = 0; fd >= 0 && i < MAX_CONNECTIONS; i++)
        if (s->connections[i].fd < 0) {
            s->connections[i] = (connection){.fd = fd};
            s->connection_count++;
            return;
        }
    close(fd);
}

static void release_held(server *s) {
    for (int i = 0; s->released && i < MAX_CONNECTIONS; i++) {
        connection *c = &s->connections[i];
        const char *text = c->owed;
        c->owed = NULL;
        if (text != NULL)
            send_all(c, text);
    }
}

/* ----------------------------------------------------------------- thread */

/* The descriptors to watch; the last two are the listener and the pipe. */
static nfds_t list_watched(const server *s, struct pollfd *list) {
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        list[i] = (struct pollfd){s->connections[i].fd, POLLIN, 0};
    list[MAX_CONNECTIONS] = (struct pollfd){s->listener, POLLIN, 0};
    list[MAX_CONNECTIONS + 1] = (struct pollfd){s->wake[0], POLLIN, 0};
    return MAX_CONNECTIONS + 2;
}

static void turn(server *s, const struct pollfd *list) {
    char byte;
    if (list[MAX_CONNECTIONS + 1].revents != 0 &&
        read(s->wake[0], &byte, 1) == 1)
        release_held(s);
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        if (list[i].revents != 0 && s->connections[i].fd == list[i].fd)
            serve(s, &s->connections[i]);
    if (list[MAX_CONNECTIONS].revents != 0)
        accept_one(s);
}

static void *run(void *context) {
    server *s = context;
    struct pollfd list[MAX_CONNECTIONS + 2];
    bool going = true;
    while (going) {
        nfds_t count = list_watched(s, list);
        (void)poll(list, count, -1);
        pthread_mutex_lock(&s->lock);
        turn(s, list);
        going = !s->stopped;
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

static void set_route(route *to, const char *begins,
                      const char *const *answers) {
    *to = (route){.begins = begins, .last = -1};
    while (answers[to->last + 1] != NULL) {
        need(to->last + 1 < MAX_ANSWERS);
        to->last++;
        to->answers[to->last] = answers[to->last];
    }
}

static void listen_anywhere(server *s) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(s->listener, (struct sockaddr *)&address, sizeof address) == 0);
    need(listen(s->listener, MAX_CONNECTIONS) == 0);
    (void)getsockname(s->listener, (struct sockaddr *)&address, &size);
    s->port = ntohs(address.sin_port);
}

server *server_start(const char *const *answers) {
    server *s = calloc(1, sizeof *s);
    need(s != NULL);
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        s->connections[i].fd = -1;
    set_route(&s->routes[0], "", answers);
    listen_anywhere(s);
    need(pipe(s->wake) == 0);
    need(pthread_mutex_init(&s->lock, NULL) == 0);
    need(pthread_create(&s->thread, NULL, run, s) == 0);
    return s;
}

void server_route(server *s, const char *begins, const char *const *answers) {
    pthread_mutex_lock(&s->lock);
    need(s->route_count < MAX_ROUTES);
    memmove(s->routes + 1, s->routes,
            (size_t)(s->route_count + 1) * sizeof *s->routes);
    set_route(&s->routes[0], begins, answers);
    s->route_count++;
    pthread_mutex_unlock(&s->lock);
}

static void wake_up(server *s) {
    ssize_t sent = write(s->wake[1], "x", 1);
    need(sent == 1);
}

void server_release(server *s) {
    pthread_mutex_lock(&s->lock);
    s->released = true;
    pthread_mutex_unlock(&s->lock);
    wake_up(s);
}

void server_stop(server *s) {
    pthread_mutex_lock(&s->lock);
    s->stopped = true;
    pthread_mutex_unlock(&s->lock);
    wake_up(s);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < MAX_CONNECTIONS; i++)
        if (s->connections[i].fd >= 0)
            close(s->connections[i].fd);
    for (int i = 0; i < kept(s); i++)
        free(s->requests[i]);
    close(s->listener);
    close(s->wake[0]);
    close(s->wake[1]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* ----------------------------------------------------------------- asking */

const char *server_url(const server *s, const char *path) {
    static _Thread_local char url[512];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", s->port, path);
    return url;
}

int server_requests(server *s) {
    pthread_mutex_lock(&s->lock);
    int count = s->request_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

int server_connections(server *s) {
    pthread_mutex_lock(&s->lock);
    int count = s->connection_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

int server_count(server *s, const char *begins) {
    int count = 0;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < kept(s); i++)
        count += strncmp(s->requests[i], begins, strlen(begins)) == 0;
    pthread_mutex_unlock(&s->lock);
    return count;
}

const char *server_request(server *s, int at) {
    pthread_mutex_lock(&s->lock);
    need(at < kept(s));
    const char *text = s->requests[at];
    pthread_mutex_unlock(&s->lock);
    return text;
}

const char *answer(int status, const char *headers, const char *body) {
    enum { COUNT = 64, SIZE = 16384 };
    static char buffers[COUNT][SIZE];
    static unsigned number;
    char *to = buffers[number++ % COUNT];
    int size =
        snprintf(to, SIZE,
                 "HTTP/1.1 %d Whatever\r\nContent-Length: %zu\r\n"
                 "%s\r\n%s",
                 status, strlen(body), headers != NULL ? headers : "", body);
    need(size < SIZE);
    return to;
}
