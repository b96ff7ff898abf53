"""Runs the service on this machine, for development."""

import os
from wsgiref.simple_server import make_server

from {{ cookiecutter.__package }}.app import application

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))

if __name__ == "__main__":
    with make_server(HOST, PORT, application) as server:
        print(f"http://{HOST}:{PORT}")
        server.serve_forever()
