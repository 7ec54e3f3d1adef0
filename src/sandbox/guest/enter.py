"""
Completes a sandbox that was made without a container engine: size-limited folders in memory, resource limits, then no capabilities.

Runs before all other modules, as process 1 with the few capabilities this takes, and before any code of the agent.
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
MAX_CAPABILITIES = 64
MAX_DESCRIPTORS = 1 << 20

libc = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, "cannot %s: %s" % (what, os.strerror(error)))


def mount_folders(folders, max_inodes):
    # Earlier mounts belong to another user namespace; those made here belong to this one.
    must(libc.unshare(CLONE_NEWNS), "make a mount namespace")
    for path, megabytes in folders:
        options = "size=%dm,nr_inodes=%d,uid=1000,gid=1000,mode=0755" % (megabytes, max_inodes)
        made = libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options.encode())
        must(made, "mount %s" % path)


def lay_tree(workspace, files):
    """Lays what is written over the files of a tree, which nobody can write to; it goes to the folder in memory that was mounted there before."""
    for name in ("upper", "work"):
        os.mkdir("%s/%s" % (workspace, name), 0o755)
    options = "lowerdir=%s,upperdir=%s/upper,workdir=%s/work,userxattr" % (files, workspace, workspace)
    made = libc.mount(b"overlay", workspace.encode(), b"overlay", MS_NOSUID | MS_NODEV, options.encode())
    must(made, "lay the workspace over its files")


def drop_capabilities():
    must(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities")
    for capability in range(MAX_CAPABILITIES):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel knows no more
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
    must(libc.capset(header, ctypes.create_string_buffer(24)), "drop its capabilities")


def enter(settings):
    # The programs that started this one may have left descriptors open that lead to the host.
    os.closerange(3, MAX_DESCRIPTORS)
    mount_folders(settings["folders"], settings["maxInodes"])
    if settings.get("tree") is not None:
        lay_tree(settings["folders"][0][0], settings["tree"])
    for name, limit in settings["limits"].items():
        number = getattr(resource, name)
        # Never above the current limit, which may not be raised without privileges.
        _, most = resource.getrlimit(number)
        value = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(number, (value, value))
    drop_capabilities()
    must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "end with its parent")


enter(json.loads(os.environ.pop("SANDBOX_SETTINGS")))
