import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Gateway, GatewayOptions } from "../../core/gateway.ts";
import type { ModelSpec } from "../../core/model.ts";
import { Answering } from "./answering.ts";
import type { PassOnDeps } from "./pass-on.ts";
import { say } from "./reply.ts";
import { routeOf } from "./route.ts";

// A program that is slow or silent holds up itself alone; the sandbox bounds how many connections it has.
const TIMEOUTS = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 0 };

/** Opens the gateway of one trial. Node's own HTTP server reads what comes over the connections that are given to it; it listens nowhere. */
export function httpGateway(deps: PassOnDeps, options: GatewayOptions): Gateway {
  const answering = new Answering(deps, options);
  const server = createServer((request, response) => {
    response.on("error", () => {});
    respond(request, response, { answering, spec: deps.spec }).catch(() => response.destroy());
  });
  Object.assign(server, TIMEOUTS);
  // A server that listens nowhere does not keep them itself.
  const open = new Set<Duplex>();
  return {
    accept: (connection) => {
      const duplex = connection as Duplex;
      open.add(duplex);
      duplex.once("close", () => open.delete(duplex));
      server.emit("connection", duplex);
    },
    close: () => {
      for (const duplex of open) duplex.destroy();
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { answering, spec }: { readonly answering: Answering; readonly spec: ModelSpec },
): Promise<void> {
  const { method = "", url = "" } = request;
  const route = routeOf(method, url);
  if (route.kind === "answer" && route.api === spec.api) return answering.answer(request, response, route);
  request.resume();
  switch (route.kind) {
    case "greeting":
      return say(response, 200, "{}");
    case "models":
      return say(
        response,
        200,
        JSON.stringify({ object: "list", data: [{ id: spec.model, object: "model", created: 0, owned_by: "provider" }] }),
      );
    case "count-tokens":
      // Programs estimate by themselves where a host does not count; asking the provider would be a request that nobody has reserved for.
      return answering.refuse(response, route.api, { status: 404, why: "tokens are not counted here" });
    case "answer":
      return answering.refuse(response, route.api, {
        status: 404,
        why: `the model of this trial speaks ${spec.api}, and not ${route.api}`,
      });
    case "unknown":
      return answering.refuse(response, null, { status: 404, why: `there is no ${method} ${url.slice(0, 200)} here` });
  }
}
