"""How soon the emulator is ready: seconds from the start of its process to its first answer over HTTP.

Beside it, in the same run and by turns, a FastAPI program with one operation, served by uvicorn, which the emulator
cannot be faster than. Medians, and the fastest round, which shows the machine when others leave it alone: that one
is held against the budget (DESIGN, „Budgets"); ends with 1 when it is over.

The modules' bytecode is kept in a folder of the benchmark's own, whatever the environment says: an installed
program has it, and without it a start compiles a hundred and fifty modules, which takes a third of the time.

Measured by turns in the same minutes, beside the empty program: 1.54 times while the process postponed FastAPI's and
pydantic's work by changing their classes; 1.48 times since each part of the API is an application that is made with
its first request, with nothing of theirs changed and typer loaded for the command line.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUDGET = 1.0  # seconds
EMPTY = """
import sys, fastapi, uvicorn
app = fastapi.FastAPI(openapi_url=None)
app.post("/v2/auth/challenge")(lambda: {})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def environment(bytecode: str) -> dict[str, str]:
    """What both programs are started with."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ours = {"PYTHONPATH": str(ROOT / "emulator/src"), "PYTHONUTF8": "1", "PYTHONPYCACHEPREFIX": bytecode}
    return kept | ours


def until_answer(command: list[str], port: int, surroundings: dict[str, str]) -> float:
    """Seconds until a program answers."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                asking.request("POST", "/v2/auth/challenge")
                assert asking.getresponse().status == 200
                return time.perf_counter() - began
            except ConnectionRefusedError:
                time.sleep(0.005)
            finally:
                asking.close()
    finally:
        process.terminate()
        process.wait()


def emulator(surroundings: dict[str, str]) -> float:
    """Its socket listens from the beginning, so one question is enough."""
    port, control = free_port(), free_port()
    flags = ["--port", str(port), "--control-port", str(control)]
    return until_answer(["-m", "ksef_emulator", *flags], port, surroundings)


def empty(surroundings: dict[str, str]) -> float:
    """The program that does nothing."""
    port = free_port()
    return until_answer(["-c", EMPTY, str(port)], port, surroundings)


def main() -> int:
    """Run; print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    flags = parser.parse_args()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(prefix="bytecode-") as bytecode:
        surroundings = environment(bytecode)
        emulator(surroundings), empty(surroundings)  # files into the cache, bytecode written
        for _ in range(flags.rounds):
            ours.append(emulator(surroundings))
            theirs.append(empty(surroundings))
    median, floor = statistics.median(ours), statistics.median(theirs)
    print(
        f"emulator, start: {median:.2f} s to the first answer, fastest {min(ours):.2f} s (budget {BUDGET:.0f} s),"
        f" {median / floor:.2f} times an empty FastAPI program ({floor:.2f} s)"
    )
    return int(min(ours) > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
