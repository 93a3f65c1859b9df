import Foundation

/// Programs that speak WebSocket: a server of HTTP/1.1 and a client of HTTP/2, by libraries that know nothing of each other.
enum WebSocketPeers {
    /// The system's own, which has the system's libraries.
    private static let python = "/usr/bin/python3"

    /// Sends back what it is sent, on a place. `/denied` is refused with 403.
    static func server(on address: String, port: Int, in namespace: String, on node: Node) throws -> Monitor {
        try Monitor([python, "-c", serverProgram, address, "\(port)"], in: namespace, on: node)
    }

    /// Opens a WebSocket within a connection of HTTP/2 over TLS, says something and closes it. Returns what it has seen, a
    /// line each.
    static func call(_ address: String, host: String, path: String, in namespace: String) async throws -> [String] {
        let result = try await Tool.run([
            "ip", "netns", "exec", namespace, "timeout", "60", python, "-c", clientProgram, address, host, path,
        ])
        guard result.succeeded else { throw ToolFailure(command: [python, address, path], result: result) }
        return result.output.split(separator: "\n").map(String.init)
    }

    private static let serverProgram = """
        import asyncio, http, sys, websockets

        async def echo(socket):
            try:
                async for message in socket:
                    await socket.send(message)
            finally:
                print("closed", socket.close_code, flush=True)

        async def decide(path, headers):
            names = ("x-forwarded-proto", "sec-websocket-version", "origin")
            print(path, *(headers.get(name) for name in names), flush=True)
            if path == "/denied":
                return http.HTTPStatus.FORBIDDEN, [], b"not you\\n"

        async def serve():
            place = (echo, sys.argv[1], int(sys.argv[2]))
            async with websockets.serve(*place, subprotocols=["b"], process_request=decide, max_size=None):
                print("ready", flush=True)
                await asyncio.Future()

        asyncio.run(serve())
        """

    private static let clientProgram = """
        import socket, ssl, sys
        import h2.config, h2.connection, h2.events, h2.settings
        from wsproto.connection import Connection, ConnectionType
        from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
        from wsproto.extensions import PerMessageDeflate

        address, host, path = sys.argv[1:4]
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        wire = context.wrap_socket(socket.create_connection((address, 443), timeout=20), server_hostname=host)
        http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        http.initiate_connection()
        body, ended, head, offer, unread = b"", False, None, None, []

        def turn():
            global ended, head, body, offer
            wire.sendall(http.data_to_send())
            data = wire.recv(65536)
            if not data:
                raise SystemExit("the connection has ended")
            for event in http.receive_data(data):
                if isinstance(event, h2.events.RemoteSettingsChanged):
                    offer = event.changed_settings.get(h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL)
                elif isinstance(event, h2.events.ResponseReceived):
                    head = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                    http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    ended = True
                elif isinstance(event, h2.events.StreamReset):
                    raise SystemExit(f"reset by {event.error_code}")
            wire.sendall(http.data_to_send())

        def send(data):
            while data:
                room = min(http.local_flow_control_window(stream), http.max_outbound_frame_size, len(data))
                if room > 0:
                    http.send_data(stream, data[:room])
                    data = data[room:]
                    wire.sendall(http.data_to_send())
                else:
                    turn()

        while offer is None:
            turn()
        print("offered", offer.new_value)
        deflate = PerMessageDeflate()
        stream = http.get_next_available_stream_id()
        http.send_headers(stream, [
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", path),
            (":authority", host), ("origin", "https://" + host), ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "a, b"),
            ("sec-websocket-extensions", "permessage-deflate; " + str(deflate.offer())),
        ])
        while head is None:
            turn()
        print("status", head[":status"], head.get("sec-websocket-protocol"))
        if head[":status"] != "200":
            while not ended:
                turn()
            print("body", body.decode().strip())
            raise SystemExit(0)
        deflate.finalize(head["sec-websocket-extensions"])
        web = Connection(ConnectionType.CLIENT, extensions=[deflate])

        def hear():
            global body
            while True:
                for event in web.events():
                    unread.append(event)
                if unread and getattr(unread[-1], "message_finished", True):
                    heard, unread[:] = list(unread), []
                    return heard
                if not body:
                    turn()
                web.receive_data(body)
                body = b""

        send(web.send(TextMessage(data="word")))
        print("text", "".join(event.data for event in hear()))
        send(web.send(Ping(payload=b"there?")))
        print("pong", *(event.payload.decode() for event in hear() if isinstance(event, Pong)))
        large = bytes(number * 7919 >> 5 & 255 for number in range(3_000_000))
        send(web.send(BytesMessage(data=large)))
        print("large", b"".join(bytes(event.data) for event in hear() if isinstance(event, BytesMessage)) == large)
        send(web.send(CloseConnection(code=1000, reason="done")))
        print("close", *(event.code for event in hear() if isinstance(event, CloseConnection)))
        while not ended:
            turn()
        http.end_stream(stream)
        wire.sendall(http.data_to_send())
        print("ended")
        """
}
