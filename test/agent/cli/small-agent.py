"""A small agent for tests: asks a model over Chat Completions for shell commands, runs them, and stops when there is none."""
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request


def ask(body, path="/chat/completions", base=os.environ["OPENAI_BASE_URL"]):
    request = urllib.request.Request(base + path, json.dumps(body).encode(), {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return {"refused": error.code, "body": error.read().decode()}
    except OSError as error:
        return {"refused": 0, "body": str(error)}


TOOL = {"type": "function", "function": {"name": "shell", "parameters": {"type": "object", "properties": {"command": {"type": "string"}}}}}


def work(model):
    messages = [{"role": "system", "content": "You are small."}, {"role": "user", "content": sys.stdin.read()}]
    while True:
        answer = ask({"model": model, "messages": messages, "tools": [TOOL], "max_tokens": 1000})
        if "refused" in answer:
            print(answer)
            return
        message = answer["choices"][0]["message"]
        messages.append(message)
        for call in message.get("tool_calls") or []:
            command = json.loads(call["function"]["arguments"])["command"]
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
            messages.append({"role": "tool", "tool_call_id": call["id"], "content": done.stdout + done.stderr})
        if not message.get("tool_calls"):
            print(message["content"])
            return
