"""
Compiles a Java project and runs its tests with JUnit's console launcher: run_junit.py PLAN, where PLAN is JSON {reports, tests, classes, runSkipped}.

`tests` are Java files for tests, besides those in src/test; every other Java file is the solution's. `classes` are the test classes to run. Classes of JUnit,
AssertJ and the tests come before the solution's, and files of the solution that would configure JUnit are not on the class path: only its classes are. The
exit status is the launcher's (0 all tests passed, 1 not), and 2 when something could not be compiled, which the output explains. `--check` compiles nothing
and shows that all libraries are there.
"""

import glob
import json
import os
import subprocess
import sys

WORKSPACE = "/workspace"
TEST_FOLDER = "src/test"
LIBRARIES = "/usr/share/java"
NAMES = (
    "junit-jupiter", "junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params", "junit-platform-commons", "junit-platform-console",
    "junit-platform-engine", "junit-platform-launcher", "junit-platform-reporting", "opentest4j", "opentest4j-reporting-events", "opentest4j-reporting-schema",
    "apiguardian-api", "assertj-core", "byte-buddy", "picocli", "univocity-parsers", "com.android.json", "hamcrest",
)  # fmt: skip
# JUnit in one file, as an image that is not made from Debian packages may have it.
STANDALONE = "junit-platform-console-standalone*.jar"
NOT_COMPILED = 2
# Small programs: a collector and a compiler that use one processor, and start fast.
JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Djava.awt.headless=true")
SETTINGS = ("junit.jupiter.extensions.autodetection.enabled=false",)

RUN_SKIPPED = "junit.jupiter.conditions.deactivate=org.junit.*DisabledCondition"


def main(plan):
    temporary = os.environ["TMPDIR"]
    main_classes, test_classes = (os.path.join(temporary, name) for name in ("main-classes", "test-classes"))
    libraries = class_path()
    sources, tests = split(java_files(), set(plan["tests"]))
    if not compile_java(sources, main_classes, libraries):
        return NOT_COMPILED
    if not compile_java(tests, test_classes, [*libraries, main_classes]):
        return NOT_COMPILED
    path = [*libraries, test_classes, os.path.join(WORKSPACE, TEST_FOLDER, "resources"), main_classes]
    chosen = [word for name in plan["classes"] for word in ("--select-class", name)]
    settings = [word for setting in (*SETTINGS, *([RUN_SKIPPED] if plan["runSkipped"] else [])) for word in ("--config", setting)]
    launcher = ["org.junit.platform.console.ConsoleLauncher", "--disable-banner", "--details", "none", "--include-engine", "junit-jupiter"]
    command = [*JAVA, "-cp", ":".join(path), *launcher, "--reports-dir", plan["reports"], *settings, *chosen]
    return subprocess.run(command, cwd=WORKSPACE, stdin=subprocess.DEVNULL, check=False).returncode


def java_files():
    """Lists the Java files of the workspace, in a fixed order; folders whose names begin with a dot hold none of a project's."""
    found = []
    for folder, folders, files in os.walk(WORKSPACE):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.relpath(os.path.join(folder, name), WORKSPACE) for name in sorted(files) if name.endswith(".java")]
    return found


def split(files, named):
    is_test = [file in named or file.startswith(TEST_FOLDER + "/") for file in files]
    return [file for file, test in zip(files, is_test) if not test], [file for file, test in zip(files, is_test) if test]


def class_path():
    known = [path for name in NAMES for path in glob.glob(f"{LIBRARIES}/{name}.jar")]
    return [*glob.glob(f"{LIBRARIES}/{STANDALONE}"), *known]


def compile_java(files, into, class_path):
    os.makedirs(into, exist_ok=True)
    if not files:
        return True
    flags = ["-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-proc:none", "-nowarn", "-parameters"]
    command = ["javac", *flags, "-d", into, "-cp", ":".join(class_path), *(os.path.join(WORKSPACE, file) for file in files)]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def check():
    absent = [name for name in NAMES if not glob.glob(f"{LIBRARIES}/{name}.jar")]
    if absent:
        print(f"missing: {', '.join(absent)}")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1] == "--check" else main(json.loads(sys.argv[1])))
