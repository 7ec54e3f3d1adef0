import { join } from "node:path";
import { expect, test } from "vitest";
import { keyPairs, keyRequests } from "../../../src/command/trust/keys.ts";
import { loadModels } from "../../../src/config/models.ts";

const ROOT = join(import.meta.dirname, "../../..");

function asked(apiKeyEnv: string | null, baseUrl: string): readonly string[] {
  return keyRequests(keyPairs([{ apiKeyEnv, baseUrl }]), "models.yaml").flatMap((one) =>
    one.kind === "key" ? [`${one.variable} ${one.host}`] : [],
  );
}

test.for([
  ["OPENAI_API_KEY", "https://api.openai.com/v1"],
  ["OPENAI_API_KEY", "https://API.OpenAI.com:443/v1"],
  ["ANTHROPIC_API_KEY", "https://api.anthropic.com"],
  ["GEMINI_API_KEY", "https://generativelanguage.googleapis.com/v1beta/openai/"],
  ["TOGETHER_API_KEY", "https://api.together.xyz/v1"],
  [null, "http://192.168.1.5:8000/v1"],
] as const)("%s to %s needs no question", ([variable, url]) => {
  expect(asked(variable, url)).toEqual([]);
});

test.for([
  ["OPENAI_API_KEY", "https://api.openai.com:8443/v1", "api.openai.com:8443"],
  ["OPENAI_API_KEY", "http://api.openai.com/v1", "api.openai.com"],
  ["OPENAI_API_KEY", "https://api.openai.com.evil.example/v1", "api.openai.com.evil.example"],
  ["OPENAI_API_KEY", "https://evil.example/api.openai.com", "evil.example"],
  ["OPENAI_API_KEY", "https://evil.example\\api.openai.com", "evil.example"],
  ["OPENAI_API_KEY", "https://api.openai.com./v1", "api.openai.com."],
  ["OPENAI_API_KEY", "https://api.anthropic.com", "api.anthropic.com"],
  ["ANTHROPIC_API_KEY", "https://api.openai.com", "api.openai.com"],
  ["HOME", "https://api.openai.com", "api.openai.com"],
  ["PATH", "https://evil.example", "evil.example"],
  ["constructor", "https://api.openai.com", "api.openai.com"],
  ["__proto__", "https://api.openai.com", "api.openai.com"],
  ["OPENAI_API_KEY", "http://localhost:11434/v1", "localhost:11434"],
  ["OPENAI_API_KEY", "https://xn--pi-openai-v2a.com", "xn--pi-openai-v2a.com"],
] as const)("%s to %s is asked for as what it is", ([variable, url, host]) => {
  expect(asked(variable, url)).toEqual([`${variable} ${host}`]);
});

test("each pair is asked for once, however many models have it", () => {
  const model = { apiKeyEnv: "A_KEY", baseUrl: "https://a.example/v1" };

  expect(keyPairs([model, { ...model, baseUrl: "https://a.example/v2" }, { ...model, apiKeyEnv: null }])).toHaveLength(1);
});

test("no entry of the models.yaml that comes with bench needs a question", () => {
  const specs = loadModels(join(ROOT, "models.yaml")).map(({ spec }) => spec);

  expect(keyPairs(specs).length).toBeGreaterThan(6);
  expect(keyRequests(keyPairs(specs), "models.yaml")).toEqual([]);
});
