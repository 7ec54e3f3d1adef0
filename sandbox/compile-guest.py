"""
Compiles the programs beside this file, each a list of names and texts parted by zero bytes, into what the first process of a sandbox loads instead of
compiling them itself. The image's own Python does it, so that both are of the same version.
"""

import importlib.util
import marshal
import os

HERE = os.path.dirname(os.path.abspath(__file__))

for name in os.listdir(HERE):
    digest, kind = os.path.splitext(name)
    if kind != ".source":
        continue
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        words = file.read().split("\0")
    program = [(module, compile(text, module + ".py", "exec")) for module, text in zip(words[::2], words[1::2])]
    with open(os.path.join(HERE, digest), "wb") as file:
        file.write(importlib.util.MAGIC_NUMBER)
        marshal.dump(program, file)
    os.remove(os.path.join(HERE, name))
os.remove(os.path.abspath(__file__))
