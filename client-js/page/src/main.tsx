import { readDefinitions, readGraph } from "@heliograph/client/graph";
import { render } from "preact";
import { fetchConfig, fetchJson } from "./live/config.ts";
import "./style.css";
import { App } from "./ui/app.tsx";

const root = document.getElementById("app") as HTMLElement;

try {
  const [config, graph, definitions] = await Promise.all([
    fetchConfig(),
    fetchJson("./sample/graph.json"),
    fetchJson("./sample/events.json"),
  ]);
  render(<App config={config} graph={readGraph(graph)} definitions={readDefinitions(definitions)} />, root);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  render(
    <div class="broken" role="alert">
      <h1>This page could not start</h1>
      <p>{reason}</p>
      <p>It works only where a Heliograph gateway serves it. Is the gateway up? Then reload.</p>
    </div>,
    root,
  );
}
