import Foundation
import TestSupport
import Testing

@testable import GASS
@testable import gw_tm_mad_dummy

/// What grants open, and what a job's settings ask for.
@Suite struct Grants {
    private let confinement = Confinement()
    private let folder: TemporaryDirectory
    private let root: String

    init() throws {
        folder = try TemporaryDirectory()
        root = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: "\(root)/dir", withIntermediateDirectories: true)
        try folder.write("dir/file", "")
    }

    private func reads(_ path: String) -> Bool { confinement.permitsReading(Array("\(root)/\(path)".utf8)) }
    private func writes(_ path: String) -> Bool { confinement.permitsWriting(Array("\(root)/\(path)".utf8)) }

    @Test func eachKindOpensWhatItSays() {
        confinement.grant(.file, "\(root)/dir/file", to: "1")
        #expect(reads("dir/file") && !writes("dir/file") && !reads("dir/file2") && !reads("dir"))
        confinement.forget("1")
        #expect(!reads("dir/file"))
        confinement.grant(.readable, "\(root)/dir", to: "1")
        #expect(reads("dir/x/y") && !writes("dir/x") && !reads("dir") && !reads("dir2") && !reads("dirx/y"))
        confinement.grant(.visible, "\(root)/dir", to: "2")
        #expect(writes("dir/x") && !writes("dir/.x") && !writes("dir/.x/y") && !writes("dir/x/.y"))
        confinement.grant(.writable, "\(root)/dir", to: "3")
        #expect(writes("dir/.x"))
        confinement.forget("3")
        #expect(!writes("dir/.x") && writes("dir/x"))
    }

    @Test func aResultIsOneFileThatNeedNotBeThere() {
        #expect(confinement.grant(.result, "\(root)/dir/new", to: "1"))
        #expect(writes("dir/new") && reads("dir/new") && !writes("dir/file") && !writes("dir/new/er"))
        #expect(!confinement.grant(.result, "\(root)/none/new", to: "1"))
        #expect(!confinement.grant(.file, "\(root)/dir/none", to: "1"))
    }

    @Test func grantsNameTruePlaces() throws {
        try FileManager.default.createSymbolicLink(atPath: "\(root)/link", withDestinationPath: "\(root)/dir")
        confinement.grant(.writable, "\(root)/link/../link", to: "1")
        #expect(writes("dir/x") && !writes("link/x"))
    }

    @Test func namesThatAreEqualAsTextOnlyAreDifferentFiles() throws {
        try folder.write("caf\u{E9}", "")
        try folder.write("cafe\u{301}", "")
        confinement.grant(.file, "\(root)/caf\u{E9}", to: "1")
        #expect(reads("caf\u{E9}") && !reads("cafe\u{301}"))
    }

    @Test func settingsNameTheHomeAndFilesByURL() {
        let settings = JobSettings(
            text: """
                export GW_STAGING_URL="https://h:1"
                export GW_JOB_HOME="/home/user"
                export GW_OUTPUT_FILES="a b, c file:///d/c"
                GW_STAGE_OUT='x https://h:1/home/user/x'
                export OTHER="file:///etc/passwd"
                """, stagingURL: "https://h:1")
        #expect(settings.home == "/home/user")
        #expect(settings.files == ["/d/c", "/home/user/x"])
        #expect(JobSettings(text: "GW_JOB_HOME=//\n", stagingURL: "u").home == nil)
        #expect(JobSettings(text: "GW_JOB_HOME=relative\n", stagingURL: "u").home == nil)
    }
}
