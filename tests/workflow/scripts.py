"""Running rules' scripts in copies of a process that has imported what most of them need.

Most of what a small script takes is its imports. A server waits in a copy of such a process; as
the client (``python scripts.py ADDRESS SCRIPT``) this file takes the interpreter's place in
Snakemake's command: it hands on its files, folder and environment, and ends as the script does.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

_HEAD = 8


def serve(address: str) -> None:
    """Wait for clients in another process, of this process's group."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(32)
    if os.fork():
        listening.close()
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        client, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            _answer(client)
        client.close()


def _answer(client: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, files, _, _ = socket.recv_fds(client, _HEAD, 3)
    with client.makefile("rb") as stream:
        script, folder, environment = json.loads(stream.read(int.from_bytes(head)))
    copy = os.fork()
    if copy == 0:
        client.close()
        for own, given in enumerate(files):
            os.dup2(given, own)
        _run(script, folder, environment)
    _, status = os.waitpid(copy, 0)
    client.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))
    os._exit(0)


def _run(script: str, folder: str, environment: dict[str, str]) -> None:
    # Needed here only: the client is to start fast.
    import runpy
    import traceback

    code = 1
    try:
        sys.stdout, sys.stderr = (os.fdopen(k, "w", 1, closefd=False) for k in (1, 2))
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = [script]
        runpy.run_path(script, run_name="__main__")
        code = 0
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ask(address: str, script: str) -> int:
    # pathlib would take as long to import as all the rest.
    message = json.dumps([script, os.getcwd(), dict(os.environ)]).encode()  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        socket.send_fds(server, [len(message).to_bytes(_HEAD)], [0, 1, 2])
        server.sendall(message)
        answer = server.recv(1)
    return answer[0] if answer else 1


if __name__ == "__main__":
    sys.exit(_ask(*sys.argv[1:]))
