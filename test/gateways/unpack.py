"""Copies what lies below a folder of an archive: unpack.py ARCHIVE FOLDER TARGET; FOLDER is a part of its path, such as /bins/."""

import pathlib
import sys
import tarfile
import zipfile


def members(archive):
    """Gives the path and the content of every file."""
    if archive.endswith(".whl"):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                yield name, opened.read(name)
        return
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isfile():
                yield member.name, opened.extractfile(member).read()


def main():
    """Unpacks by the command line."""
    archive, folder, target = sys.argv[1:]
    for name, content in members(archive):
        _, found, inside = name.partition(folder)
        if not found or ".." in inside:
            continue
        path = pathlib.Path(target) / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


main()
