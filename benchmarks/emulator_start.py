"""How soon the emulator is ready: seconds from the start of its process to its first answer over HTTP.

Beside it, in the same run and by turns, a process that only imports FastAPI and uvicorn, which the emulator cannot
be faster than. Medians. Ends with 1 when over the budget (DESIGN, „Budgets").
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUDGET = 1.0  # seconds
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "emulator/src"), "PYTHONUTF8": "1"}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def start() -> float:
    """Seconds until the emulator answers; its socket listens from the beginning, so one question is enough."""
    port, control = free_port(), free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ksef_emulator", "--port", str(port), "--control-port", str(control)],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
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


def bare() -> float:
    """Seconds of a process that imports the frameworks and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import fastapi, uvicorn"], env=ENVIRONMENT, check=True)
    return time.perf_counter() - began


def main() -> int:
    """Run; print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    flags = parser.parse_args()
    start(), bare()  # files into the cache, bytecode written
    ours, theirs = [], []
    for _ in range(flags.rounds):
        ours.append(start())
        theirs.append(bare())
    median, floor = statistics.median(ours), statistics.median(theirs)
    print(
        f"emulator, start: {median:.2f} s to the first answer (budget {BUDGET:.0f} s),"
        f" {median / floor:.2f} times a process that imports FastAPI and uvicorn ({floor:.2f} s)"
    )
    return int(median > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
