import ServiceLifecycle

/// Ends when the agent is to stop or to be composed anew: with it ends the group of services that it is part of.
///
/// A service, and not whoever runs the group: a group that has not begun yet would not hear of it.
struct CompositionEnd: Service {
    let stop: StopRequest
    let recomposition: Recomposition

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let (ends, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    await stop.wait()
                    end.finish()
                }
                group.addTask {
                    for await _ in recomposition.requests { break }
                    end.finish()
                }
                for await _ in ends {}
                group.cancelAll()
            }
        }
    }
}
