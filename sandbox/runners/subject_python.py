"""Runs the solution in its own process: serves the requests of the tests, and knows nothing else about them."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from bench_boundary.guard import SolutionGuard  # noqa: E402
from bench_boundary.rpc import RpcEndpoint  # noqa: E402
from bench_boundary.transport import Gone, Transport  # noqa: E402
from bench_runner.stdlib_first import import_from  # noqa: E402

sys.path.remove(HERE)


def main():
    read_from, write_to, *bells = map(int, sys.argv[1:5])
    workspace, own = sys.argv[5:7]
    for bell in bells:
        os.close(bell)
    sys.argv[1:] = []
    rpc = RpcEndpoint(Transport(read_from, write_to), SolutionGuard())
    leave = os._exit
    sys.meta_path.insert(0, import_from([name for name in own.split(",") if name]))
    sys.path.insert(0, workspace)
    try:
        while True:
            rpc.answer(rpc.transport.receive())
    except Gone:
        leave(0)


if __name__ == "__main__":
    main()
