package import DNSWire

/// All that cluster DNS answers from: immutable, cheap to copy, read without allocation, lock or reference count.
///
/// A responder's worker keeps a copy and takes a newer one between two batches of questions.
package struct ZoneTable: Sendable, Equatable {
    var origin: ZoneOrigin
    var entries: EntryTable
    /// Whether any node or other host has a name.
    var hasHosts = false
    /// Whether any of these is a wildcard.
    var hasWildcards = false
    /// Whether the kinds that the zone needs are complete. Before that, names of services and pods give SERVFAIL.
    package internal(set) var isSynchronised = false
    /// Whether any of it was saved by an earlier run, and the source has not said yet that it still holds.
    package internal(set) var isRestored = false
    /// The SOA records' serial: the Unix second of the last change.
    package internal(set) var serial: UInt32

    /// What the names of questions are to be hashed by.
    package var hasher: NameHasher { entries.hasher }

    init(_ origin: ZoneOrigin, _ hasher: NameHasher, serial: UInt32) {
        self.origin = origin
        entries = EntryTable(hasher)
        self.serial = serial
    }
}
