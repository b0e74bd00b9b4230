import CLDAP
import Glibc
import MADKit

/// The libldap side of a connection: a handle and the searches on their way, by message number. Used by one thread only.
final class DirectoryLine {
    /// A search that the server works on.
    private final class Active {
        let pending: PendingSearch
        /// True when the connection was made for this search, so that its loss is no matter of idleness.
        let isFirst: Bool
        let sent = Instant.now
        var entries = EntryTable()
        /// Where the next attribute is probably found.
        var guess = 0

        init(_ pending: PendingSearch, isFirst: Bool) {
            self.pending = pending
            self.isFirst = isFirst
        }
    }

    /// Larger than any entry; what claims to be larger is no LDAP.
    private static let largestMessage: UInt = 16 << 20
    /// A server that takes longer to accept a connection is not there.
    private static let longestConnect = Duration.seconds(15)

    private let server: DirectoryServer
    private let access: DirectoryAccess
    private var handle: OpaquePointer?
    private var socket: Int32 = -1
    private var active: [Int32: Active] = [:]
    private var lastHeard = Instant.now
    /// Why and when no connection could be made the last time.
    private var refusal: (error: MADError, time: Instant)?
    /// True when the server is known to speak LDAP.
    private var isProven = false
    /// The earliest deadline of a search under way.
    private(set) var alarm = Instant.distantFuture

    init(server: DirectoryServer, access: DirectoryAccess) {
        self.server = server
        self.access = access
    }

    /// True while a long answer is coming in. Servers write it entry by entry, and waking up for each costs both sides
    /// more than the entry itself; a short pause lets many come together.
    private(set) var isStreaming = false
    /// An answer is long from here on.
    private static let longAnswer = 500

    /// True when searches are under way.
    var isBusy: Bool { !active.isEmpty }
    /// What to watch for answers; `nil` when there is no connection.
    var descriptor: Int32? { handle == nil ? nil : socket }

    /// Sends a search, over a new connection if there is none.
    func send(_ pending: PendingSearch) { send(pending, isRetry: false) }

    private func send(_ pending: PendingSearch, isRetry: Bool) {
        guard !pending.isSettled else { return }
        guard pending.deadline > .now else {
            pending.settle(.failure(timedOut))
            return
        }
        let isFirst = handle == nil
        // Whoever waited while the server did not let us in need not wait for the next try as well.
        if isFirst, let refusal, pending.asked < refusal.time {
            pending.settle(.failure(refusal.error))
            return
        }
        let handle: OpaquePointer
        do throws(MADError) {
            if let known = self.handle { handle = known } else { handle = try connected(before: pending.deadline) }
        } catch {
            // Others may have more time.
            if pending.deadline > .now { refusal = (error, .now) }
            pending.settle(.failure(error))
            return
        }
        refusal = nil
        self.handle = handle
        let search = pending.search
        var names: [UnsafeMutablePointer<CChar>?] = search.attributes.names.map { strdup($0) } + [nil]
        defer { names.forEach { free($0) } }
        var limit = DirectoryLine.time(until: pending.deadline)
        limit.tv_sec = max(1, limit.tv_sec)
        var message: Int32 = 0
        let code = ldap_search_ext(
            handle, search.base, LDAP_SCOPE_SUBTREE, search.filter.description, &names, 0, nil, nil, &limit, 0, &message
        )
        if code == LDAP_SUCCESS {
            active[message] = Active(pending, isFirst: isFirst || isRetry)
            alarm = min(alarm, pending.deadline)
        } else if code == LDAP_SERVER_DOWN, !isFirst, !isRetry {
            lose(.last(of: handle, server, code: code))
            send(pending, isRetry: true)
        } else {
            let error: MADError
            if code == LDAP_FILTER_ERROR {
                error = MADError(.invalid, "filter \(search.filter)", cause: "it is not an LDAP filter")
            } else if code == LDAP_SERVER_DOWN {
                error = DirectoryError.closed(server)
            } else {
                error = .last(of: handle, server, code: code)
            }
            pending.settle(.failure(error))
            if code == LDAP_SERVER_DOWN { lose(error) }
        }
    }

    /// Gives up the search if it is under way.
    func cancel(_ pending: PendingSearch) {
        guard let handle, let (message, _) = active.first(where: { $0.value.pending === pending }) else { return }
        ldap_abandon_ext(handle, message, nil, nil)
        remove(message)
    }

    /// Fails what is past its deadline.
    func expire() {
        guard alarm != .distantFuture, alarm <= .now, let handle else { return }
        let now = Instant.now
        var isDead = false
        for (message, search) in active where search.pending.deadline <= now {
            ldap_abandon_ext(handle, message, nil, nil)
            active[message] = nil
            search.pending.settle(.failure(timedOut))
            if lastHeard < search.sent { isDead = true }
        }
        alarm = active.values.map(\.pending.deadline).min() ?? .distantFuture
        // A server that vanished without a word would keep the connection for a quarter of an hour.
        if isDead { lose(timedOut) }
    }

    /// Closes the connection; what is under way has failed.
    func close() {
        lose(MADError(.cancelled, server.url, cause: "the connection was closed"))
    }

    private func remove(_ message: Int32) {
        active[message] = nil
        alarm = active.values.map(\.pending.deadline).min() ?? .distantFuture
    }

    /// Lets go of a dead handle, which would stay dead for ever, and sends once more what an idle server cut off.
    private func lose(_ error: MADError) {
        guard let handle else { return }
        self.handle = nil
        let lost = active.values.filter { !$0.pending.isSettled }
        active = [:]
        alarm = .distantFuture
        ldap_unbind_ext(handle, nil, nil)
        for search in lost where search.isFirst { search.pending.settle(.failure(error)) }
        for search in lost where !search.isFirst { send(search.pending, isRetry: true) }
    }

    // MARK: Answers

    /// Takes what has come, `limit` messages at most; false when nothing more is there.
    func collect(limit: Int) -> Bool {
        isStreaming = false
        guard let handle else { return false }
        switch firstWord() {
        case .none: return false
        case .foreign:
            lose(DirectoryError.foreign(server))
            return true
        case .proper: break
        }
        var none = timeval(tv_sec: 0, tv_usec: 0)
        for _ in 0..<limit {
            var message: OpaquePointer?
            let kind = ldap_result(handle, LDAP_RES_ANY, LDAP_MSG_ONE, &none, &message)
            if kind == 0 { return false }
            guard kind > 0, let message else {
                lose(lost(handle))
                return true
            }
            defer { ldap_msgfree(message) }
            lastHeard = .now
            let number = ldap_msgid(message)
            guard let search = active[number] else { continue }
            if kind == Int32(LDAP_RES_SEARCH_ENTRY) {
                take(message, handle, search, number)
                isStreaming = search.entries.count > DirectoryLine.longAnswer
            } else if kind == Int32(LDAP_RES_SEARCH_RESULT) {
                remove(number)
                finish(search, message, handle)
            }
            // Anything else is a reference to another server, where no user sent us.
        }
        return true
    }

    private enum FirstWord {
        case none, proper, foreign
    }

    /// What a server has said first that is not protected from the first byte on. Every message of LDAP is a sequence of BER
    /// (RFC 4511, 4.1.1); of another protocol libldap would wait for the rest of what it takes for one. The end of the
    /// connection is left to libldap.
    private func firstWord() -> FirstWord {
        guard !isProven else { return .proper }
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return .none }
        if count == 1, byte != 0x30 { return .foreign }
        isProven = true
        return .proper
    }

    /// Why the connection is of no use any more.
    private func lost(_ handle: OpaquePointer) -> MADError {
        let error = MADError.last(of: handle, server)
        switch DirectoryError.code(of: handle) {
        case LDAP_SERVER_DOWN: return DirectoryError.closed(server)
        case LDAP_LOCAL_ERROR, LDAP_DECODING_ERROR: return DirectoryError.foreign(server)
        default: return error
        }
    }

    private func take(_ message: OpaquePointer, _ handle: OpaquePointer, _ search: Active, _ number: Int32) {
        var name = berval()
        var cursor: OpaquePointer?
        guard ldap_get_dn_ber(handle, message, &cursor, &name) == LDAP_SUCCESS else { return }
        defer { ber_free(cursor, 0) }
        search.entries.begin(
            name: search.pending.search.keepsNames ? name.bytes : UnsafeBufferPointer(start: nil, count: 0))
        while true {
            var attribute = berval()
            var values: UnsafeMutablePointer<berval>?
            guard ldap_get_attribute_ber(handle, message, cursor, &attribute, &values) == LDAP_SUCCESS,
                attribute.bv_val != nil
            else { break }
            defer { ber_memfree(values) }
            guard let number = search.pending.search.attributes.number(of: attribute.bytes, guess: search.guess),
                var value = values
            else { continue }
            search.guess = number + 1
            while value.pointee.bv_val != nil {
                search.entries.add(value.pointee.bytes, attribute: number)
                value += 1
            }
        }
        search.entries.end()
        if search.entries.size > search.pending.search.room {
            ldap_abandon_ext(handle, number, nil, nil)
            remove(number)
            let answer = DirectoryAnswer(entries: search.entries, cut: .room(search.pending.search.room))
            search.pending.settle(.success(answer))
        }
    }

    private func finish(_ search: Active, _ message: OpaquePointer, _ handle: OpaquePointer) {
        var code: Int32 = 0
        var detail: UnsafeMutablePointer<CChar>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &detail, nil, nil, 0)
        defer { ldap_memfree(detail) }
        if parsed != LDAP_SUCCESS { code = parsed }
        switch code {
        case LDAP_SUCCESS:
            search.pending.settle(.success(DirectoryAnswer(entries: search.entries, cut: nil)))
        case LDAP_SIZELIMIT_EXCEEDED, LDAP_ADMINLIMIT_EXCEEDED:
            search.pending.settle(.success(DirectoryAnswer(entries: search.entries, cut: .serverLimit)))
        default:
            let error = DirectoryError.error(code, server, detail: detail.map { String(cString: $0) })
            let place = code == LDAP_NO_SUCH_OBJECT || code == LDAP_INVALID_DN_SYNTAX
            search.pending.settle(
                .failure(
                    place
                        ? MADError(
                            error.code, "\(error.message), base \(search.pending.search.base)", cause: error.cause)
                        : error))
        }
    }

    // MARK: Connecting

    /// A handle that is connected, protected and bound as it should be, before `deadline`.
    private func connected(before deadline: Instant) throws(MADError) -> OpaquePointer {
        let deadline = min(deadline, .now + DirectoryLine.longestConnect)
        socket = try DirectorySocket.connected(to: server, before: deadline)
        // In what is protected libldap finds strange messages itself.
        isProven = server.protection == .ldaps
        var new: OpaquePointer?
        let code = cldap_open(&new, socket, server.url, DirectoryLine.largestMessage)
        guard code == LDAP_SUCCESS, let new else { throw DirectoryError.error(code, server) }
        do throws(MADError) {
            if server.protection != .none {
                let code = cldap_set_authorities(new, access.authorities)
                guard code == LDAP_SUCCESS else {
                    throw MADError(
                        .invalid, "\(server.url): cannot use the certificates in \(access.authorities)",
                        cause: "the file cannot be read or holds none")
                }
            }
            if server.protection == .startTLS { try startTLS(new, before: deadline) }
            if server.protection == .ldaps { try installTLS(new, before: deadline) }
            if let identity = access.identity { try bind(new, identity, before: deadline) }
        } catch {
            ldap_unbind_ext(new, nil, nil)
            throw error
        }
        return new
    }

    private func installTLS(_ handle: OpaquePointer, before deadline: Instant) throws(MADError) {
        let flags = fcntl(socket, F_GETFL)
        _ = fcntl(socket, F_SETFL, flags & ~O_NONBLOCK)
        let watch = SocketWatch(socket, until: deadline)
        let code = ldap_install_tls(handle)
        watch.end()
        // Half a message must not keep the thread.
        _ = fcntl(socket, F_SETFL, flags)
        isProven = true
        guard code == LDAP_SUCCESS else {
            let error = failed(handle, code, deadline)
            // With GnuTLS libldap has no words for a certificate that does not pass.
            guard error.cause?.contains("(unknown error code)") == true else { throw error }
            throw MADError(
                .credential, "\(server.url): the server's certificate is not valid",
                cause: "none of the authorities in \(access.authorities) vouches for it, or it is out of date")
        }
    }

    private func startTLS(_ handle: OpaquePointer, before deadline: Instant) throws(MADError) {
        var message: Int32 = 0
        let code = ldap_start_tls(handle, nil, nil, &message)
        guard code == LDAP_SUCCESS else { throw failed(handle, code, deadline) }
        try wait(for: message, handle, before: deadline)
        try installTLS(handle, before: deadline)
    }

    private func bind(
        _ handle: OpaquePointer, _ identity: (name: String, password: String), before deadline: Instant
    ) throws(MADError) {
        var message: Int32 = 0
        let code = cldap_bind(handle, identity.name, identity.password, &message)
        guard code == LDAP_SUCCESS else { throw failed(handle, code, deadline) }
        try wait(for: message, handle, before: deadline)
    }

    /// Waits for the one answer to an operation of our own and throws what it reports.
    private func wait(for message: Int32, _ handle: OpaquePointer, before deadline: Instant) throws(MADError) {
        if !isProven {
            var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            poll(&watched, 1, deadline.millisecondsFromNow)
            if firstWord() == .foreign { throw DirectoryError.foreign(server) }
        }
        var time = DirectoryLine.time(until: deadline)
        var answer: OpaquePointer?
        let kind = ldap_result(handle, message, LDAP_MSG_ALL, &time, &answer)
        guard kind > 0, let answer else {
            throw kind == 0 || deadline <= .now ? timedOut : lost(handle)
        }
        var code: Int32 = 0
        var detail: UnsafeMutablePointer<CChar>?
        let parsed = ldap_parse_result(handle, answer, &code, nil, &detail, nil, nil, 1)
        defer { ldap_memfree(detail) }
        if parsed != LDAP_SUCCESS { code = parsed }
        guard code == LDAP_SUCCESS else {
            throw DirectoryError.error(code, server, detail: detail.map { String(cString: $0) })
        }
    }

    private var timedOut: MADError { MADError(.timedOut, server.url, cause: "no answer within the deadline") }

    /// What made connecting fail; libldap tells a passed deadline as any other loss.
    private func failed(_ handle: OpaquePointer, _ code: Int32, _ deadline: Instant) -> MADError {
        deadline <= .now || code == LDAP_TIMEOUT ? timedOut : .last(of: handle, server, code: code)
    }

    private static func time(until deadline: Instant) -> timeval {
        let milliseconds = Int(deadline.millisecondsFromNow)
        return timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
    }
}

extension berval {
    /// The bytes, which stay libldap's.
    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: UnsafeRawPointer(bv_val)?.assumingMemoryBound(to: UInt8.self), count: bv_val == nil ? 0 : Int(bv_len)
        )
    }
}

extension MADError {
    fileprivate static func last(
        of handle: OpaquePointer, _ server: DirectoryServer, code: Int32? = nil
    ) -> MADError {
        DirectoryError.last(of: handle, server, code: code)
    }
}
