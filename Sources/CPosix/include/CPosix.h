/* What Swift's Glibc module does not show: GNU extensions, and macros with arguments.
 * No system header is included here: with _GNU_SOURCE it would define types otherwise than Swift's own module does. */
#ifndef MAD_CPOSIX_H
#define MAD_CPOSIX_H

/* The kind of mutex that spins for a moment before it sleeps. */
extern const int mad_adaptive_mutex;

/* A flag for open(2): a handle on the place, which neither reads nor writes and no device notices. */
extern const int mad_open_path;

/* A flag for open(2) of a directory: a file without a name in it, which goes with its descriptor. */
extern const int mad_open_nameless;

/* The level of setsockopt(2) for TCP, and its option that leaves clients that say nothing with the kernel. */
extern const int mad_level_tcp;
extern const int mad_tcp_defer_accept;

/* The next client of a listening socket, as a descriptor that does not block and no child inherits; -1 and errno. */
int mad_accept(int listener);

/* Closes every descriptor from `first` on. */
int mad_close_from(unsigned int first);

/* One heap for all threads: slower when they allocate at once, and smaller. Before the second thread. */
void mad_share_heap(void);

/* Joins freed memory with what is free beside it at once, also in small parts, instead of when a large block is needed. */
void mad_join_heap(void);

/* Keeps up to so many freed bytes at the end of the heap for what comes next, where blocks of that size are made too. */
void mad_keep_heap(int bytes);

/* A pipe whose ends no child inherits; `nonblocking` for both ends. 0, or -1 and errno. */
int mad_pipe(int ends[2], int nonblocking);

/* The exit status behind a status of wait(2), or 128 + the signal that ended the process. */
int mad_exit_status(int status);

/* Gives memory that was freed back to the system. */
void mad_trim_memory(void);

/* How a process is started, for mad_spawn. */
enum mad_spawn_flags {
    /* Every signal is blocked in it. */
    MAD_BLOCK_SIGNALS = 1,
    /* It leads a process group of its own. */
    MAD_OWN_GROUP = 2,
    /* SIGPIPE stays ignored in it if it is here. */
    MAD_INHERIT_SIGPIPE = 4
};

/* Starts `path` (see posix_spawn): descriptors[0...2] become its standard ones, `directory` its working directory unless
 * NULL; signals are at their defaults and not blocked, unless `flags` say otherwise. 0, or an error number. */
int mad_spawn(int *pid, const char *path, char *const arguments[], char *const environment[], const int descriptors[3],
              const char *directory, unsigned int flags);

#endif
