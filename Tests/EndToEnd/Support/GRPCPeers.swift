import Foundation

/// Programs that call and are called by gRPC: the library that its users have, in Python.
enum GRPCPeers {
    /// The system's own, which has the system's libraries.
    private static let python = "/usr/bin/python3"

    /// Answers on a place. `Once` and `Chat` put brackets around each message, `Fail` refuses.
    static func server(on place: String, in namespace: String, on node: Node) throws -> Monitor {
        try Monitor([python, "-c", serverProgram, place], in: namespace, on: node)
    }

    /// Calls all of them by way of a place. Returns what came of each, a line each.
    ///
    /// - Parameter authority: the host that is asked for.
    static func call(_ place: String, authority: String, in namespace: String) async throws -> [String] {
        let result = try await Tool.run([
            "ip", "netns", "exec", namespace, "timeout", "30", python, "-c", clientProgram, place, authority,
        ])
        guard result.succeeded else { throw ToolFailure(command: [python, place], result: result) }
        return result.output.split(separator: "\n").map(String.init)
    }

    private static let serverProgram = """
        import grpc, sys
        from concurrent import futures

        def once(request, context):
            context.set_trailing_metadata((("x-last", "word"),))
            return b"<" + request + b">"

        def chat(requests, context):
            for request in requests:
                yield b"<" + request + b">"

        def fail(request, context):
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "no more")

        class Handler(grpc.GenericRpcHandler):
            def service(self, call):
                return {
                    "/t.T/Once": grpc.unary_unary_rpc_method_handler(once),
                    "/t.T/Chat": grpc.stream_stream_rpc_method_handler(chat),
                    "/t.T/Fail": grpc.unary_unary_rpc_method_handler(fail),
                }.get(call.method)

        server = grpc.server(futures.ThreadPoolExecutor(8))
        server.add_generic_rpc_handlers((Handler(),))
        server.add_insecure_port(sys.argv[1])
        server.start()
        print("ready", flush=True)
        server.wait_for_termination()
        """

    private static let clientProgram = """
        import grpc, queue, sys

        options = (("grpc.default_authority", sys.argv[2]), ("grpc.enable_http_proxy", 0))
        channel = grpc.insecure_channel(sys.argv[1], options)

        def told(call):
            try:
                return call()
            except grpc.RpcError as error:
                return f"{error.code().name}: {error.details()}"

        def once():
            response, call = channel.unary_unary("/t.T/Once").with_call(b"x" * 100000, timeout=10)
            return f"{len(response)} {dict(call.trailing_metadata()).get('x-last')}"

        def chat():
            messages = queue.Queue()
            responses = channel.stream_stream("/t.T/Chat")(iter(messages.get, None), timeout=10)
            heard = []
            for number in range(5):
                messages.put(str(number).encode())
                heard.append(next(responses).decode())
            messages.put(None)
            return " ".join(heard + [response.decode() for response in responses])

        print("once:", told(once))
        print("chat:", told(chat))
        print("fail:", told(lambda: channel.unary_unary("/t.T/Fail")(b"", timeout=10)))
        print("none:", told(lambda: channel.unary_unary("/t.T/None")(b"", timeout=10)))
        """
}
