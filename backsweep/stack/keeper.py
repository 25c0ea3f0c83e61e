"""The keeper: leads the process group of a stack's children, and ends the group when the stack is no more.

Run as a script by `backsweep.stack.group`, standard library only. Its standard input is a pipe whose other end only
the stack's process holds: however that ends (kill -9 too), the pipe closes. Grandchildren are in the group as well.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 5.0


def main() -> None:
    """Wait for the end of the pipe, then ask the group to end, then make it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while sys.stdin.buffer.read(1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
