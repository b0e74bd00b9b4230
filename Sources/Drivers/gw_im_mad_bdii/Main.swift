import MADKit

@main
enum Main {
    static func main() {
        DriverProcess.run(information: BDIIDriver.self)
    }
}
