/*
 * Out of memory at every point: each scenario of torture/scenarios runs again
 * and again, and each time another allocation is refused.
 *
 * The allocations of Lua, of the core (which takes its memory from
 * lua_getallocf) and of libcurl (curl_global_init_mem) are refused, in one
 * count. Those of the simulator, which is another process, never are. libcurl
 * resolves nothing here, as the simulator is 127.0.0.1, unless it has no memory
 * to see that it is an address: then it starts a thread, whose requests are
 * neither refused nor counted, and which may go on for a moment when all the
 * rest is gone.
 *
 * lua-cjson, which encodes request bodies, takes its text buffers from malloc,
 * and where there is none it ends the process (strbuf.c calls exit). So its
 * buffers are not refused here; only what it allocates through Lua is.
 * OpenSSL's allocations aren't either: the simulator speaks plain HTTP.
 *
 * Three modes: the Nth request fails once (Lua then collects its garbage and
 * asks again, so it is a collection at the worst moment; the core and libcurl
 * don't ask again), the Nth and the one after it (so Lua fails too, and all is
 * well afterwards), and every one from the Nth on, lua_close included.
 *
 * After each run the scenario must have given its right answer, or an error
 * that a lack of memory explains, never another answer. If memory is back, the
 * same state must then do it right. After lua_close nothing may be left: no
 * block, no descriptor. Every block must have been freed with the size that it
 * was asked for with.
 */
#define _DEFAULT_SOURCE
#include "common.h"
#include "refuse.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_POINTS 150 /* per scenario and mode */
#define MAX_POINTS 1000000
#define HANG_SECONDS 60
#define SHOWN_FAILURES 5  /* per scenario */
#define SETTLE_STEPS 2000 /* milliseconds */

/* ------------------------------------------------------------ what is tried */

typedef struct mode {
    const char *name;
    unsigned long more; /* how many more after the first are refused */
} mode;

static const mode modes[] = {{"once", 0}, {"twice", 1}, {"on", ULONG_MAX / 2}};
enum { MODES = sizeof modes / sizeof *modes };

static struct {
    const char *only_mode; /* NULL: all */
    unsigned long point;   /* 0: all */
    unsigned long points;  /* per scenario and mode; 0: all there are */
    unsigned long offset;
    bool verbose;
} options = {.points = DEFAULT_POINTS};

/* Shared with the process that tries a scenario, so that it survives it. */
typedef struct progress {
    char mode[8];
    unsigned long point; /* being tried */
    unsigned long count; /* allocations of the undisturbed run */
    unsigned long tried, failures;
    unsigned long answers, memory_errors, other_errors, warnings;
    char kinds[256]; /* of the other errors */
} progress;

static progress *now;

typedef struct scenario {
    const char *file;
    char name[64];
    char *answer; /* the undisturbed run's */
    torture_server server;
    long curl_baseline;
    int descriptors;
} scenario;

static void complain(const scenario *tried, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(const scenario *tried, const char *format, ...) {
    if (now->failures++ >= SHOWN_FAILURES && !options.verbose)
        return;
    va_list arguments;
    fprintf(stderr, "FAILED: %s --mode %s --point %lu: ", tried->name,
            now->mode, now->point);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* Lua reports finalizers that raise. In the mode "on" three always do for want
 * of memory: those of the standard files, which push a message each. What they
 * would have freed must be freed all the same; the count at the end shows it.
 */
static void count_warning(void *context, const char *message, int more) {
    (void)context;
    (void)more;
    if (strstr(message, "error in") != NULL)
        now->warnings++;
    if (options.verbose)
        fprintf(stderr, "warning: %s\n", message);
}

/* ------------------------------------------------------------------ a state */

/* Leaves the scenario's function on the stack. */
static int set_up(lua_State *L) {
    torture_open(L);
    torture_load(L, lua_touserdata(L, 1));
    lua_getfield(L, -1, "run");
    luaL_checktype(L, -1, LUA_TFUNCTION);
    return 1;
}

/* Pushes the argument for the next run; ends the program when the simulator is
 * gone. */
static void push_world(lua_State *L, const scenario *tried) {
    char chunk[70000];
    const char *world = torture_server_prepare(&tried->server, tried->file);
    if (world == NULL) {
        fprintf(stderr, "torture: the simulator is gone\n");
        exit(1);
    }
    (void)snprintf(chunk, sizeof chunk, "return %s", world);
    if (luaL_loadstring(L, chunk) != LUA_OK || lua_pcall(L, 0, 1, 0) != 0) {
        fprintf(stderr, "torture: %s\n", lua_tostring(L, -1));
        exit(1);
    }
}

static lua_State *new_state(const scenario *tried) {
    lua_State *L = lua_newstate(lua_resize, NULL);
    if (L == NULL) {
        fprintf(stderr, "torture: no memory for a state\n");
        exit(1);
    }
    lua_setwarnf(L, count_warning, NULL);
    lua_pushcfunction(L, set_up);
    lua_pushlightuserdata(L, (void *)(size_t)tried->file);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        fprintf(stderr, "torture: %s: %s\n", tried->name, lua_tostring(L, -1));
        exit(1);
    }
    return L;
}

static void arm(unsigned long from, unsigned long more) {
    memory.asked = memory.refused = memory.refused_curl = 0;
    memory.from = from;
    memory.to = from + more;
    memory.armed = true;
}

/* Makes one run. The function is at 1, and its two results follow it. */
static int run(lua_State *L, const scenario *tried, unsigned long from,
               unsigned long more) {
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    push_world(L, tried);
    alarm(HANG_SECONDS);
    arm(from, more);
    int status = lua_pcall(L, 1, 2, 0);
    memory.armed = false;
    alarm(0);
    return status;
}

/* ------------------------------------------------------------------ judging */

/* The errors that refused memory may become, if libcurl or the system noticed
 * it: a host that cannot be reached; a create whose fate nobody knows; and an
 * error that says that it may be either, because libcurl has one code for want
 * of memory and for an endless line in a head, and one for want of memory and
 * for a broken compressed body. Any other kind would be a lie about the
 * service; a timeout would be a request that libcurl lost sight of. */
static bool is_plausible(const char *kind, const char *text) {
    return strcmp(kind, "network") == 0 || strcmp(kind, "uncertain") == 0 ||
           (strcmp(kind, "decode") == 0 && memory.refused_curl > 0 &&
            strstr(text, "or memory is out") != NULL);
}

static void note_kind(const char *kind) {
    size_t size = strlen(now->kinds);
    now->other_errors++;
    if (strstr(now->kinds, kind) == NULL)
        (void)snprintf(now->kinds + size, sizeof now->kinds - size, " %s",
                       kind);
}

/* Of the library's error at the top. */
static void judge_error(lua_State *L, const scenario *tried) {
    const char *text = luaL_tolstring(L, -1, NULL);
    bool has_kind =
        lua_istable(L, -2) && lua_getfield(L, -2, "kind") == LUA_TSTRING;
    const char *kind = has_kind ? lua_tostring(L, -1) : "none";
    if (strstr(text, "not enough memory") != NULL)
        now->memory_errors++;
    else if (is_plausible(kind, text))
        note_kind(kind);
    else
        complain(tried, "an error that memory isn't the reason of: %s", text);
    if (options.verbose)
        fprintf(stderr, "error: %s\n", text);
}

static void judge(lua_State *L, const scenario *tried, int status) {
    if (status == LUA_ERRMEM) {
        now->memory_errors++;
    } else if (status != LUA_OK) {
        judge_error(L, tried);
    } else if (lua_type(L, -2) == LUA_TSTRING) {
        now->answers++;
        if (strcmp(lua_tostring(L, -2), tried->answer) != 0)
            complain(tried, "another answer: %.2000s\ninstead of: %.2000s",
                     lua_tostring(L, -2), tried->answer);
    } else {
        judge_error(L, tried);
    }
}

/* When memory is back, the same state must be able to do it. */
static void run_again(lua_State *L, const scenario *tried) {
    int status = run(L, tried, ULONG_MAX / 2, 0);
    if (status == LUA_OK && lua_type(L, 2) == LUA_TSTRING) {
        if (strcmp(lua_tostring(L, 2), tried->answer) != 0)
            complain(tried, "another answer afterwards: %.2000s",
                     lua_tostring(L, 2));
        return;
    }
    complain(tried, "the state could not do it again: %s",
             luaL_tolstring(L, -1, NULL));
}

/* Lets a thread of libcurl's end. */
static void settle(const scenario *tried) {
    for (int i = 0; i < SETTLE_STEPS; i++) {
        if (memory.live_curl == tried->curl_baseline &&
            torture_descriptors() == tried->descriptors)
            return;
        usleep(1000);
    }
}

static void judge_remains(const scenario *tried) {
    settle(tried);
    if (memory.live_lua != 0)
        complain(tried, "%ld blocks of Lua's or the core's are left",
                 memory.live_lua);
    if (memory.live_curl != tried->curl_baseline)
        complain(tried, "%ld blocks of libcurl's are left, normally %ld",
                 (long)memory.live_curl, tried->curl_baseline);
    if (torture_descriptors() != tried->descriptors)
        complain(tried, "%d descriptors are open, normally %d",
                 torture_descriptors(), tried->descriptors);
    if (memory.wrong_sizes != 0)
        complain(tried, "%lu blocks came back with a wrong size",
                 memory.wrong_sizes);
    memory.live_lua = 0;
    memory.live_curl = tried->curl_baseline;
    memory.wrong_sizes = 0;
}

/* ------------------------------------------------------------------- trying */

/* Without any refusal: the answer, and how many allocations there are. */
static void run_undisturbed(scenario *tried) {
    lua_State *L = new_state(tried);
    int status = run(L, tried, ULONG_MAX / 2, 0);
    if (status != LUA_OK || lua_type(L, 2) != LUA_TSTRING) {
        fprintf(stderr, "torture: %s, undisturbed: %s\n", tried->name,
                luaL_tolstring(L, -1, NULL));
        exit(1);
    }
    now->count = memory.asked;
    free(tried->answer);
    tried->answer = strdup(lua_tostring(L, 2));
    lua_close(L);
    tried->curl_baseline = memory.live_curl;
    tried->descriptors = torture_descriptors();
}

/* Refuses one point; false if the run has no such point any more. */
static bool try_point(const scenario *tried, const mode *how,
                      unsigned long point) {
    (void)snprintf(now->mode, sizeof now->mode, "%s", how->name);
    now->point = point;
    lua_State *L = new_state(tried);
    int status = run(L, tried, point, how->more);
    bool hit = memory.refused > 0;
    judge(L, tried, status);
    if (how->more <= 1)
        run_again(L, tried);
    lua_settop(L, 0);
    memory.armed = how->more > 1;
    lua_close(L);
    memory.armed = false;
    judge_remains(tried);
    now->tried++;
    return hit;
}

/* Every point, or this many at equal distances; every point of a small
 * scenario. */
static void try_mode(const scenario *tried, const mode *how) {
    unsigned long step = 1, first = 1;
    if (options.points != 0 && now->count > 2 * options.points) {
        step = (now->count + options.points - 1) / options.points;
        first = 1 + options.offset % step;
    }
    if (options.point != 0) {
        (void)try_point(tried, how, options.point);
        return;
    }
    /* the count differs a little from run to run: until there is no more */
    for (unsigned long point = first; point < MAX_POINTS; point += step)
        if (!try_point(tried, how, point))
            break;
}

static void on_signal(int number) {
    char text[200];
    int size = snprintf(text, sizeof text,
                        "torture: %s at --mode %s --point "
                        "%lu\n",
                        number == SIGALRM ? "hangs" : "crashes", now->mode,
                        now->point);
    if (size > 0 && write(STDERR_FILENO, text, (size_t)size) < 0)
        _exit(98);
    signal(number, SIG_DFL);
    raise(number);
}

/* In a process of its own. */
static int try_scenario(const char *file) {
    scenario tried = {.file = file};
    const char *name = strrchr(file, '/');
    (void)snprintf(tried.name, sizeof tried.name, "%s",
                   name == NULL ? file : name + 1);
    if (!torture_server_start(&tried.server))
        return 1;
    memory.owner = pthread_self();
    signal(SIGALRM, on_signal);
    signal(SIGABRT, on_signal);
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, curl_release,
                             curl_resize, curl_duplicate,
                             curl_zeroed) != CURLE_OK)
        return 1;
    run_undisturbed(&tried); /* what is made once in a process is made here */
    run_undisturbed(&tried);
    for (size_t i = 0; i < MODES; i++)
        if (options.only_mode == NULL ||
            strcmp(options.only_mode, modes[i].name) == 0)
            try_mode(&tried, &modes[i]);
    torture_server_stop(&tried.server);
    free(tried.answer);
    return 0;
}

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* Tries one and prints its line; counts a crash as a failure. */
static void report_scenario(const char *file) {
    double began = seconds();
    memset(now, 0, sizeof *now);
    pid_t pid = fork();
    if (pid == 0)
        exit(try_scenario(file));
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr,
                "FAILED: %s: its process ended with %s %d at --mode %s "
                "--point %lu\n",
                file, WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                now->mode, now->point);
        now->failures++;
    }
    const char *name = strrchr(file, '/');
    printf("%-24s %6lu allocations, %6lu points: %6lu right, %6lu out of "
           "memory, %5lu errors%s, %lu failures (%.1f s)\n",
           name == NULL ? file : name + 1, now->count, now->tried, now->answers,
           now->memory_errors, now->other_errors, now->kinds, now->failures,
           seconds() - began);
    if (now->warnings > 0)
        printf("%-24s %6lu finalizers raised for want of memory (three at each "
               "point of the mode on: the standard files)\n",
               "", now->warnings);
    fflush(stdout);
}

static const char *const usage =
    "usage: oom [options] SCENARIO.lua...\n"
    "  --full       every point (else --points 150)\n"
    "  --points N   so many points per scenario and mode\n"
    "  --offset N   begins at another one\n"
    "  --mode NAME  only this: once, twice, on\n"
    "  --point N    only this one\n"
    "  --verbose    every failure, error and warning, and a backtrace of the\n"
    "               refusal\n";

/* The value of an option; ends the program if there is none. */
static const char *value_of(char **argv, int *at) {
    if (argv[*at + 1] == NULL) {
        fputs(usage, stderr);
        exit(2);
    }
    return argv[++*at];
}

static int read_options(char **argv) {
    int at = 1;
    for (; argv[at] != NULL && argv[at][0] == '-'; at++) {
        const char *name = argv[at];
        if (strcmp(name, "--full") == 0)
            options.points = 0;
        else if (strcmp(name, "--points") == 0)
            options.points = strtoul(value_of(argv, &at), NULL, 10);
        else if (strcmp(name, "--offset") == 0)
            options.offset = strtoul(value_of(argv, &at), NULL, 10);
        else if (strcmp(name, "--mode") == 0)
            options.only_mode = value_of(argv, &at);
        else if (strcmp(name, "--point") == 0)
            options.point = strtoul(value_of(argv, &at), NULL, 10);
        else if (strcmp(name, "--verbose") == 0)
            options.verbose = memory.trace = true;
        else {
            fputs(usage, stderr);
            exit(2);
        }
    }
    return at;
}

int main(int argc, char **argv) {
    (void)argc;
    unsigned long tried = 0, failures = 0;
    int at = read_options(argv);
    now = mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (now == MAP_FAILED)
        return 1;
    for (; argv[at] != NULL; at++) {
        report_scenario(argv[at]);
        tried += now->tried;
        failures += now->failures;
    }
    printf("out of memory: %lu points tried, %lu failures\n", tried, failures);
    return failures == 0 && tried > 0 ? 0 : 1;
}
