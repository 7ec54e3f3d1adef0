import type { ModelSpec } from "../../core/model.ts";
import { countIn, isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { type OfferedModel, offeredAs, readCatalogue } from "./catalogue.ts";
import type { ServerReader } from "./server-reader.ts";

/** The context window that a server states, in tokens, and where it does. `isServed` is false where it is only what the model could have. */
export type ServerWindow = { readonly tokens: number; readonly statedIn: string; readonly isServed: boolean };

/**
 * Finds out how large the context window really is: from the list of models, or from what servers for one's own machine tell beside it (llama.cpp, LM Studio, Ollama, vLLM). Null when
 * the server does not tell. To be asked after an answer, when the model is loaded.
 */
export async function readServerWindow(spec: ModelSpec, offered: OfferedModel | null, ask: ServerReader): Promise<ServerWindow | null> {
  const listed = listedWindow(offered);
  if (listed?.isServed || !isOwnServer(spec)) return listed;
  const found = await Promise.all([llamaCpp(spec, ask), lmStudio(spec, ask), ollama(spec, ask), vllm(spec, ask)]);
  const windows = [...found, listed].filter((window) => window !== null);
  return windows.find(({ isServed }) => isServed) ?? windows.toSorted((a, b) => a.tokens - b.tokens)[0] ?? null;
}

/** Returns the window that the list of models states. */
export function listedWindow(offered: OfferedModel | null): ServerWindow | null {
  if (offered === null || offered.contextWindow === null) return null;
  return { tokens: offered.contextWindow, statedIn: "the list of models", isServed: offered.isServed };
}

/** A server is one's own when it needs no key, or is on this machine. Providers on the Internet are not asked for paths that they may not have. */
function isOwnServer({ apiKeyEnv, baseUrl }: ModelSpec): boolean {
  return apiKeyEnv === null || /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(new URL(baseUrl).hostname);
}

async function read(ask: ServerReader, url: URL, body?: JsonRecord): Promise<JsonRecord> {
  const answer = await ask(url, body);
  return answer.kind === "read" && isRecord(answer.body) ? answer.body : {};
}

/** `n_ctx` there is the window of one slot: what one conversation has. */
async function llamaCpp(spec: ModelSpec, ask: ServerReader): Promise<ServerWindow | null> {
  const props = await read(ask, new URL("/props", spec.baseUrl));
  const tokens = countIn(recordIn(props, "default_generation_settings"), "n_ctx") ?? countIn(props, "n_ctx");
  return tokens ? { tokens, statedIn: "/props", isServed: true } : null;
}

/** Its newer list names the windows of the loaded instances of a model, its older one that of the model. */
async function lmStudio(spec: ModelSpec, ask: ServerReader): Promise<ServerWindow | null> {
  const [newer, older] = ["/api/v1/models", "/api/v0/models"] as const;
  const listed = recordsIn(await read(ask, new URL(newer, spec.baseUrl)), "models").find(({ key }) => key === spec.model);
  if (listed !== undefined) {
    const instances = recordsIn(listed, "loaded_instances").flatMap(
      (instance) => countIn(recordIn(instance, "config"), "context_length") ?? [],
    );
    const most = countIn(listed, "max_context_length");
    // Any of them may answer, so the smallest counts.
    if (instances.length > 0) return { tokens: Math.min(...instances.slice(0, 100)), statedIn: newer, isServed: true };
    return most ? { tokens: most, statedIn: newer, isServed: false } : null;
  }
  const model = recordsIn(await read(ask, new URL(older, spec.baseUrl)), "data").find(({ id }) => id === spec.model) ?? {};
  const loaded = countIn(model, "loaded_context_length");
  const tokens = loaded ?? countIn(model, "max_context_length");
  return tokens ? { tokens, statedIn: older, isServed: loaded !== null } : null;
}

/** Its window is in the list of models. That is asked for only where the server is known to be vLLM, when the list was not read before. */
async function vllm(spec: ModelSpec, ask: ServerReader): Promise<ServerWindow | null> {
  if (typeof (await read(ask, new URL("/version", spec.baseUrl)))["version"] !== "string") return null;
  const catalogue = await readCatalogue(spec, ask);
  return listedWindow(offeredAs(catalogue, spec.model));
}

/** The window of a loaded model is in `/api/ps`; the one that its Modelfile sets, and the most that it could have, are in `/api/show`. */
async function ollama(spec: ModelSpec, ask: ServerReader): Promise<ServerWindow | null> {
  const names = [spec.model, `${spec.model}:latest`];
  const loaded = recordsIn(await read(ask, new URL("/api/ps", spec.baseUrl)), "models").find(
    ({ name, model }) => names.includes(String(name)) || names.includes(String(model)),
  );
  const served = loaded && countIn(loaded, "context_length");
  if (served) return { tokens: served, statedIn: "/api/ps", isServed: true };
  const shown = await read(ask, new URL("/api/show", spec.baseUrl), { model: spec.model });
  const set = /(?:^|\n)num_ctx {1,100}(\d{1,9})/.exec(stringIn(shown, "parameters")?.slice(0, 10_000) ?? "")?.[1];
  if (set) return { tokens: Number(set), statedIn: "/api/show", isServed: true };
  const info = recordIn(shown, "model_info");
  const field = Object.keys(info).find((name) => name.endsWith(".context_length"));
  const most = field === undefined ? null : countIn(info, field);
  return most ? { tokens: most, statedIn: "/api/show", isServed: false } : null;
}
