import MADKit

@main
enum Main {
    static func main() {
        Heap.keepTogether()
        DriverProcess.run(information: MDS4Driver.self)
    }
}
