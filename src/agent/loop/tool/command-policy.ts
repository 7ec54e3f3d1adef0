type Word = string;

const SHELLS = new Set(["sh", "bash", "dash", "zsh", "ksh"]);
const INTERPRETERS = new Set([...SHELLS, "python", "python3", "perl", "ruby", "node"]);
const DOWNLOADERS = new Set(["curl", "wget"]);
const POWER = new Set(["shutdown", "reboot", "halt", "poweroff"]);
const PREFIXES = new Set(["sudo", "doas", "env", "exec", "nohup", "time", "command", "nice"]);
const WHOLE_DISK = new Set(["/", "/*", "/.", "~", "~/", "~/*", "$HOME", `\${HOME}`, "$HOME/", "$HOME/*"]);

const FORK_BOMB = /([\w:.]{1,40})\s{0,10}\(\)\s{0,10}\{\s{0,10}\1\s{0,10}\|\s{0,10}\1\s{0,10}&/;
const SHELL_OF_DOWNLOAD = /\b(?:ba|da|z|k)?sh\b[^\n|;&]{0,40}(?:<\(|\$\(|`)\s{0,10}(?:curl|wget)\b/;
// Linux starts no program with a longer argument.
const MAX_CHARACTERS = 131_072;
const RAW_DEVICE = /^(?:of=)?\/dev\/(?:sd|hd|vd|xvd|nvme|mmcblk|mem|kmem)/;

/**
 * Returns why a command line is denied; null for one that may run. Denied is what is never part of a task: wiping the machine, running a download,
 * fork bombs, shutting down.
 *
 * This saves a trial from a mistake and does not protect anything: the sandbox is the boundary, and a command that gets past this
 * list can harm nothing but its own sandbox.
 */
export function denyCommand(command: string): string | null {
  const script = withoutDataDocuments(command.slice(0, MAX_CHARACTERS));
  if (FORK_BOMB.test(script)) return "a fork bomb is not run";
  if (SHELL_OF_DOWNLOAD.test(script)) return "running a downloaded script is not allowed";
  for (const pipeline of script.split(/\|\||&&|[;&\n]/)) {
    const commands = pipeline.split("|").map(wordsOf);
    const reason = denyPipeline(commands) ?? commands.map(denyWords).find((denied) => denied !== null) ?? null;
    if (reason !== null) return reason;
  }
  return null;
}

function denyPipeline(commands: readonly (readonly Word[])[]): string | null {
  const download = commands.findIndex(([program]) => DOWNLOADERS.has(program ?? ""));
  if (download === -1) return null;
  const runsIt = commands.slice(download + 1).some(([program]) => INTERPRETERS.has(program ?? ""));
  return runsIt ? "piping a download into an interpreter is not allowed" : null;
}

function denyWords([program = "", ...args]: readonly Word[]): string | null {
  if (POWER.has(program) || (program === "init" && /^[06]$/.test(args[0] ?? ""))) return `'${program}' is not allowed`;
  if (program.startsWith("mkfs")) return `'${program}' is not allowed`;
  if (args.some((arg, index) => RAW_DEVICE.test(arg) && (arg.startsWith("of=") || args[index - 1]?.endsWith(">")))) {
    return "writing to a raw device is not allowed";
  }
  const isRecursive = args.some((arg) => arg === "--recursive" || /^-[a-zA-Z]*[rR]/.test(arg));
  const isEverything = args.some((arg) => WHOLE_DISK.has(arg));
  if (["rm", "chmod", "chown"].includes(program) && isRecursive && isEverything) return `'${program}' on the whole machine is not allowed`;
  if (program === "kill" && args.includes("-1") && args.at(-1) === "-1") return "killing every process is not allowed";
  return null;
}

// The words of one command from its program on, without quotes.
function wordsOf(command: string): Word[] {
  const words = command
    .split(/[\s()]+/)
    .map((word) => word.replace(/["']/g, ""))
    .filter((word) => word !== "" && word !== "{");
  const start = words.findIndex((word) => !PREFIXES.has(word) && !/^\w+=/.test(word) && !word.startsWith("-"));
  const [program, ...args] = words.slice(Math.max(0, start));
  return program === undefined ? [] : [program.slice(program.lastIndexOf("/") + 1), ...args];
}

// Leaves out the bodies of here-documents, which are data, unless they feed a shell.
function withoutDataDocuments(command: string): string {
  const kept: string[] = [];
  let end: string | null = null;
  for (const line of command.split("\n")) {
    if (end !== null) {
      if (line.trim() === end) end = null;
      continue;
    }
    kept.push(line);
    const delimiter = /<<-?\s{0,5}["']?([\w.-]{1,80})["']?/.exec(line)?.[1];
    const feedsShell = SHELLS.has(wordsOf(line.split("<<")[0]?.split(/[|;&]/).at(-1) ?? "")[0] ?? "");
    if (delimiter !== undefined && !feedsShell) end = delimiter;
  }
  return kept.join("\n");
}
