import MADKit

/// A POST over HTTPS.
public struct HTTPRequest: Sendable {
    /// Which places a request takes at its server: those of one kind never wait for those of another.
    public enum Kind: Int, Sendable, CaseIterable {
        /// Questions and orders that are answered at once.
        case control
        /// Submissions, delegations, large answers.
        case bulk
        /// Orders that a server may answer after minutes only, such as the Destroy of GT 4.0.
        case slow
    }

    /// Where to.
    public var url: URLParts
    /// Names and values; Content-Type included.
    public var headers: [(name: String, value: String)]
    /// What to send.
    public var body: String
    /// The longest time until the whole answer is there, from now on.
    public var patience: Duration
    /// Its kind.
    public var kind: Kind
    /// Names that the server's certificate may be for, beside the URL's host.
    public var alternativeNames: [String] = []

    /// Describes a request.
    public init(
        url: URLParts, headers: [(name: String, value: String)], body: String, patience: Duration, kind: Kind = .control
    ) {
        self.url = url
        self.headers = headers
        self.body = body
        self.patience = patience
        self.kind = kind
    }
}

/// What a server answered.
public struct HTTPAnswer: Sendable {
    /// The status, such as 200 or 500.
    public let status: Int
    /// The body.
    public let body: [UInt8]
}
