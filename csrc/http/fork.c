#define _DEFAULT_SOURCE /* MADV_WIPEONFORK */
#include "http/http_internal.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef MADV_WIPEONFORK

static size_t page_size(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Does the system act on advice? An emulated one (qemu-user 7.2) may accept any
 * advice and do nothing; it accepts even advice that does not exist. */
static bool heeds_advice(void *page) {
    return madvise(page, page_size(), -1) != 0;
}

/* A page that is wiped in a child; NULL if the system cannot do that. */
static volatile char *open_page(void) {
    void *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (heeds_advice(page) && madvise(page, page_size(), MADV_WIPEONFORK) == 0)
        return page;
    (void)munmap(page, page_size());
    return NULL;
}

static void close_page(volatile char *page) {
    if (page != NULL)
        (void)munmap((void *)page, page_size());
}

#else

static volatile char *open_page(void) {
    return NULL;
}

static void close_page(volatile char *page) {
    (void)page;
}

#endif

void rs_fork_mark_set(rs_fork_mark *mark) {
    mark->pid = getpid();
    if (mark->page == NULL)
        mark->page = open_page();
    if (mark->page != NULL)
        *mark->page = 1;
}

bool rs_fork_mark_is_child(const rs_fork_mark *mark) {
    return mark->page != NULL ? *mark->page == 0 : mark->pid != getpid();
}

void rs_fork_mark_free(rs_fork_mark *mark) {
    close_page(mark->page);
    mark->page = NULL;
}

rs_file rs_file_of(int fd) {
    struct stat found;
    if (fstat(fd, &found) != 0)
        return (rs_file){0, 0};
    return (rs_file){found.st_dev, found.st_ino};
}

bool rs_file_is_at(const rs_file *file, int fd) {
    rs_file found = rs_file_of(fd);
    return found.inode == file->inode && found.device == file->device;
}

void rs_foresee_descriptors(int sample, int found[RS_FORESEEN]) {
    for (int i = 0; i < RS_FORESEEN; i++)
        found[i] = fcntl(sample, F_DUPFD_CLOEXEC, 0);
    for (int i = 0; i < RS_FORESEEN; i++)
        if (found[i] >= 0)
            close(found[i]);
}

static bool is_internet_socket(int fd) {
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    return getsockname(fd, (struct sockaddr *)&name, &size) == 0 &&
           (name.ss_family == AF_INET || name.ss_family == AF_INET6);
}

bool rs_keep_pair(const int found[RS_FORESEEN]) {
    if (is_internet_socket(found[0]) || is_internet_socket(found[1]))
        return false;
    for (int i = 0; i < 2; i++)
        (void)fcntl(found[i], F_SETFD, FD_CLOEXEC);
    return true;
}

bool rs_http_is_swept(const rs_http *http) {
    bool is_open = fcntl(http->poller, F_GETFD) != -1;
    bool has_pair = http->multi != NULL && http->pair_file.inode != 0;
    bool swept =
        (is_open && !rs_file_is_at(&http->poller_file, http->poller)) ||
        (has_pair && !rs_file_is_at(&http->pair_file, http->pair));
    for (size_t i = 0; i < http->socket_count; i++)
        swept = swept ||
                !rs_file_is_at(&http->sockets[i].file, http->sockets[i].fd);
    return swept;
}

bool rs_http_silence(rs_http *http) {
    close(http->poller); /* first: there is a descriptor then */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return false;
    for (size_t i = 0; i < http->socket_count; i++)
        if (dup2(null, http->sockets[i].fd) >= 0)
            (void)fcntl(http->sockets[i].fd, F_SETFD, FD_CLOEXEC);
    close(null);
    return true;
}
