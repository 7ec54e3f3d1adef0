import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { environmentVariable } from "../../config/environment.ts";
import { loadModels } from "../../config/models.ts";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import type { Finding } from "../../report/terminal/table/check-tables.ts";
import { freeMb } from "../../sandbox/docker/disk-space.ts";
import { connectEngine, describeEngine, imageId } from "../../sandbox/docker/engine.ts";
import { readStore } from "../open-store.ts";
import { capacityHere, machineHere } from "../run/concurrency.ts";
import { findBubblewrap, NO_CGROUPS } from "../sandbox/prepare-bubblewrap.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";
import { keyPairs, keyRequests, pairWords } from "../trust/keys.ts";
import { openTrust } from "../trust/trust.ts";
import { agentFindings } from "./agent-findings.ts";

/** What to examine. */
export type ExamineOptions = { readonly models: string; readonly image: string; readonly sandbox: SandboxKind; readonly db: string };

const MIN_FREE_DISK_MB = 2_048;
const MIN_NODE = [20, 19] as const;

/** Examines everything that a run needs. A problem is reported as a finding, never as an exception. */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  return [
    nodeFinding(),
    concurrencyFinding(),
    ...(await engineFindings(options.image)).map((finding) => neededFor("docker", finding, options)),
    neededFor("bubblewrap", await bubblewrapFinding(), options),
    ...modelFindings(options.models),
    ...(await agentFindings(options)),
    diskFinding(options.db),
    await databaseFinding(options.db),
  ];
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const old = major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1]);
  return {
    what: "node",
    state: old ? "bad" : "good",
    detail: old ? `${process.version}; update to ${MIN_NODE.join(".")} or later` : process.version,
  };
}

function concurrencyFinding(): Finding {
  const { cpus, freeMb, load } = machineHere();
  const { concurrency, grading } = capacityHere([]);
  const room = `${cpus} processors, ${Math.round(freeMb)} MB free, load ${Math.max(0, load).toFixed(1)}`;
  return { what: "concurrency", state: "good", detail: `${concurrency} agents and ${grading} gradings at a time by default (${room})` };
}

// The sandbox that was not chosen may be missing.
function neededFor(kind: SandboxKind, finding: Finding, { sandbox }: ExamineOptions): Finding {
  return kind !== sandbox && finding.state === "bad" ? { ...finding, state: "fair" } : finding;
}

async function bubblewrapFinding(): Promise<Finding> {
  const state = await findBubblewrap();
  if (state.kind === "unusable") return { what: "bubblewrap", state: "bad", detail: `cannot be used: ${state.reason}` };
  const { version, rootId, cgroupHome } = state;
  const about = `bubblewrap ${version}, root file system ${rootId}`;
  return cgroupHome === null
    ? { what: "bubblewrap", state: "fair", detail: `${about}; ${NO_CGROUPS}` }
    : { what: "bubblewrap", state: "good", detail: `${about}, limited by cgroups (version ${cgroupHome.version})` };
}

async function engineFindings(image: string): Promise<readonly Finding[]> {
  try {
    const engine = connectEngine();
    const about = await describeEngine(engine);
    const detail = `Docker ${about.version} (API ${about.apiVersion}), ${about.cpus} processors, ${about.memoryMb} MB, runtimes ${about.runtimes.join(", ")}`;
    const id = await imageId(engine, image);
    return [
      { what: "engine", state: "good", detail },
      id
        ? { what: "image", state: "good", detail: `${image} (${id.slice(0, 19)})` }
        : { what: "image", state: "bad", detail: `the engine does not have ${image}; run "bench setup" to build it` },
    ];
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return [{ what: "engine", state: "bad", detail: error.message }];
  }
}

function modelFindings(path: string): readonly Finding[] {
  try {
    const { missing } = openTrust({ ask: null }, { notify: () => {} });
    return loadModels(path).map(({ spec, enabled }) => {
      const what = `model ${spec.name}`;
      if (spec.api === "scripted") return { what, state: "good", detail: "scripted, not a language model; needs no key" };
      if (spec.apiKeyEnv === null) return { what, state: "fair", detail: `needs no key; ${spec.baseUrl} was not contacted` };
      const pairs = keyPairs([spec]);
      const isAllowed = missing(keyRequests(pairs, path)).length === 0;
      const where = `${pairs.map(pairWords).join()}, ${isAllowed ? "allowed" : "not allowed yet: a run asks first"}`;
      if (environmentVariable(spec.apiKeyEnv) !== undefined)
        return { what, state: isAllowed ? "good" : "fair", detail: `${where}; the key is set` };
      return {
        what,
        state: "fair",
        detail: `${where}; the key is not set, ${enabled ? "so runs leave it out" : "and it is disabled anyway"}`,
      };
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ what: "models", state: "bad", detail: error.message }];
  }
}

function diskFinding(database: string): Finding {
  const free = freeMb(dirname(database));
  if (free === null) return { what: "disk", state: "fair", detail: "the system does not report the free space for results" };
  const detail = `${free} MB free for results`;
  return free < MIN_FREE_DISK_MB
    ? { what: "disk", state: "fair", detail: `${detail}; long runs need ${MIN_FREE_DISK_MB} MB` }
    : { what: "disk", state: "good", detail };
}

function newDatabaseFinding(path: string): Finding {
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return { what: "database", state: "bad", detail: `${path} cannot be created: ${folder} is not writable; name another file with --db` };
  }
  return { what: "database", state: "good", detail: `${path} will be created by the first run` };
}

async function databaseFinding(path: string): Promise<Finding> {
  if (!existsSync(path)) return newDatabaseFinding(path);
  try {
    const [newest] = await readStore(path, (store) => store.runs.list(1));
    return { what: "database", state: "good", detail: newest ? `${path}, newest run ${newest.id}` : `${path}, no runs yet` };
  } catch (error) {
    return { what: "database", state: "bad", detail: messageOf(error) };
  }
}
