import MADKit

extension GWDLimits {
    /// What the buffers of gwd 5.4 really hold; the limits of a driver lie a little below.
    static let buffersOf5_4 = GWDLimits(
        infoBytes: 499, lineBytes: 16_383, queues: 20, genericStrings: 20, genericIntegers: 20)

    /// The same for 5.6 to 5.14.
    static let buffersOf5_14 = GWDLimits(
        infoBytes: 65_535, lineBytes: 65_535, queues: 67, genericStrings: 134, genericIntegers: 134,
        queueTextBytes: 1_000)

    /// The buffers of a release such as `5.4` or `5.14`; `nil` when the text names no release.
    static func buffers(of release: String) -> GWDLimits? {
        GWDLimits(release: release).map { $0 == .oldest ? buffersOf5_4 : buffersOf5_14 }
    }
}
