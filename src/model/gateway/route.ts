import type { Api, ModelSpec } from "../../core/model.ts";
import { geminiAddress } from "../gemini/gemini.ts";

/** The APIs that a program may speak. */
export type ProgramApi = Exclude<Api, "scripted">;

/** What Gemini's API has in its path, and the others in the body of a request. */
type InPath = { readonly model: string; readonly isStreamed: boolean };

/** A request for an answer; `inPath` is null where the API has nothing there. */
export type AnswerRoute = { readonly kind: "answer"; readonly api: ProgramApi; readonly search: string; readonly inPath: InPath | null };

/** What a request of a program asks for. */
export type Route =
  | AnswerRoute
  | { readonly kind: "count-tokens"; readonly api: ProgramApi }
  | { readonly kind: "models" }
  | { readonly kind: "greeting" }
  | { readonly kind: "unknown" };

const ANSWERS: Readonly<Record<string, ProgramApi>> = {
  "/v1/messages": "anthropic",
  "/v1/chat/completions": "openai-chat",
  "/v1/responses": "openai-responses",
};
/** Claude Code asks for betas in the query; nothing else that stands there is passed on. */
const SEARCHES: ReadonlySet<string> = new Set(["", "?beta=true"]);
const GEMINI = /^\/v1(?:beta)?\/models\/([^/:?]{1,200}):(generateContent|streamGenerateContent|countTokens)$/;
/** Without it, Gemini's stream is one JSON array that is written piece by piece, which no official client asks for. */
const AS_EVENTS = "?alt=sse";

/** Tells what a method and a path ask for. Nothing but the ways to ask for an answer reaches a provider. */
export function routeOf(method: string, target: string): Route {
  const at = target.indexOf("?");
  const path = at === -1 ? target : target.slice(0, at);
  const search = at === -1 ? "" : target.slice(at);
  if (method === "POST") {
    if (path === "/v1/messages/count_tokens") return { kind: "count-tokens", api: "anthropic" };
    const api = Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
    if (api !== undefined && SEARCHES.has(search)) return { kind: "answer", api, search, inPath: null };
    return geminiRoute(path, search) ?? { kind: "unknown" };
  }
  if (method === "GET" && path === "/v1/models") return { kind: "models" };
  return (method === "HEAD" || method === "GET") && path === "/" ? { kind: "greeting" } : { kind: "unknown" };
}

function geminiRoute(path: string, search: string): Route | null {
  const [, name = "", task] = GEMINI.exec(path) ?? [];
  if (task === undefined) return null;
  if (task === "countTokens") return { kind: "count-tokens", api: "gemini" };
  const isStreamed = task === "streamGenerateContent";
  const model = decodedOr(name);
  return search === (isStreamed ? AS_EVENTS : "") ? { kind: "answer", api: "gemini", search, inPath: { model, isStreamed } } : null;
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where an answer is asked for, below the base URL of a host; the host of Anthropic's API is named without its version. */
export function addressOf(
  spec: Pick<ModelSpec, "baseUrl" | "model">,
  { api, isStreamed }: { readonly api: ProgramApi; readonly isStreamed: boolean },
  search: string,
): string {
  if (api === "gemini") return geminiAddress(spec, isStreamed);
  const base = spec.baseUrl.replace(/\/$/, "");
  if (api === "anthropic") return `${base.replace(/\/v1$/, "")}/v1/messages${search}`;
  return `${base}${api === "openai-chat" ? "/chat/completions" : "/responses"}${search}`;
}
