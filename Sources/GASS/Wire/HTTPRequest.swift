import MADKit

/// The head of a request as GASS clients and plain web clients send it (HTTP/1.1, RFC 9112).
struct HTTPRequest: Equatable {
    /// What is asked for.
    enum Method: Equatable {
        case get, head, put
        /// GASS' own: add to the end of a file.
        case append
    }

    /// How many bytes follow the head.
    enum Body: Equatable {
        case none
        case bytes(Int)
        case chunks
    }

    let method: Method
    /// The path as bytes: a file's name need not be UTF-8. Nothing is decoded, as no GASS server decodes: `%20` names
    /// three characters.
    let path: [UInt8]
    let body: Body
    /// True when the client waits for leave to send its body.
    let expectsContinue: Bool
    /// True when another request may follow on the same connection.
    let keepsConnection: Bool

    /// GASS' clients append by a POST to this path, with the file's behind it.
    private static let appendPrefix = Array("/globus-bins/GASSappend?".utf8)

    /// Reads a head, without the empty line at its end.
    /// - Throws: ``HTTPError`` with the status that answers it.
    init(_ head: ArraySlice<UInt8>) throws(HTTPError) {
        var lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        // Names may hold blanks: the target is all between the first and the last.
        let start = lines.removeFirst()
        guard let first = start.firstIndex(of: UInt8(ascii: " ")), let last = start.lastIndex(of: UInt8(ascii: " ")),
            first < last, start[(last + 1)...].starts(with: Array("HTTP/1.".utf8))
        else { throw HTTPError(400, "not an HTTP request") }
        var target = start[(first + 1)..<last]
        let isOld = start[(last + 1)...].elementsEqual(Array("HTTP/1.0".utf8))

        let fields = try HTTPRequest.fields(lines)
        switch String(decoding: start[..<first], as: UTF8.self) {
        case "GET": method = .get
        case "HEAD": method = .head
        case "PUT": method = .put
        case "POST" where target.starts(with: HTTPRequest.appendPrefix):
            method = .append
            target = target.dropFirst(HTTPRequest.appendPrefix.count)
        case "POST": throw HTTPError(404, "not a GASS request")
        default: throw HTTPError(501, "unknown method")
        }
        path = try HTTPRequest.path(of: target)
        let hasBody = method == .put || method == .append
        if let coding = fields["transfer-encoding"] {
            guard coding.lowercased() == "chunked", fields["content-length"] == nil else {
                throw HTTPError(400, "unknown transfer coding")
            }
            body = .chunks
        } else if let length = fields["content-length"] {
            guard length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(length) else {
                throw HTTPError(400, "Content-Length is no number")
            }
            body = count == 0 && !hasBody ? .none : .bytes(count)
        } else {
            guard !hasBody else { throw HTTPError(411, "neither Content-Length nor chunks") }
            body = .none
        }
        expectsContinue = fields["expect"]?.lowercased() == "100-continue"
        // GASS' clients never send a second request, and wait for the end of the connection instead.
        let isGASS = fields["user-agent"]?.hasPrefix("Globus-GASS") ?? false
        // What follows a request that needs no body is not read, and must not be taken for the next request.
        let isRead = hasBody || body == .none
        keepsConnection = !isOld && !isGASS && isRead && fields["connection"]?.lowercased() != "close"
    }

    /// The fields of the head, their names in lower case.
    private static func fields(_ lines: [ArraySlice<UInt8>]) throws(HTTPError) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw HTTPError(400, "a field without colon")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            var value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
            // Two lengths are the way to smuggle a request in.
            guard fields[name] == nil || (name != "content-length" && name != "transfer-encoding") else {
                throw HTTPError(400, "\(name) twice")
            }
            fields[name] = String(decoding: value, as: UTF8.self)
        }
        return fields
    }

    /// The path of a target, which may be a whole URL (RFC 9112 §3.2.2).
    private static func path(of target: ArraySlice<UInt8>) throws(HTTPError) -> [UInt8] {
        var path = target
        if let colon = target.firstIndex(of: UInt8(ascii: ":")), target[colon...].starts(with: Array("://".utf8)),
            !target[..<colon].contains(UInt8(ascii: "/"))
        {
            path = target[(colon + 3)...].drop { $0 != UInt8(ascii: "/") }
        }
        guard path.first == UInt8(ascii: "/"), !path.contains(0) else { throw HTTPError(400, "no path") }
        // "https://host:port" and an absolute path, put together, make two slashes; both forms are the same file.
        return [UInt8(ascii: "/")] + path.drop { $0 == UInt8(ascii: "/") }
    }
}

/// Why a request is not served, as an HTTP status and in words.
struct HTTPError: Error, Equatable {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The standard phrase of a status (RFC 9110 §15).
    static func phrase(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 411: "Length Required"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 507: "Insufficient Storage"
        default: "Bad Request"
        }
    }
}
