// Turns what an engine prints during a build into a few lines that say how far it is.

const everyMs = 3_000;
// A package of this size is worth a line of its own: it takes a while.
const largeMegabytes = 20;

const phases = [
  { pattern: /^Get:\d+ \S+ \S+ \S+ (\S+) .*\[([\d.]+) MB\]$/, says: "fetching", large: true },
  { pattern: /^Get:\d+ \S+ \S+ \S+ (\S+) /, says: "fetching" },
  { pattern: /^Unpacking (\S+) /, says: "unpacking" },
  { pattern: /^Setting up (\S+) /, says: "setting up" },
];

/**
 * Makes a listener to the output of a build. It says each step that takes time, and during the installation of Debian packages how many there are, how large they are, and
 * which one it is at, at most every few seconds. `say` prints a line, `now` tells the time in milliseconds.
 */
export function buildProgress(say, now = Date.now) {
  let packages = 0;
  let counts = {};
  let saidAt = Number.NEGATIVE_INFINITY;
  let rest = "";

  function saying(text) {
    saidAt = now();
    say(text);
  }

  function readPackage(line) {
    for (const { pattern, says, large } of phases) {
      const [, name, megabytes] = pattern.exec(line) ?? [];
      if (name === undefined) continue;
      counts[says] = (counts[says] ?? 0) + 1;
      const isLarge = large === true && Number(megabytes) >= largeMegabytes;
      if (isLarge || now() - saidAt >= everyMs)
        saying(`${says} package ${counts[says]} of ${packages}: ${name}${isLarge ? ` (${megabytes} MB)` : ""}`);
      return;
    }
  }

  function read(line) {
    const [, instruction, text] = /^Step \d+\/\d+ : (RUN|COPY) (.*)$/.exec(line) ?? [];
    if (instruction !== undefined) {
      [packages, counts] = [0, {}];
      saying(titleOf(instruction, text));
    }
    const [, planned] = /^\d+ upgraded, (\d+) newly installed/.exec(line) ?? [];
    if (planned !== undefined) packages = Number(planned);
    const [, size] = /^Need to get ([\d.,]+ .?B)/.exec(line) ?? [];
    if (size !== undefined && packages > 0) saying(`${packages} packages, ${size} to fetch`);
    if (packages > 0) readPackage(line);
  }

  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop().slice(-1_000);
    for (const line of lines) read(line.trim());
  };
}

function titleOf(instruction, text) {
  if (instruction === "COPY") return "copying files";
  return /apt-get|DEBIAN_FRONTEND/.test(text) ? "installing packages from Debian" : "trying its tools";
}
