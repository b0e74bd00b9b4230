import MADKit

/// One executable for the tests and benchmarks of the runtime; `MAD_PROBE` chooses the driver.
@main
enum Probe {
    static func main() {
        switch Environment["MAD_PROBE"] {
        default: DriverProcess.run(transfer: NoopTransferDriver.self)
        }
    }
}
