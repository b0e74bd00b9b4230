import MADKit

@main
enum Main {
    static func main() {
        Heap.keepTogether()
        DriverProcess.run(execution: WSDriver.self)
    }
}
