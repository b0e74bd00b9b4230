import Glibc

/// Puts the process into a known state, whatever its parent left behind.
enum StartHygiene {
    /// Signals: gwd starts drivers from threads that block every signal, and the mask survives exec; SIGPIPE stays
    /// ignored, because a vanished gwd shows as EPIPE.
    static func resetSignals() {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGCHLD, SIG_DFL)
    }

    /// Files and texts: a umask that lets gwd read what is written for it, no core dump (it would hold the proxy's key)
    /// unless debugging is on, and the C locale in everything that a library or a child prints.
    static func resetSurroundings() {
        umask(0o022)
        var limit = rlimit(rlim_cur: Environment.wantsDebugging ? 15_000 * 1024 : 0, rlim_max: 0)
        var current = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &current)
        limit.rlim_max = current.rlim_max
        limit.rlim_cur = min(limit.rlim_cur, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        setenv("LC_ALL", "C", 1)
        unsetenv("LANGUAGE")
    }

    /// The nice level that `PRIORITY` of gwrc asks for; anything that is not a number is ignored.
    static func applyPriority() {
        guard let level = Environment["PRIORITY"].flatMap({ Int32($0) }) else { return }
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, level)
    }
}
