import Testing

/// All end-to-end tests: one after the other, since each runs several agents and the check runs on two cores.
@Suite(.serialized, .timeLimit(.minutes(3))) struct Nodes {}
