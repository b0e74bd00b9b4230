import MADKit

@main
enum Main {
    static func main() {
        DriverProcess.run(information: MDS4Driver.self)
    }
}
