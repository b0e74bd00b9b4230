import MADKit

/// What is in an answer. Servers vary: faults come with any status, and documents with and without a declaration.
enum SOAPAnswer {
    private static let envelope = "http://schemas.xmlsoap.org/soap/envelope/"

    /// The element in the body.
    static func body(of answer: HTTPAnswer, from url: URLParts, limit: Int) throws -> XMLElement {
        let root: XMLElement
        do {
            root = try XMLElement.read(answer.body, limit: limit)
        } catch {
            // A web server, a load balancer or a container about to start.
            let isBusy = answer.status == 404 || answer.status == 502 || answer.status == 503 || answer.status == 504
            throw MADError(
                isBusy ? .unreachable : .refused, "\(url) gave no SOAP answer (HTTP status \(answer.status))",
                cause: answer.body.isEmpty ? "the answer is empty" : "\(error)")
        }
        guard root.isNamed(XMLName(envelope, "Envelope")),
            let content = root.child(XMLName(envelope, "Body")).flatMap({ $0.children.first { _ in true } })
        else {
            throw MADError(
                .refused, "\(url) gave no SOAP 1.1 answer (HTTP status \(answer.status))", cause: "\(root.name)")
        }
        guard !content.isNamed(XMLName(envelope, "Fault")) else { throw SOAPFault(content) }
        return content
    }
}
