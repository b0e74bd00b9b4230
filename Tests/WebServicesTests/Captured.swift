import Foundation
import TestSupport

@testable import WebServices

/// Recorded answers of real containers, in `Tests/Fixtures/wsrf`.
enum Captured {
    static let url = URLParts(host: "grid.example.org", port: 8443, path: "/wsrf/services/X")

    /// The bytes of a recorded message, without its HTTP head.
    static func bytes(_ name: String) throws -> [UInt8] {
        let file = Testbed.root.appendingPathComponent("Tests/Fixtures/wsrf/\(name)")
        let data = try Data(contentsOf: file)
        guard name.hasSuffix(".http"), let end = data.range(of: Data("\r\n\r\n".utf8)) else { return [UInt8](data) }
        return [UInt8](data[end.upperBound...])
    }

    /// The element in the body of a recorded answer.
    static func body(_ name: String) throws -> XMLElement {
        try SOAPAnswer.body(of: HTTPAnswer(status: 200, body: bytes(name)), from: url, limit: 1 << 20)
    }

    /// The fault in a recorded answer.
    static func fault(_ name: String) throws -> SOAPFault {
        do { _ = try body(name) } catch let fault as SOAPFault { return fault }
        throw NoFault(name: name)
    }

    struct NoFault: Error { let name: String }
}
