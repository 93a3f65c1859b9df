"""Answers each request on port 8080 with one line: who answers, what was asked for, and by whom, as a proxy tells it."""

import http.server
import socket
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        told = self.headers
        asked = f"{told['X-Forwarded-Proto']}://{told['X-Forwarded-Host']}{self.path}"
        line = f"{sys.argv[1]} answers {asked} to {told['X-Forwarded-For']}, by way of {told['X-Forwarded-Server']}\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(line)))
        self.end_headers()
        self.wfile.write(line.encode())

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


Server(("::", 8080), Handler).serve_forever()
