#define _GNU_SOURCE
#include "CPosix.h"

#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const int mad_adaptive_mutex = PTHREAD_MUTEX_ADAPTIVE_NP;
const int mad_open_path = O_PATH;
const int mad_open_nameless = O_TMPFILE;

const int mad_level_tcp = IPPROTO_TCP;
const int mad_tcp_defer_accept = TCP_DEFER_ACCEPT;

int mad_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int mad_close_from(unsigned int first) { return close_range(first, ~0U, 0); }

void mad_share_heap(void) { mallopt(M_ARENA_MAX, 1); }

void mad_join_heap(void) { mallopt(M_MXFAST, 0); }

void mad_keep_heap(int bytes) {
    mallopt(M_MMAP_THRESHOLD, bytes);
    mallopt(M_TRIM_THRESHOLD, bytes);
}

int mad_pipe(int ends[2], int nonblocking) { return pipe2(ends, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)); }

void mad_trim_memory(void) { malloc_trim(0); }

int mad_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

int mad_spawn(int *pid, const char *path, char *const arguments[], char *const environment[], const int descriptors[3],
              const char *directory, unsigned int flags) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int number = 0; number < 3; number++) {
        if (descriptors[number] >= 0) posix_spawn_file_actions_adddup2(&actions, descriptors[number], number);
    }
    if (directory) posix_spawn_file_actions_addchdir_np(&actions, directory);

    sigset_t defaults, mask;
    sigfillset(&defaults);
    if (flags & MAD_INHERIT_SIGPIPE) sigdelset(&defaults, SIGPIPE);
    if (flags & MAD_BLOCK_SIGNALS) sigfillset(&mask); else sigemptyset(&mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                              (flags & MAD_OWN_GROUP ? POSIX_SPAWN_SETPGROUP : 0));

    pid_t child = 0;
    int code = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    *pid = child;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}
