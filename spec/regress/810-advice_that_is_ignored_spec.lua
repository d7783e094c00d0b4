-- Kind: a system that says that all is well, and does nothing. qemu-user takes any advice about
-- memory, so a page that a child should have found empty was full, and the child went on with
-- its parent's connections.
local compat = require "rsnapshots.support.compat"
local process = require "spec.support.process"

local PROGRAM = [[
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rsnapshots.h"

/* In the place of the system's. */
int madvise(void *address, size_t size, int advice) {
    (void)address;
    (void)size;
    (void)advice;
    return 0;
}

/* A port that takes connections and never answers. */
static int listen_anywhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 9) != 0)
        return 0;
    getsockname(listener, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

static int say(rs_session *session, rs_call *call, const char *who) {
    rs_session_step(session);
    const rs_fault *fault = rs_call_fault(call);
    printf("%s: %s\n", who, fault != NULL ? fault->message : "goes on");
    return fflush(stdout);
}

int main(void) {
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d", listen_anywhere());
    rs_session *session = rs_session_new(
        &(rs_options){.endpoint = endpoint, .token = "t", .proxy = "", .retries = -1}, NULL, NULL);
    rs_call *call = rs_call_start(session, &(rs_call_options){.method = "GET", .path = "/x"});
    rs_session_step(session);
    pid_t child = fork();
    if (child == 0)
        _exit(say(session, call, "child"));
    waitpid(child, NULL, 0);
    say(session, call, "parent");
    rs_call_free(call);
    rs_session_free(session);
}
]]

describe("a fork on a system that ignores advice about memory #once", function()
  it("is noticed all the same", function()
    local folder = process.directory()
    finally(function() process.run("rm -r " .. folder) end)
    process.write(folder .. "/program.c", PROGRAM)
    local output, status = process.run(([[
      unset LD_PRELOAD
      cc -std=c11 -o FOLDER/program -Icsrc FOLDER/program.c BUILD/librsnapshots.a \
        $(pkg-config --libs libcurl) && FOLDER/program]])
      :gsub("FOLDER", folder):gsub("BUILD", compat.build))
    assert.equal(0, status, output)
    assert.matches("^child: [^\n]*the process was forked meanwhile\nparent: goes on\n$", output)
  end)
end)
