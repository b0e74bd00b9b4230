import MADKit

@main
enum Main {
    static func main() {
        DriverProcess.run(information: MDS2Driver.self)
    }
}
