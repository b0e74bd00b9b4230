import MADKit

/// An information driver whose behaviour is chosen by the host names.
struct InformationProbe: InformationDriver {
    static let manual = Manual(
        program: "mad_probe", summary: "an information driver for tests",
        options: [Manual.Option("n", "hosts", value: "NUMBER", "how many hosts there are")])

    private let count: Int

    init(_ launch: Launch) async throws {
        count = try launch.options.integer("hosts", in: 0...1_000_000) ?? 3
    }

    func discover() async throws -> [HostName] {
        (0..<count).compactMap { HostName("host\($0).example.org") }
    }

    func monitor(_ host: HostName) async throws -> HostAttributes {
        try await Probe.behave(host.text)
        var attributes = HostAttributes()
        attributes.set("HOSTNAME", .text(host.text))
        attributes.set("CPU_MHZ", .integer(2500))
        if host.text == "big" {
            for index in 0..<67 {
                attributes.set("QUEUE_NAME", at: index, .text("queue\(index)"))
                attributes.set("QUEUE_ACCESS", at: index, .text(String(repeating: ":vo\(index):", count: 40)))
                attributes.set("QUEUE_NOTE", at: index, .text(String(repeating: "x", count: 250)))
            }
        }
        return attributes
    }
}
