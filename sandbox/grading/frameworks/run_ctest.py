"""
Builds a CMake project and runs its tests: run_ctest.py PLAN, where PLAN is JSON {reports, canaries, catch}.

`catch` names test files that are written for Catch2: the programs made from them are built and run with Catch2's own reporter, a report each in the folder
`reports`. Without any, the whole project is built and CTest runs it, with its report in the same folder. The exit status is 0 when all tests passed, 1 when
one did not, and 2 when the project could not be configured or built, which the output explains.
"""

import json
import os
import subprocess
import sys

WORKSPACE = "/workspace"
CANARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "canary.cmake")
FAILED_TESTS = 1
NOT_BUILT = 2
# What Exercism's projects compile all their tests with.
ALL_TESTS = "-DEXERCISM_RUN_ALL_TESTS=1"


def main(plan):
    build = os.path.join(os.environ["TMPDIR"], "build")
    query = os.path.join(build, ".cmake/api/v1/query")
    os.makedirs(query)
    os.makedirs(plan["reports"], exist_ok=True)
    open(os.path.join(query, "codemodel-v2"), "w").close()
    injected = [f"-DCMAKE_PROJECT_INCLUDE={CANARY}", f"-DBENCH_CANARIES={';'.join(plan['canaries'])}"] if plan["canaries"] else []
    configured = run("cmake", "-S", WORKSPACE, "-B", build, "--no-warn-unused-cli", ALL_TESTS, *injected)
    if configured != 0:
        return NOT_BUILT
    return run_catch(build, plan) if plan["catch"] else run_ctest(build, plan)


def run_ctest(build, plan):
    if compile_targets(build) != 0:
        return NOT_BUILT
    report = os.path.join(plan["reports"], "ctest.xml")
    status = run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", "--output-junit", report)
    return 0 if status == 0 else FAILED_TESTS


def run_catch(build, plan):
    programs = test_programs(build, set(plan["catch"]))
    if not programs:
        print(f"No program of the project is made from {', '.join(plan['catch'])}.", flush=True)
        return NOT_BUILT
    if compile_targets(build, *(name for name, _ in programs)) != 0:
        return NOT_BUILT
    statuses = []
    for number, (_, path) in enumerate(programs):
        report = os.path.join(plan["reports"], f"{number}.xml")
        statuses.append(run(path, "--reporter", "xml", "--out", report, "--durations", "yes", cwd=build))
    return FAILED_TESTS if any(statuses) else 0


def compile_targets(build, *targets):
    chosen = [word for target in targets for word in ("--target", target)]
    return run("cmake", "--build", build, "--parallel", str(len(os.sched_getaffinity(0))), *chosen)


def test_programs(build, wanted):
    """Lists the programs that CMake makes from one of the files, by its file API: pairs of target and path."""
    replies = os.path.join(build, ".cmake/api/v1/reply")
    index = read_json(replies, max(name for name in os.listdir(replies) if name.startswith("index-")))
    model = read_json(replies, index["reply"]["codemodel-v2"]["jsonFile"])
    found = []
    for listed in model["configurations"][0]["targets"]:
        target = read_json(replies, listed["jsonFile"])
        sources = {os.path.relpath(os.path.join(WORKSPACE, source["path"]), WORKSPACE) for source in target.get("sources", [])}
        if target["type"] == "EXECUTABLE" and sources & wanted:
            found.append((target["name"], os.path.join(build, target["artifacts"][0]["path"])))
    return found


def read_json(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
