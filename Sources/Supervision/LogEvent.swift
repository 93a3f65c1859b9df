/// The events that an operator alerts on. Their identifiers never change: `journalctl MESSAGE_ID=…` finds them in any
/// version, whatever the message says.
package enum LogEvent: String, Sendable, CaseIterable {
    /// The agent serves.
    case running = "d821875edfe440738bd2e6f11bf5880e"
    /// The agent stopped as it was told to; what is in the kernel stays.
    case stopped = "71e6f5a6dc854e308c86b6e7f63147bf"
    /// The agent ended since no restart would help: configuration, privilege or kernel feature.
    case cannotStart = "53e8623447e449ee810ddc9ae7497da2"
    /// The agent ended by an error that nobody foresaw.
    case agentFailed = "ff3e762346c841d88d149963485dc8b3"
    /// A capability failed and starts again.
    case capabilityFailed = "ea946181bd9d43f6a0985b5d8a4d9735"
    /// A capability made no progress and was cancelled.
    case capabilityStalled = "f4cb77b216aa40c09f0fbf38533be30b"
    /// The process before this one was ended by a fault of its own or by a signal of that kind.
    case crashed = "69f22730239646928fee5c31f9e09640"
    /// A capability ended the process again and again, and does not run for now.
    case capabilityQuarantined = "a5aa97e964294832b4f8ae84cf56ba25"
    /// Its time is over: it runs again.
    case quarantineEnded = "2637832945264e71821fae1f33d4c60d"
    /// Some of the cluster's state cannot be had.
    case sourceDegraded = "5006190dfa5a4c9f8b5ad81092079e35"
    /// A part of the overlay is not as planned.
    case overlayDegraded = "7698c4ba93f84b6f95a95350845f4440"
    /// It is as planned again.
    case overlayRecovered = "62c030bea20c4a48ad360c7fb7382773"
    /// Someone else changed links, addresses or routes of ours; they are back.
    case overlayRepaired = "3ecba05511834249bb3c706c68519454"
    /// Someone else changed the nftables table; it is back.
    case tableRepaired = "2cbbdb5de6ce411586b61fbe222290cd"
    /// Another program changes something of ours again after each repair: repairs of it wait longer and longer.
    case objectDisputed = "47e1ffb6b81b4d1ca4ee35ac83b3c57b"
    /// The lease is held, but something is wrong with it: another node has this one's address, a family has no tunnel,
    /// the network's configuration cannot be used.
    case leaseDegraded = "3b0dd5c0cbd54b3c9c9f6a4ee1d1f0d7"
    /// The lease is of another subnet than before: pods that are there keep addresses that nobody routes to any more.
    case leaseMoved = "c4a8e1b27d5f4f0e9a3b6d8127e05c9f"
    /// SIGHUP was obeyed.
    case configurationReloaded = "482653b0c2e34099b4880413e2d79176"
    /// SIGHUP came, but what is configured cannot be used.
    case configurationRefused = "99d3cac8c1884acca66dbc215b6f3105"
    /// A changed setting waits for a restart.
    case restartNeeded = "459adf3a390e4fa8867d22e65015a194"
    /// A file of the state directory is damaged, or of another version, and was not believed.
    case stateFileIgnored = "63eca282fa0e45258dacd4d49969d2c9"
    /// Something cannot be saved in the state directory: the disk is full, or read-only.
    case stateNotSaved = "cdd0cc1dbb914facb863c6601f112104"
    /// The source is away: what it said before the start rules, from the snapshot on disk.
    case stateFromDisk = "7c5edcd5438a4897aae14811ec618ed0"
}
