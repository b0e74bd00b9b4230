import CPosix

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
}
