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

    @Test func aSpoolTakesStreamsOnlyWhateverElseIsOpen() throws {
        try FileManager.default.createDirectory(atPath: "\(root)/dir/7/8", withIntermediateDirectories: true)
        confinement.grant(.spool, "\(root)/dir", to: "1")
        #expect(reads("dir/7/job.env") && !writes("dir/7/job.env") && !writes("dir/file"))
        #expect(writes("dir/7/stdout.wrapper.0") && writes("dir/7/stderr.x") && !writes("dir/7/8/stdout.x"))
        confinement.grant(.writable, root, to: "2")
        confinement.grant(.result, "\(root)/dir/7/job.env", to: "3")
        #expect(!writes("dir/7/job.env") && !writes("dir/7/8/stdout.x") && writes("dir/7/stdout.x") && writes("x"))
        // What is not there yet is closed all the same.
        confinement.grant(.sealed, "\(root)/later", to: "4")
        #expect(!writes("later/x") && !writes("later/stdout.x") && reads("later/x"))
    }

    @Test func whatIsHiddenIsOpenedByItsOwnNameOnly() throws {
        for name in [".ssh", ".gw_user_7"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(name)/x", withIntermediateDirectories: true)
            try folder.write("\(name)/x/key", "")
        }
        for kind in [Confinement.Kind.visible, .input, .result] {
            let suffix = kind == .visible ? "" : "/key"
            #expect(!confinement.grant(kind, "\(root)/.ssh/x\(suffix)", to: "1"))
            #expect(confinement.grant(kind, "\(root)/.gw_user_7/x\(suffix)", to: "1"))
        }
        #expect(!confinement.grant(.result, "\(root)/.profile", to: "1"))
        #expect(!reads(".ssh/x/key") && !writes(".ssh/x/key") && writes(".gw_user_7/x/key"))
    }

    @Test(arguments: ["/", "/.", "/tmp/..", "//"]) func noJobsHomeIsTheRootOfEverything(home: String) {
        #expect(!confinement.grant(.visible, home, to: "1"))
        #expect(!reads("dir/file"))
    }

    @Test(arguments: ["\r\n", "\r", "\n", "\u{0}"]) func aPathIsOneLine(end: String) {
        #expect(!StagingServer.canName("/x\(end)grant 9 writable /"))
        let settings = JobSettings(
            bytes: Array("GW_JOB_HOME=\"/x\(end)GW_OUTPUT_FILES=file:/y\"".utf8), stagingURL: "u")
        #expect(settings.home?.utf8.contains(UInt8(ascii: "\n")) != true)
    }

    @Test func settingsNameTheHomeAndFilesByURL() {
        func settings(_ text: String, _ url: String = "https://h:1") -> JobSettings {
            JobSettings(bytes: Array(text.utf8), stagingURL: url)
        }
        let all = settings(
            """
            export GW_STAGING_URL="https://h:1"
            export GW_JOB_HOME="/home/user"
            export GW_INPUT_FILES="file:/d/in x"
            export GW_OUTPUT_FILES="a b, c file:///d/c"
            GW_STAGE_OUT='x https://h:1/home/user/x'
            export OTHER="file:///etc/passwd"
            """)
        #expect(all.home == "/home/user")
        #expect(all.inputs == ["/d/in"])
        #expect(all.results == ["/d/c", "/home/user/x"])
        #expect(settings("GW_JOB_HOME=//\n").home == nil)
        #expect(settings("GW_JOB_HOME=relative\n").home == nil)
    }
}
