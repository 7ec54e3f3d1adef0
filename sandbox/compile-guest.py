"""
Compiles the programs beside this file, each a list of names and texts separated by zero bytes, so that the first process of a sandbox loads them
compiled. The Python of the image compiles them, so that both versions are the same.
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
