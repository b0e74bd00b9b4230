/* What Swift's Glibc module does not show: GNU extensions and macros with arguments. */
#ifndef MAD_CPOSIX_H
#define MAD_CPOSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A GNU extension, and an enumerator that Swift does not import. */
static const int mad_adaptive_mutex = PTHREAD_MUTEX_ADAPTIVE_NP;

/* close_range(2) is a GNU extension. */
static inline int mad_close_from(unsigned int first) { return close_range(first, ~0U, 0); }

/* The status macros of wait(2) take arguments, which Swift does not import. */
static inline int mad_exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

#endif
