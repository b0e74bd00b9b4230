import MADKit

/// Jobs by contact. Each has its own place: the table of a dictionary has room for twice as many values as are in it, and
/// what is known of a job takes some hundred bytes.
struct JobPlaces {
    private final class Place: Sendable {
        let job: JobRegistry.Job
        init(_ job: JobRegistry.Job) { self.job = job }
    }

    private var places: [JobContact: Place] = [:]

    /// All jobs.
    var values: some Collection<JobRegistry.Job> { places.values.lazy.map(\.job) }

    /// A job; set to `nil` it is gone.
    subscript(_ contact: JobContact) -> JobRegistry.Job? {
        get { places[contact]?.job }
        set { places[contact] = newValue.map { Place($0) } }
    }

    /// Takes a job out.
    mutating func remove(_ contact: JobContact) -> JobRegistry.Job? { places.removeValue(forKey: contact)?.job }
}
