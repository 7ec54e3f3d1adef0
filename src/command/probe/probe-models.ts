import { environmentVariable } from "../../config/environment.ts";
import { chooseModels, loadModels } from "../../config/models.ts";
import type { ModelSpec } from "../../core/model.ts";
import { openProber, type Prober } from "../../model/probe/probe-model.ts";
import type { Finding } from "../../report/terminal/table/check-tables.ts";
import { keyPairs, keyRequests } from "../trust/keys.ts";
import type { Trust } from "../trust/trust.ts";
import { probeFindings } from "./probe-findings.ts";

/** Which models are asked: those that match one of the names, or all enabled ones with a key. `path` is the file that lists them. */
export type ServedChoice = { readonly path: string; readonly names: readonly string[] };

/**
 * Chooses models that are reached over HTTP and makes sure that their keys may go where they are. Throws UserError when a name matches none, or a key may not go there. Scripted
 * models are left out.
 */
export async function chooseServed({ path, names }: ServedChoice, trust: Pick<Trust, "confirm">): Promise<readonly ModelSpec[]> {
  const models = chooseModels(loadModels(path), names, environmentVariable).chosen.map(({ spec }) => spec);
  const chosen = models.filter(({ api }) => api !== "scripted");
  await trust.confirm(keyRequests(keyPairs(chosen), path));
  return chosen;
}

/** Opens what asks the servers of models, with the keys of this process; `notice` gets a line while a server is loading. */
export function proberHere(notice: (text: string) => void = () => {}): Prober {
  return openProber({ key: environmentVariable, now: () => new Date(), notice });
}

/** Probes models side by side and writes what was found; `notice` gets a line while a server is loading. Keys must have been allowed before. */
export async function probeServed(models: readonly ModelSpec[], notice: (text: string) => void): Promise<readonly Finding[]> {
  const prober = proberHere(notice);
  const { signal } = new AbortController();
  const probes = await Promise.all(models.map((spec) => prober.probe(spec, { signal, depth: "whole" })));
  return probes.flatMap(probeFindings);
}
