"""Interactive sending to the emulator: how many invoices a second it takes in, decides and registers.

The emulator runs as users start it, in a process of its own; several client threads of Liczydło's own client, each
with a session of its own, send distinct invoices over HTTP and then wait until every one has its KSeF number. The
clock runs from the first request to the last verdict. Both programs share the machine's cores, as they do on a
developer's computer. Ends with 1 when slower than the budget (DESIGN, „Budgets").
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from _emulator import LINES, SELLER, credential, emulator, invoice
from liczydlo import ksef

BUDGET = 200  # invoices a second


def send(client: ksef.Client, documents: list[bytes]) -> int:
    """One thread's work: a session, its documents, their verdicts; how many were accepted."""
    session = client.open_online()
    for xml in documents:
        client.send_invoice(session, xml)
    while True:
        status = client.session_status(session.reference)
        accepted, rejected = status.accepted or 0, status.rejected or 0
        if accepted + rejected == len(documents):
            client.close_online(session.reference)
            return accepted
        time.sleep(0.02)


def main() -> int:
    """Run; print the rounds and their median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--invoices", type=int, default=1000, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    flags = parser.parse_args()
    speeds = []
    with emulator() as running, contextlib.ExitStack() as stack:
        context, signing = ksef.Context(value=SELLER), credential()
        clients = [
            stack.enter_context(
                ksef.Client(ksef.emulator(running.base), context=context, credential=signing, trust_env=False)
            )
            for _ in range(flags.threads)
        ]
        for client in clients:
            client.login()
        pool = stack.enter_context(ThreadPoolExecutor(flags.threads))
        for number in range(flags.rounds + 1):
            documents = [invoice(f"FV/{number}/{i}") for i in range(flags.invoices)]
            began = time.perf_counter()
            shares = [documents[i :: flags.threads] for i in range(flags.threads)]
            accepted = sum(pool.map(send, clients, shares))
            taken = time.perf_counter() - began
            assert accepted == flags.invoices, f"{flags.invoices - accepted} were refused"
            if number:  # the first round warms both programs
                speeds.append(flags.invoices / taken)
                print(f"  round {number}: {speeds[-1]:.0f} invoices/s")
    median = statistics.median(speeds)
    print(
        f"emulator, interactive: {median:.0f} invoices/s of {LINES} lines, {flags.threads} threads (budget {BUDGET})"
    )
    return int(median < BUDGET)


if __name__ == "__main__":
    sys.exit(main())
