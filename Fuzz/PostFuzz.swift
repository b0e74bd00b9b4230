// Requests of any content, whole and in pieces: both are understood alike, and nothing grows beyond its bounds.

private let longestBody = 300

private func read(_ bytes: ArraySlice<UInt8>, by size: Int) -> (PostReader.Progress, [UInt8], Int) {
    var reader = PostReader(longestBody: longestBody)
    var rest = bytes
    var progress = PostReader.Progress.more
    while progress == .more, !rest.isEmpty {
        progress = reader.take(rest.prefix(size))
        rest = rest.dropFirst(size)
    }
    precondition(reader.body.count <= longestBody)
    return (progress, reader.body, rest.count)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let whole = read(bytes[1...], by: count)
    let pieces = read(bytes[1...], by: Int(bytes[0]) + 1)
    precondition(whole.0 == pieces.0)
    if whole.0 == .whole { precondition(whole.1 == pieces.1) }
    return 0
}
