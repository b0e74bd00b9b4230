import MADKit

/// `gw_tm_mad_dummy`: jobs fetch and bring their files themselves; this driver keeps the server for them.
@main
enum Main {
    static func main() {
        if CommandLine.arguments.dropFirst().first == ServerProcess.word { ServerProcess.run() }
        DriverProcess.run(transfer: DummyDriver.self)
    }
}
