extension RequestRules {
    /// What becomes of a request. `now` is the time since boot.
    package func apply(to request: RequestFacts, at now: Duration, with memory: RuleMemory) -> RuleOutcome {
        run(RuleRun(request, at: now, with: memory), from: 0)
    }

    /// Goes on with a request whose password was compared.
    package func resume(
        _ check: PasswordCheck,
        isRight: Bool,
        of request: RequestFacts,
        at now: Duration,
        with memory: RuleMemory
    ) -> RuleOutcome {
        memory.remember(check.key, isRight: isRight)
        var run = RuleRun(request, at: now, with: memory, edits: check.edits)
        guard steps.indices.contains(check.step), case .authenticate(let authentication) = steps[check.step] else {
            return run.answer(LocalAnswer(503, reason: "rules changed meanwhile"))
        }
        guard isRight else { return run.answer(authentication.challenge()) }
        run.admit(check.user, authentication)
        return self.run(run, from: check.step + 1)
    }

    private func run(_ start: RuleRun, from first: Int) -> RuleOutcome {
        var run = start
        for index in first..<steps.count {
            if let outcome = run.perform(steps[index], index) { return outcome }
        }
        return .forward(run.edits)
    }
}
