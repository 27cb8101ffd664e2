"""Real programs as peers of messages that are built here: run in a network namespace of its own, prints JSON.

A question is answered by dnsmasq, an answer is taken by dig, a request is answered by Python's http.server, and a
response is taken by curl. What each said is printed as text in hexadecimal digits.
"""

from __future__ import annotations

import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

from dissect import DNS, ARecord, HTTPRequest, HTTPResponse, Question
from dissect.protocols.dns_records import TXTRecord
from dissect.protocols.http_fields import HTTPChunk

HOST = "127.0.0.1"


def asked_of_dnsmasq() -> str:
    """What dnsmasq answers to a question."""
    options = ["-k", "--no-resolv", "--no-hosts", "--port=5300", "--listen-address=127.0.0.1", "--bind-interfaces"]
    server = subprocess.Popen(
        ["dnsmasq", *options, "--address=/www.example.test/192.0.2.80"], stderr=subprocess.DEVNULL
    )
    question = bytes(DNS(id=7, recursion_desired=True, questions=[Question("www.example.test")]))
    try:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as end:
            end.settimeout(0.2)
            end.connect((HOST, 5300))
            for _ in range(25):
                try:
                    end.send(question)
                    return end.recv(4096).hex()
                except OSError:
                    time.sleep(0.1)
    finally:
        server.terminate()
        server.wait()
    return ""


def taken_by_dig() -> str:
    """What dig prints of an answer."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as end:
        end.bind((HOST, 5301))
        asked = subprocess.Popen(
            ["dig", "+tries=1", "+noall", "+answer", "+comments", "@127.0.0.1", "-p", "5301", "www.example.test"],
            stdout=subprocess.PIPE,
        )
        end.settimeout(5)
        data, address = end.recvfrom(4096)
        question = DNS.decode(data, 0, len(data), 0)
        owner = "www.example.test"
        answers = [ARecord(owner, "192.0.2.81", ttl=60), TXTRecord(owner, ["made here"], ttl=60)]
        answer = DNS(
            id=question.id, is_response=True, recursion_desired=True, recursion_available=True,
            questions=list(question.questions), answers=answers,
        )  # fmt: skip
        end.sendto(bytes(answer), address)
        return asked.communicate(timeout=10)[0].hex()


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *_: object) -> None:
        pass


def answered_by_a_server() -> str:
    """What Python's server answers to a request."""
    server = http.server.HTTPServer((HOST, 8000), _Pages)
    threading.Thread(target=server.handle_request, daemon=True).start()
    request = HTTPRequest("POST", "/form", headers={"Host": "a", "Content-Length": "5"}) / b"hello"
    with closing(socket.create_connection((HOST, 8000))) as end:
        end.sendall(bytes(request))
        said = b"".join(iter(lambda: end.recv(4096), b""))
    return said.hex()


def taken_by_curl() -> str:
    """What curl makes of a response in chunks."""
    with closing(socket.create_server((HOST, 8001))) as server:
        asked = subprocess.Popen(["curl", "-s", "-i", "http://127.0.0.1:8001/page"], stdout=subprocess.PIPE)
        end, _ = server.accept()
        with closing(end):
            end.recv(4096)
            response = HTTPResponse(200, "OK", headers={"Transfer-Encoding": "chunked", "X-Made": "here"})
            response.chunks = [HTTPChunk("5", data=b"hello"), HTTPChunk("0")]
            end.sendall(bytes(response))
        return asked.communicate(timeout=10)[0].hex()


if __name__ == "__main__":
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    peers = (asked_of_dnsmasq, taken_by_dig, answered_by_a_server, taken_by_curl)
    json.dump({each.__name__: each() for each in peers}, sys.stdout)
