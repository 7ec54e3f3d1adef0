"""Reads, writes and lists files with the rights of the agent. Each operation is a generator that yields often, so that others can run."""
import os
import stat

from confine import Refusal, denied, locate, must_be_file, relative, root_of, status

CHUNK_BYTES = 256 << 10
OPEN_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def open_plain(path):
    """Opens a plain file to read and returns it with its status; refuses anything else without waiting for it."""
    try:
        fd = os.open(path, os.O_RDONLY | OPEN_FLAGS)
    except OSError as error:
        raise denied(error) from error
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise Refusal("is-directory" if stat.S_ISDIR(info.st_mode) else "special-file")
    return fd, info


def read(header, payload):
    root = root_of(header["root"])
    path = locate(root, header["path"])
    must_be_file(status(root, path))
    fd, info = open_plain(path)
    most = header["maxBytes"]
    try:
        if info.st_size > most:
            raise Refusal("too-large", sizeBytes=info.st_size)
        done = 0
        while True:
            chunk = os.read(fd, CHUNK_BYTES)
            if not chunk:
                return {"kind": "read", "path": relative(root, path)}
            done += len(chunk)
            if done > most:
                raise Refusal("too-large", sizeBytes=done)
            yield {}, chunk
    finally:
        os.close(fd)


def write(header, payload):
    yield
    root = root_of(header["root"])
    path = locate(root, header["path"])
    if path == root:
        raise Refusal("is-directory")
    try:
        before = os.lstat(path)
        must_be_file(before)
    except FileNotFoundError:
        before = None
    except OSError as error:
        raise denied(error) from error
    mode = stat.S_IMODE(before.st_mode) & 0o777 if before else 0o644
    if header.get("executable") is not None:
        mode = mode | 0o111 if header["executable"] else mode & ~0o111
    _replace(path, payload, mode)
    return {"kind": "written", "path": relative(root, path), "created": before is None}


def _replace(path, payload, mode):
    """Writes beside the file and renames it in one step, so that no reader sees half of it."""
    folder = os.path.dirname(path)
    beside = os.path.join(folder, ".%s.new" % os.urandom(8).hex())
    try:
        os.makedirs(folder, exist_ok=True)
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | OPEN_FLAGS, 0o600)
    except OSError as error:
        raise denied(error) from error
    try:
        try:
            write_all(fd, payload)
            os.fchmod(fd, mode)
        finally:
            os.close(fd)
        os.rename(beside, path)
    except OSError as error:
        os.unlink(beside)
        raise denied(error) from error


def write_all(fd, payload):
    view = memoryview(payload)
    while view:
        view = view[os.write(fd, view) :]


def listing(header, payload):
    root = root_of(header["root"])
    base = locate(root, header["path"])
    info = status(root, base)
    if not stat.S_ISDIR(info.st_mode):
        raise Refusal("not-a-directory")
    skip = {os.fsencode(name) for name in header["skipInside"]}
    entries = []
    omitted = 0
    stack = [_names(os.fsencode(base), b"", 1)]
    while stack:
        names = stack[-1]
        if not names:
            stack.pop()
            continue
        path, below, depth, kind, size = names.pop()
        if len(entries) < header["maxEntries"]:
            entries.append({"path": below.decode("utf-8", "replace"), "kind": kind, "sizeBytes": size})
        else:
            omitted += 1
        if kind == "directory" and depth < header["depth"] and os.path.basename(below) not in skip:
            stack.append(_names(path, below + b"/", depth + 1))
            yield
    return {"kind": "listed", "entries": entries, "omitted": omitted}


def _names(folder, prefix, depth):
    """Lists a folder, last name first, so that popping goes in order."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                kind, size = _kind(entry)
                found.append((entry.path, prefix + entry.name, depth, kind, size))
    except OSError:
        pass
    found.sort(key=lambda item: item[1], reverse=True)
    return found


def _kind(entry):
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError:
        return "other", 0
    if stat.S_ISLNK(info.st_mode):
        return "link", 0
    if stat.S_ISDIR(info.st_mode):
        return "directory", 0
    if stat.S_ISREG(info.st_mode):
        return "file", info.st_size
    return "other", 0
