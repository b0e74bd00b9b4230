import Glibc

/// The administrator's tool: plays gwd's part toward its drivers, one job or one look at the hosts at a time.
@main
enum Main {
    static func main() {
        // A reader that went away must end in an error code; the drivers inherit this as they do from gwd.
        signal(SIGPIPE, SIG_IGN)
        exit(Commands.run(Array(CommandLine.arguments.dropFirst())))
    }
}
