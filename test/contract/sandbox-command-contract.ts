import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import { exited, ownSandbox, run, type SandboxAdapter, sharedSandbox, succeed } from "./sandbox-fixture.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

export function commandContract(adapter: SandboxAdapter): void {
  const sandbox = sharedSandbox(adapter);

  test("a command's input and output are passed on byte for byte", async () => {
    const bytes = Buffer.concat(Array.from({ length: 200 }, () => everyByte));

    const { exit, result } = await run(sandbox(), ["cat"], { stdin: bytes });

    expect(exit).toEqual(exited(0));
    expect(Buffer.compare(result.head, bytes)).toBe(0);
    expect(result.tail).toHaveLength(0);
  });

  test("of two hundred megabytes of output the start, the end and a count are kept", async () => {
    const { exit, result } = await run(sandbox(), "yes | head -c 200000000", { maxOutputBytes: 5000 });

    expect(exit).toEqual(exited(0));
    expect(result.head.toString()).toBe("y\n".repeat(1250));
    expect(result.tail.toString()).toBe("y\n".repeat(1250));
    expect(result.omittedBytes).toBe(200_000_000 - 5000);
    expect(result.omittedLines).toBe(100_000_000 - 2500);
  });

  test.for([0, 1, 2, 999, 1000, 1001, 5000])("a limit of %d bytes loses nothing from the count", async (maxOutputBytes) => {
    const { result } = await run(sandbox(), "seq 1 500", { maxOutputBytes });

    const whole = Array.from({ length: 500 }, (_, index) => `${index + 1}\n`).join("");
    const kept = result.head.length + result.tail.length;
    expect(kept).toBe(Math.min(maxOutputBytes, whole.length));
    expect(kept + result.omittedBytes).toBe(whole.length);
    expect(whole.startsWith(result.head.toString())).toBe(true);
    expect(whole.endsWith(result.tail.toString())).toBe(true);
    const omitted = whole.slice(result.head.length, result.head.length + result.omittedBytes);
    expect(result.omittedLines).toBe(omitted.split("\n").length - 1);
  });

  test("output written byte by byte is kept within the limit", async () => {
    const program = "import os\nfor i in range(20000): os.write(1, b'%d' % (i % 10))";

    const { result } = await run(sandbox(), ["python3", "-c", program], { maxOutputBytes: 100 });

    expect(Buffer.concat([result.head, result.tail]).toString()).toBe("0123456789".repeat(10));
    expect(result.omittedBytes).toBe(19_900);
  });

  test.for([
    ["true", exited(0)],
    ["exit 1", exited(1)],
    ["exit 42", exited(42)],
    ["exit 255", exited(255)],
    ["exec false", exited(1)],
    ["no-such-program", exited(127)],
    ["/etc/passwd", exited(126)],
    ["kill -TERM $$", { kind: "signalled", signal: "SIGTERM" }],
    ["kill -KILL $$", { kind: "signalled", signal: "SIGKILL" }],
    ["kill -SEGV $$", { kind: "signalled", signal: "SIGSEGV" }],
    ["exec >&- 2>&-; sleep 0.1; exit 3", exited(3)],
    ["set -e; false; true", exited(1)],
  ] as const)("%s ends as %j", async ([command, exit]) => {
    expect((await run(sandbox(), command)).exit).toEqual(exit);
  });

  test.for([
    ["no such program", ["no-such-program"], {}, 127],
    ["a folder for a program", ["/tmp"], {}, 126],
    ["no such working directory", "true", { cwd: "/no/such/folder" }, 127],
    ["a file for a working directory", "true", { cwd: "/etc/passwd" }, 127],
    ["a NUL byte in the command", "echo a\0b", {}, 126],
    ["a NUL byte in an argument", ["echo", "a\0b"], {}, 126],
    ["half a character in the command", "echo \ud800", {}, 126],
    ["arguments that are too long", ["echo", "x".repeat(300_000)], {}, 126],
  ] as const)("%s is a result and not a failure", async ([, command, changed, code]) => {
    const { exit, text } = await run(sandbox(), command, changed);

    expect(exit).toEqual(exited(code));
    expect(text).toMatch(/^cannot run: /);
  });

  test("a command line longer than the limit of an argument runs", async () => {
    const text = "x".repeat(300_000);

    expect(await succeed(sandbox(), `printf %s '${text}' | wc -c`)).toBe("300000\n");
  });

  test("a command without input reads the end of its input at once", async () => {
    expect(await succeed(sandbox(), "cat; read -r line; echo end")).toBe("end\n");
  });

  test("output without a newline is complete, both streams in the order they were written", async () => {
    expect(await succeed(sandbox(), "printf a; printf b >&2; printf c")).toBe("abc");
  });

  test("arguments reach a program as they are", async () => {
    expect(await succeed(sandbox(), ["printf", "%s|", "a b", "$HOME", "'", "*"])).toBe("a b|$HOME|'|*|");
  });

  test("a command gets its own environment and working directory, which the next one does not see", async () => {
    expect(await succeed(sandbox(), 'cd /; export A=2; echo "$A"', { env: { A: "1" } })).toBe("2\n");
    expect(await succeed(sandbox(), 'pwd; echo "[$A]"', { cwd: "/tmp" })).toBe("/tmp\n[]\n");
  });

  test("a command runs in a separate session", async () => {
    expect(await succeed(sandbox(), 'test "$(ps -o sid= -p $$ | tr -d " ")" = $$ && echo yes')).toBe("yes\n");
  });

  test("the output of concurrent commands is not mixed", async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => index);

    const texts = await Promise.all(numbers.map((number) => succeed(sandbox(), `for i in 1 2 3; do echo ${number}; sleep 0.02; done`)));

    expect(texts).toEqual(numbers.map((number) => `${number}\n`.repeat(3)));
  });

  test("files can be read while a command runs", async () => {
    const sleeping = run(sandbox(), "sleep 300");
    const bytes = Buffer.from("meanwhile");

    const written = await sandbox().writeFile({ path: "meanwhile.txt", root: "/workspace" }, { bytes });
    await succeed(sandbox(), "until pkill -x sleep; do sleep 0.01; done");

    expect(written.kind).toBe("written");
    expect((await sleeping).exit).toEqual({ kind: "signalled", signal: "SIGTERM" });
  });

  test("an abort ends the command with all it started and rejects with the reason", async () => {
    const controller = new AbortController();
    const running = run(sandbox(), "(setsid sleep 4321 &) ; touch begun; sleep 4321", {}, controller.signal);
    await succeed(sandbox(), "until test -e begun; do sleep 0.01; done");

    controller.abort(new Error("enough"));

    await expect(running).rejects.toThrow("enough");
    expect((await run(sandbox(), "pgrep -f 'sleep 432[1]'")).text).toBe("");
  });

  test("a command does not start when its signal is already aborted", async () => {
    await expect(run(sandbox(), "touch never", {}, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
    expect((await run(sandbox(), "test -e never")).exit).toEqual(exited(1));
  });

  test("closing ends running commands, can be repeated, and makes the sandbox unusable", async () => {
    const own = await ownSandbox(adapter);
    const running = run(own, "sleep 300");
    running.catch(() => {});

    await Promise.all([own.close(), own.close()]);
    await own.close();

    await expect(running).rejects.toThrow(InfraError);
    await expect(run(own, "true")).rejects.toThrow(/closed/);
    await expect(own.readFile({ path: "a", root: "/workspace" }, 10)).rejects.toThrow(/closed/);
  });
}
