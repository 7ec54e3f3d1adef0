// Finds out how this machine reaches Debian's packages, so that a base image is made with the same mirrors, proxies and certificates.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const release = "bookworm";
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Returns the sources of a Debian base in apt's format: this machine's own mirrors if it runs Debian; an empty list stands for
 * Debian's own mirrors.
 */
export function debianSources() {
  if (!isDebian()) return [];
  const own = osRelease().VERSION_CODENAME;
  const sources = new Set();
  for (const line of tryOutput("apt-get", [
    "indextargets",
    "--format",
    "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
    "Identifier: Packages",
  ]).split("\n")) {
    const [origin, uri, suite, component] = line.split("|");
    if (origin !== "Debian" || component !== "main" || !suite?.startsWith(own)) continue;
    sources.add(`deb ${uri} ${release}${suite.slice(own.length)} main`);
  }
  return [...sources];
}

/** Returns apt-get's flags for this machine's proxies, retries and tolerance of old mirrors, for a system that has none of its own settings. */
export function hostAptFlags() {
  return hostSettings()
    .map((line) => /^(\S+) "(\S+)";$/.exec(line))
    .flatMap((found) => (found === null ? [] : [`-o ${found[1]}=${found[2]}`]))
    .join(" ");
}

/** Returns mmdebstrap's flags for this machine's proxies, certificates, retries and tolerance of old mirrors. */
export function hostAptOptions() {
  const settings = hostSettings();
  const certificates = existsSync(authorities) && debianSources().some((source) => source.includes(" https://"));
  const copy = ['--customize-hook=mkdir -p "$1/etc/ssl/certs"', `--customize-hook=copy-in ${authorities} /etc/ssl/certs`];
  return [...settings.map((line) => `--aptopt=${line}`), ...(certificates ? copy : [])];
}

function hostSettings() {
  return tryOutput("apt-config", ["dump"])
    .split("\n")
    .filter((line) => /^Acquire::(https?::|Check-|Retries)/i.test(line) && !/ "";$/.test(line));
}

function isDebian() {
  return osRelease().ID === "debian";
}

function osRelease() {
  if (!existsSync("/etc/os-release")) return {};
  const lines = readFileSync("/etc/os-release", "utf8").split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")).map(([name, value = ""]) => [name, value.replaceAll('"', "")]));
}

function tryOutput(program, args) {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
