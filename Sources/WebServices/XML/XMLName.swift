/// A qualified name.
public struct XMLName: Hashable, Sendable, CustomStringConvertible {
    /// The namespace; empty for none.
    public let namespace: String
    /// The name within it.
    public let local: String

    /// Names something.
    public init(_ namespace: String, _ local: String) {
        self.namespace = namespace
        self.local = local
    }

    /// `{namespace}local`, as Java writes it.
    public var description: String { namespace.isEmpty ? local : "{\(namespace)}\(local)" }
}
