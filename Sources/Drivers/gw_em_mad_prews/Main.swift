import MADKit

@main
enum Main {
    static func main() {
        DriverProcess.run(execution: PrewsDriver.self)
    }
}
