"""
Finishes a machine that no engine has made: bounded folders in memory, limits, and then no rights to change anything more.

Runs before all other modules, as process 1 with the few rights this takes, and before anything of the agent's.
"""
import ctypes
import json
import os
import resource
import signal
import struct

CLONE_NEWNS = 0x00020000
MS_NOSUID, MS_NODEV = 2, 4
PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION_3 = 0x20080522
MOST_CAPABILITIES = 64
MOST_DESCRIPTORS = 1 << 20

libc = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, "cannot %s: %s" % (what, os.strerror(error)))


def mount_folders(folders, most_inodes):
    # The mounts that came before belong to another user namespace; those made here are this machine's own.
    must(libc.unshare(CLONE_NEWNS), "take mounts of its own")
    for path, megabytes in folders:
        options = "size=%dm,nr_inodes=%d,uid=1000,gid=1000,mode=0755" % (megabytes, most_inodes)
        made = libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options.encode())
        must(made, "mount %s" % path)


def give_up_rights():
    must(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient rights")
    for capability in range(MOST_CAPABILITIES):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel has no more
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
    must(libc.capset(header, ctypes.create_string_buffer(24)), "give up its rights")


def enter(settings):
    # What led here may have left descriptors open that lead to the host.
    os.closerange(3, MOST_DESCRIPTORS)
    mount_folders(settings["folders"], settings["mostInodes"])
    for name, limit in settings["limits"].items():
        number = getattr(resource, name)
        # No higher than it was; who may not raise a limit could not have what is asked for.
        _, most = resource.getrlimit(number)
        value = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(number, (value, value))
    give_up_rights()
    must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "be ended with its parent")


enter(json.loads(os.environ.pop("SANDBOX_SETTINGS")))
