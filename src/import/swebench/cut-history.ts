/** Where a repository lies in the images of SWE-bench. */
const REPOSITORY = "/testbed";

/**
 * Brings the repository of an image to the commit that an instance starts from, and cuts its history to that: what later commits added must not be there for an agent to read. Then it
 * moves to the workspace, and a link stands where it was, since packages that are installed in place are found by that path. Untracked files stay: they are what a build left.
 *
 * Fails with one line when there is no repository or no such commit, and when other objects of that history lie elsewhere in the image. Runs with Python 3.6 and later.
 */
const PROGRAM = `
import os, shutil, subprocess, sys
WORKSPACE, base = "/workspace", sys.argv[1]
ENV = {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
for who in ("AUTHOR", "COMMITTER"):
    ENV.update({"GIT_%s_NAME" % who: "bench", "GIT_%s_EMAIL" % who: "bench@localhost", "GIT_%s_DATE" % who: "2000-01-01T00:00:00Z"})
SAFE = ["-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"]

def fail(problem):
    sys.stderr.write("\\nbench: %s\\n" % problem)
    sys.exit(1)

def git(place, *args, **more):
    try:
        return subprocess.run(["git", *SAFE, *place, *args], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    except OSError:
        fail("the image has no git; install it in the Dockerfile")

def must(place, *args, **more):
    done = git(place, *args, **more)
    if done.returncode != 0:
        fail("git %s: %s" % (args[0], done.stderr.decode("utf-8", "replace").strip().split("\\n")[-1]))
    return done.stdout

if not os.path.exists("/opt/bench/grading"):
    fail("the image has not what grading needs; begin its Dockerfile with FROM bench-sandbox:latest, or let that stand in for its base with --base")
found = [each for each in ("${REPOSITORY}", WORKSPACE) if os.path.isdir(os.path.join(each, ".git"))]
if not found:
    fail("the image has no git repository in ${REPOSITORY} or /workspace; clone it there")
root = os.path.realpath(found[0])
here = ["-C", root]
if git(here, "cat-file", "-e", base + "^{commit}").returncode != 0:
    fail("the repository of the image has no commit " + base)
# The images of SWE-bench have a commit of their own on top, with what their set-up changed.
at = git(here, "rev-list", "--parents", "--max-count=1", "HEAD").stdout.decode().split()
if at[:1] != [base] and at[1:] != [base]:
    must(here, "checkout", "--quiet", "--force", "--detach", base)

tracked = []
for entry in must(here, "ls-files", "--stage", "-z").split(b"\\0"):
    if entry and not entry.startswith(b"160000 "):
        tracked.append(entry.split(b"\\t", 1)[1])

repositories = []
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders[:] = [each for each in folders if each not in ("proc", "sys", "dev")]
    if folder == os.path.join(root, ".git"):
        del folders[:]
        continue
    if "objects" in folders and "HEAD" in files:
        repositories.append(folder + "/")
        if git(["--git-dir=" + folder], "cat-file", "-e", base).returncode == 0:
            fail("the history of the repository lies in %s, too, where an agent could read later commits; remove it in the Dockerfile" % folder)
    for each in files:
        # Packs of repositories without that commit are of other projects.
        if not each.endswith((".bundle", ".pack")) or folder.startswith(tuple(repositories)):
            continue
        with open(os.path.join(folder, each), "rb") as file:
            start = file.read(16)
        if start.startswith((b"PACK", b"# v2 git bundle", b"# v3 git bundle")):
            fail("git objects lie in %s, where an agent could read later commits; remove them in the Dockerfile" % os.path.join(folder, each))

for folder, folders, files in os.walk(root):
    if ".git" in folders:
        shutil.rmtree(os.path.join(folder, ".git"))
        folders.remove(".git")
    if ".git" in files:
        os.remove(os.path.join(folder, ".git"))
if root != WORKSPACE:
    os.makedirs(WORKSPACE, exist_ok=True)
    if os.listdir(WORKSPACE):
        fail("the image has a repository in %s and files in /workspace; keep one of them" % root)
    for each in os.listdir(root):
        shutil.move(os.path.join(root, each), os.path.join(WORKSPACE, each))
    shutil.rmtree(root)
    os.symlink(WORKSPACE, root)
here = ["-C", WORKSPACE]
must(here, "init", "--quiet")
must(here, "update-index", "--add", "--remove", "-z", "--stdin", input=b"\\0".join(tracked))
must(here, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "The repository as it is")
if len(must(here, "rev-list", "--all").split()) != 1:
    fail("its history was not cut to one commit")
`;

/** Writes the program that cuts a repository's history, as an instruction of a Dockerfile. */
export function cutHistoryStep(baseCommit: string): string {
  return `RUN ${JSON.stringify(["/usr/bin/env", "python3", "-c", PROGRAM, baseCommit])}`;
}
