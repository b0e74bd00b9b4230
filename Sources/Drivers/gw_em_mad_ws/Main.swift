import MADKit

@main
enum Main {
    static func main() {
        DriverProcess.run(execution: WSDriver.self)
    }
}
