import type { Api } from "../../core/model.ts";

/** The APIs that a program may speak. */
export type ProgramApi = Exclude<Api, "scripted">;

/** What a request of a program asks for. */
export type Route =
  | { readonly kind: "answer"; readonly api: ProgramApi; readonly search: string }
  | { readonly kind: "count-tokens" }
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

/** Tells what a method and a path ask for. Nothing but the three ways to ask for an answer reaches a provider. */
export function routeOf(method: string, target: string): Route {
  const at = target.indexOf("?");
  const path = at === -1 ? target : target.slice(0, at);
  const search = at === -1 ? "" : target.slice(at);
  if (method === "POST" && path === "/v1/messages/count_tokens") return { kind: "count-tokens" };
  const api = Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (method === "POST" && api !== undefined && SEARCHES.has(search)) return { kind: "answer", api, search };
  if (method === "GET" && path === "/v1/models") return { kind: "models" };
  return (method === "HEAD" || method === "GET") && path === "/" ? { kind: "greeting" } : { kind: "unknown" };
}

/** The path of an API below the base URL of a host; the host of Anthropic's API is named without its version. */
export function addressOf(baseUrl: string, api: ProgramApi, search: string): string {
  const base = baseUrl.replace(/\/$/, "");
  if (api === "anthropic") return `${base.replace(/\/v1$/, "")}/v1/messages${search}`;
  return `${base}${api === "openai-chat" ? "/chat/completions" : "/responses"}${search}`;
}

/** How an error is written in an API, so that the official clients show its message. */
export function errorBody(api: ProgramApi | null, type: string, message: string): string {
  return JSON.stringify(api === "anthropic" ? { type: "error", error: { type, message } } : { error: { message, type, code: type } });
}
