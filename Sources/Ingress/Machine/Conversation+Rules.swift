import HTTPWire

/// A request that waits until somebody has compared its password.
struct PendingRequest {
    let check: PasswordCheck
    let facts: RequestFacts
    let route: Route
    /// Its head, to be written when it goes on.
    let octets: [UInt8]
}

extension Conversation {
    /// Has the rules of a route decide about the request whose head was parsed last.
    mutating func applyRules(of route: Route, _ octets: Span<UInt8>, _ bench: inout Workbench) {
        let facts = bench.facts(octets, client)
        switch route.rules.apply(to: facts, at: bench.sinceBoot, with: bench.memory) {
        case .answer(let answer): self.answer(answer, &bench)
        case .forward(let edits): forward(route, octets, edits, &bench)
        case .verify(let check):
            // Somebody else compares it: until then nothing more is read.
            pending = PendingRequest(
                check: check,
                facts: facts,
                route: route,
                octets: octets.indices.map { octets[$0] }
            )
            phaseAfterCheck = clientPhase
            clientPhase = .checking
            bench.effects.actions.insert([.pauseClient, .check])
            bench.effects.clientDeadline = .clear
        }
    }

    /// The password of the request that waits is right, or wrong.
    mutating func checked(isRight: Bool, _ bench: inout Workbench) {
        guard clientPhase == .checking, let pending = pending.take() else { return }
        clientPhase = phaseAfterCheck
        bench.effects.actions.insert(.resumeClient)
        if clientPhase == .body { bench.effects.clientDeadline = bodyDeadline(bench) }
        // The parser has read others' heads meanwhile.
        var scanned = 0
        guard case .complete = bench.requestParser.parse(pending.octets.span, resumingAt: &scanned) else {
            return answer(LocalAnswer(400, reason: "the head changed"), &bench)
        }
        _ = bench.place(of: pending.octets.span, over: client.entryPoint)
        let outcome = pending.route.rules.resume(
            pending.check,
            isRight: isRight,
            of: pending.facts,
            at: bench.sinceBoot,
            with: bench.memory
        )
        switch outcome {
        case .answer(let answer): self.answer(answer, &bench)
        case .forward(let edits): forward(pending.route, pending.octets.span, edits, &bench)
        case .verify: answer(LocalAnswer(503, reason: "two passwords are asked for"), &bench)
        }
    }
}
