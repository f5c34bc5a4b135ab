import type { Desk } from "./desk.ts";
import { duration } from "./format.ts";

const HALF_LIFE = { min: 200, max: 3_000, step: 100 };
const RATES = [1, 0.5, 0.25, 0.1, 0.01];
const SPEEDS = [undefined, 1_000, 100, 10, 1];

/** How long light lasts, and how much the gateway is asked to send. */
export function Settings({ desk }: { readonly desk: Desk }) {
  return (
    <>
      <button type="button" class="action settings-button" popovertarget="settings">
        Settings
      </button>
      <fieldset id="settings" class="settings" popover="auto">
        <legend class="hidden">Settings</legend>
        <HalfLife desk={desk} />
        <Sampling desk={desk} />
        <label class="check">
          <input
            type="checkbox"
            checked={desk.keepsLog.value}
            onChange={(event) => (desk.keepsLog.value = event.currentTarget.checked)}
          />
          Keep a log of a session that ends
        </label>
      </fieldset>
    </>
  );
}

function HalfLife({ desk }: { readonly desk: Desk }) {
  const value = desk.halfLifeMs.value;
  return (
    <p class="setting">
      <label for="half-life">Light halves in</label>
      <output for="half-life" class="mono">
        {duration(value)}
      </output>
      <input
        id="half-life"
        type="range"
        {...HALF_LIFE}
        value={value}
        onInput={(event) => (desk.halfLifeMs.value = event.currentTarget.valueAsNumber)}
      />
    </p>
  );
}

function Sampling({ desk }: { readonly desk: Desk }) {
  const { sampleRate, maxPerSecond } = desk.sampling.value;
  return (
    <>
      <p class="setting">
        <label for="sample-rate">Traces sent</label>
        <select
          id="sample-rate"
          value={sampleRate}
          onChange={(event) => desk.sample({ sampleRate: Number(event.currentTarget.value), maxPerSecond })}
        >
          {RATES.map((rate) => (
            <option key={rate} value={rate}>
              {rate === 1 ? "all" : `${100 * rate} % of them, each whole`}
            </option>
          ))}
        </select>
      </p>
      <p class="setting">
        <label for="max-per-second">At most a second</label>
        <select
          id="max-per-second"
          value={maxPerSecond ?? ""}
          onChange={({ currentTarget: { value } }) =>
            desk.sample({ sampleRate, maxPerSecond: value === "" ? undefined : Number(value) })
          }
        >
          {SPEEDS.map((speed) => (
            <option key={speed ?? ""} value={speed ?? ""}>
              {speed === undefined ? "as many as come" : `${speed} ${speed === 1 ? "event" : "events"}`}
            </option>
          ))}
        </select>
      </p>
    </>
  );
}
