internal import CCurl
import Glibc
import MADKit
import Synchronization

/// What works behind an ``HTTPClient``: libcurl's multi interface, and the places at each server.
///
/// While requests are under way, one thread attends to all of them. It is the one that brought the first, and it goes on
/// with what the last answer is waited for by: a request by itself is the work of one thread from its beginning to its end.
///
/// Sendable because everything but the inbox and the wake-up belongs to that thread.
final class TransferEngine: @unchecked Sendable {
    private enum Order {
        case start(Transfer)
        case cancel(UInt64)
    }

    /// What the thread is at.
    private enum Attendance {
        /// There is none, for there is nothing to do.
        case away
        case awake
        /// It sleeps, or is about to: it must be woken.
        case asleep
    }

    private struct Inbox {
        var orders: [Order] = []
        var attendance = Attendance.away
    }

    private let multi: UnsafeMutableRawPointer
    private let trust: Trust
    private let requestsPerServer: Int
    private let inbox = Mutex(Inbox())

    // The thread's own.
    private var waiting: [Transfer.Place: [Transfer]] = [:]
    private var running: [UInt64: Transfer] = [:]
    private var taken: [Transfer.Place: Int] = [:]
    /// Cancelled before they came: a task may be cancelled while it hands its request over.
    private var cancelled: Set<UInt64> = []
    private var spare: [UnsafeMutableRawPointer] = []

    /// libcurl's own beginning, which is not safe for threads, and a look whether it is the kind that is needed.
    private static let library: Result<Void, MADError> = {
        if let reason = mad_curl_load() {
            return .failure(MADError(.system, "libcurl cannot be loaded", cause: String(cString: reason)))
        }
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK,
            let version = curl_version_info(CURLVERSION_FIRST)
        else { return .failure(MADError(.system, "libcurl cannot be started")) }
        let tls = version.pointee.ssl_version.map { String(cString: $0) } ?? "no TLS"
        guard tls.hasPrefix("OpenSSL/") else {
            return .failure(MADError(.system, "libcurl works with \(tls) here; OpenSSL is needed"))
        }
        return .success(())
    }()

    init(trust: Trust, requestsPerServer: Int) throws(MADError) {
        try TransferEngine.library.get()
        guard let multi = curl_multi_init() else { throw MADError(.system, "libcurl has no memory") }
        self.multi = multi
        self.trust = trust
        self.requestsPerServer = requestsPerServer
        mad_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 64)
    }

    /// Takes a request; its continuation is resumed once. The caller is about to wait for that, and has nothing else to do.
    func start(_ transfer: Transfer) {
        TaskPool.shared.continueHere { order(.start(transfer)) }
    }

    /// Calls a request off.
    func cancel(_ number: UInt64) { order(.cancel(number)) }

    private func order(_ order: Order) {
        let attendance = inbox.withLock { inbox in
            inbox.orders.append(order)
            defer { inbox.attendance = .awake }
            return inbox.attendance
        }
        switch attendance {
        case .away: TaskPool.shared.host { [self] in attend() }
        // Outside of the lock: the first thing that the thread wants is the lock.
        case .asleep: curl_multi_wakeup(multi)
        case .awake: break
        }
    }

    /// Attends to requests until none is left.
    private func attend() {
        while true {
            takeOrders(beforeSleep: false).forEach(obey)
            beginWaiting()
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            let results = takeResults()
            let isOver = leave()
            for (transfer, result) in results.dropLast() { transfer.end(result) }
            if let (transfer, result) = results.last {
                if isOver { TaskPool.shared.continueHere { transfer.end(result) } } else { transfer.end(result) }
            }
            if isOver { return }
            guard results.isEmpty else { continue }
            let late = takeOrders(beforeSleep: true)
            guard late.isEmpty else {
                late.forEach(obey)
                continue
            }
            curl_multi_poll(multi, nil, 0, patience, nil)
        }
    }

    /// True when there is nothing to do. From then on the next to order something attends to it.
    private func leave() -> Bool {
        guard running.isEmpty, waiting.isEmpty else { return false }
        return inbox.withLock { inbox in
            guard inbox.orders.isEmpty else { return false }
            inbox.attendance = .away
            return true
        }
    }

    /// What was ordered since the last time. Only a thread that sleeps is woken by what comes next: waking it costs each
    /// request a system call.
    private func takeOrders(beforeSleep: Bool) -> [Order] {
        inbox.withLock { inbox in
            inbox.attendance = beforeSleep && inbox.orders.isEmpty ? .asleep : .awake
            defer { inbox.orders = [] }
            return inbox.orders
        }
    }

    private func obey(_ order: Order) {
        switch order {
        case .start(let transfer):
            guard cancelled.remove(transfer.number) == nil else { return transfer.end(.failure(CancellationError())) }
            waiting[transfer.place, default: []].append(transfer)
        case .cancel(let number):
            if let transfer = running[number] {
                release(transfer)
                transfer.end(.failure(CancellationError()))
            } else if let place = waiting.first(where: { $0.value.contains { $0.number == number } })?.key,
                let index = waiting[place]?.firstIndex(where: { $0.number == number })
            {
                waiting[place]?.remove(at: index).end(.failure(CancellationError()))
                if waiting[place]?.isEmpty == true { waiting[place] = nil }
            } else {
                noteEarly(number)
            }
        }
    }

    /// Numbers are given in order and nearly arrive so: a number far behind is one of a request that is over.
    private func noteEarly(_ number: UInt64) {
        cancelled.insert(number)
        if cancelled.count > 1_000 { cancelled.remove(cancelled.min() ?? 0) }
    }

    /// Lets requests begin where there is a place.
    private func beginWaiting() {
        for (place, var queue) in waiting {
            while let transfer = queue.first {
                if transfer.deadline <= .now {
                    queue.removeFirst()
                    transfer.end(.failure(transfer.overdue))
                    continue
                }
                guard taken[place, default: 0] < requestsPerServer, let easy = spare.popLast() ?? makeHandle()
                else { break }
                queue.removeFirst()
                transfer.prepare(easy)
                running[transfer.number] = transfer
                taken[place, default: 0] += 1
                guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
                    release(transfer)
                    transfer.end(.failure(MADError(.system, "libcurl has no memory")))
                    continue
                }
            }
            waiting[place] = queue.isEmpty ? nil : queue
        }
    }

    private func makeHandle() -> UnsafeMutableRawPointer? {
        let easy = curl_easy_init()
        if let easy { Transfer.configure(easy, trust) }
        return easy
    }

    /// What is finished, with its result.
    private func takeResults() -> [(Transfer, Result<HTTPAnswer, any Error>)] {
        var results: [(Transfer, Result<HTTPAnswer, any Error>)] = []
        var count: Int32 = 0
        while let message = curl_multi_info_read(multi, &count) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            var own: UnsafeMutableRawPointer?
            mad_curl_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &own)
            guard let own else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(own).takeUnretainedValue()
            results.append((transfer, transfer.result(mad_curl_result(message))))
            release(transfer)
        }
        return results
    }

    /// Takes a request out of libcurl's hands and frees its place.
    private func release(_ transfer: Transfer) {
        running[transfer.number] = nil
        let place = transfer.place
        taken[place] = taken[place].flatMap { $0 > 1 ? $0 - 1 : nil }
        guard let easy = transfer.easy else { return }
        curl_multi_remove_handle(multi, easy)
        transfer.leave(easy)
        if spare.count < 16 { spare.append(easy) } else { curl_easy_cleanup(easy) }
    }

    /// How long to sleep, in milliseconds: until a waiting request is overdue; libcurl knows its own times.
    private var patience: Int32 {
        guard let first = waiting.values.lazy.compactMap({ $0.map(\.deadline).min() }).min() else { return .max }
        return Int32(clamping: max(0, Transfer.milliseconds(until: first) + 1))
    }

    // Not before the last who may want to wake the thread has let go.
    deinit {
        spare.forEach { curl_easy_cleanup($0) }
        curl_multi_cleanup(multi)
    }
}
