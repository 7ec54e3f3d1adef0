"""Runs the solution in its own process: serves the requests of the tests, and knows nothing else about them."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Serves until the tests close their end. Arguments: the folders to import from, then the four descriptors."""
    *folders, ends = sys.argv[1:]
    read_from, write_to, hear, ring = map(int, ends.split(","))
    sys.argv[1:] = []
    sys.path.insert(0, HERE)
    from bench_boundary.channel import Channel, Gone
    from bench_solution.served import SolutionPeer

    sys.path.remove(HERE)
    leave = os._exit
    workspace, *others = folders
    others = [each for each in others if os.path.isdir(each) and not os.path.exists(os.path.join(each, "__init__.py"))]
    peer = SolutionPeer(Channel(read_from, write_to), Channel(hear, ring), [workspace, *others])
    try:
        while True:
            peer.serve_next(peer.main, peer.main.channel.receive())
    except Gone as end:
        peer.outputs.end(str(end))
        leave(0)


if __name__ == "__main__":
    main()
