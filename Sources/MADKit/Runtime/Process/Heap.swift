import CPosix
import Synchronization

/// How the C library keeps memory.
public enum Heap {
    /// For drivers that build and drop large structures of small parts, such as documents: all threads share one heap, and
    /// what is freed is joined with its neighbours at once. Left alone, glibc keeps a heap for each thread and joins a
    /// million parts one by one when somebody needs a large block, which is when an answer is written.
    ///
    /// Call it before there are threads.
    public static func keepTogether() {
        mad_share_heap()
        mad_join_heap()
    }

    /// For drivers whose requests each need much memory for a moment: up to so many bytes stay with the process when they
    /// are freed. To get them from the system again, page by page, takes longer than what is done with them.
    ///
    /// Call it before there are threads.
    public static func keepRoom(megabytes: Int32) {
        mad_keep_heap(megabytes << 20)
    }

    private static let interval = Duration.seconds(5)
    private static let nextSearch = Mutex(Instant.now)

    /// Gives memory that was freed back to the system: for drivers whose requests come in bursts, which leave holes between
    /// what is kept. May be called often; the holes are searched for every five seconds at most.
    public static func giveBack() {
        let isDue = nextSearch.withLock { next in
            guard next <= .now else { return false }
            next = .now + interval
            return true
        }
        if isDue { mad_trim_memory() }
    }
}
