import { render } from "preact";
import { fetchConfig } from "./live/config.ts";
import { takeToken } from "./live/token.ts";
import { firstSource } from "./source/source.ts";
import "./style.css";
import { App } from "./ui/app.tsx";

const root = document.getElementById("app") as HTMLElement;

try {
  takeToken(window); // before anything is waited for, so that it does not stay in the address meanwhile
  const config = await fetchConfig();
  const source = await firstSource(config, location, fetch.bind(globalThis));
  render(<App config={config} source={source} />, root);
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
