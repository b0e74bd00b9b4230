import MADKit

@main
enum Main {
    static func main() {
        Heap.keepTogether()
        // An index of a thousand entries takes twelve, one of 32 MB is the largest that is read.
        Heap.keepRoom(megabytes: 32)
        DriverProcess.run(information: MDS4Driver.self)
    }
}
