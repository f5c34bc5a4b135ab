import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Sample } from "../model/history.ts";
import { type Figure, UNKNOWN, words } from "./format.ts";
import { color, onScheme } from "./theme.ts";

export interface Series {
  readonly label: string;
  /** A variable of the style sheet. */
  readonly color: string;
  readonly of: (sample: Sample) => number | undefined;
  readonly fill?: boolean;
  readonly dash?: readonly number[];
}

interface ChartProps {
  readonly title: string;
  readonly samples: readonly Sample[];
  /** How much of the past is shown. */
  readonly windowMs: number;
  readonly series: readonly Series[];
  readonly format: (value: number) => Figure;
  /** Steps of the axis are powers of two. */
  readonly binary?: boolean;
  /** The time that the pointer is at, in whichever chart. */
  readonly pointedAt: Signal<number | undefined>;
  /** Moments to mark. */
  readonly marks: readonly number[];
}

const HEIGHT = 148;
const POWERS_OF_TWO = Array.from({ length: 44 }, (_, i) => 2 ** i);
/** Points further apart are not joined. */
const GAP_MS = 5_000;

/** Lines over time, each with its number as text. */
export function Chart({ title, samples, windowMs, series, format, binary = false, pointedAt, marks }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const drawn = useRef({ marks, format });
  drawn.current = { marks, format };
  const shown = useSignal<Sample | undefined>(undefined);

  useEffect(() => {
    const element = place.current;
    if (element === null) {
      return;
    }
    const made = new uPlot(
      options(element.clientWidth, series, binary, drawn, pointedAt),
      [[], ...series.map(() => [])],
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const offScheme = onScheme(() => made.redraw(false));
    return () => {
      offScheme();
      resized.disconnect();
      made.destroy();
    };
  }, []);

  const until = samples.at(-1)?.at ?? 0;
  useEffect(() => {
    const made = plot.current;
    if (made !== undefined && until > 0) {
      made.setData(aligned(samples, series), false);
      made.batch(() => {
        made.setScale("x", { min: (until - windowMs) / 1_000, max: until / 1_000 });
      });
    }
  }, [until, windowMs]);

  const at = pointedAt.value;
  useEffect(() => {
    const made = plot.current;
    if (made !== undefined) {
      const left = at === undefined ? -10 : made.valToPos(at / 1_000, "x");
      made.setCursor({ left, top: at === undefined ? -10 : 0 }, false);
    }
  }, [at, until]);
  shown.value = at === undefined ? samples.at(-1) : nearest(samples, at);

  return (
    <figure class="chart" aria-label={title}>
      <div class="plot" ref={place} aria-hidden="true" />
      <Legend sample={shown.value} series={series} format={format} />
    </figure>
  );
}

interface LegendProps {
  readonly sample: Sample | undefined;
  readonly series: readonly Series[];
  readonly format: (value: number) => Figure;
}

function Legend({ sample, series, format }: LegendProps) {
  return (
    <dl class="legend">
      {series.map(({ label, color: variable, of, dash }) => {
        const value = sample === undefined ? undefined : of(sample);
        return (
          <div key={label}>
            <dt>
              <Swatch variable={variable} dashed={dash !== undefined} />
              {label}
            </dt>
            <dd>{words(value === undefined ? UNKNOWN : format(value))}</dd>
          </div>
        );
      })}
    </dl>
  );
}

export function Swatch({ variable, dashed = false }: { readonly variable: string; readonly dashed?: boolean }) {
  return (
    <svg class="swatch" viewBox="0 0 14 8" aria-hidden="true">
      <line x1="1" x2="13" y1="4" y2="4" stroke={`var(${variable})`} stroke-dasharray={dashed ? "4 3" : undefined} />
    </svg>
  );
}

function nearest(samples: readonly Sample[], at: number): Sample | undefined {
  return samples.reduce<Sample | undefined>(
    (best, sample) => (best === undefined || Math.abs(sample.at - at) < Math.abs(best.at - at) ? sample : best),
    undefined,
  );
}

/** With a hole where nobody looked. */
function aligned(samples: readonly Sample[], series: readonly Series[]): uPlot.AlignedData {
  const times: number[] = [];
  const values: (number | null)[][] = series.map(() => []);
  let before: number | undefined;
  for (const sample of samples) {
    if (before !== undefined && sample.at - before > GAP_MS) {
      times.push((before + 1) / 1_000);
      for (const line of values) {
        line.push(null);
      }
    }
    before = sample.at;
    times.push(sample.at / 1_000);
    series.forEach(({ of }, i) => {
      values[i]?.push(of(sample) ?? null);
    });
  }
  return [times, ...values];
}

function options(
  width: number,
  series: readonly Series[],
  binary: boolean,
  drawn: { readonly current: { readonly marks: readonly number[]; readonly format: (value: number) => Figure } },
  pointedAt: Signal<number | undefined>,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => color("--muted"),
    grid: { stroke: () => color("--grid"), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, "Segoe UI", sans-serif',
  };
  return {
    width,
    height: HEIGHT,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: false, y: false },
      bind: { dblclick: () => null },
    },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, ceiling(max, binary)] } },
    axes: [
      { ...axis, space: 70, size: 24, values: (_, times) => times.map(clock) },
      {
        ...axis,
        space: 30,
        size: 54,
        ...(binary ? { incrs: POWERS_OF_TWO } : {}),
        values: (_, ticks) => ticks.map((tick) => words(drawn.current.format(tick))),
      },
    ],
    series: [
      {},
      ...series.map(
        (one): uPlot.Series => ({
          label: one.label,
          stroke: () => color(one.color),
          width: 1.6,
          ...(one.dash === undefined ? {} : { dash: [...one.dash] }),
          ...(one.fill === true ? { fill: () => faded(color(one.color)) } : {}),
          points: { show: false },
        }),
      ),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const left = plot.cursor.left ?? -1;
          pointedAt.value = left < 0 ? undefined : plot.posToVal(left, "x") * 1_000;
        },
      ],
      draw: [(plot) => mark(plot, drawn.current.marks)],
    },
  };
}

/** A round number over the highest, so that the axis does not jump with each second. */
function ceiling(max: number | null, binary: boolean): number {
  if (max === null || max <= 0) {
    return binary ? 1_024 : 1;
  }
  if (binary) {
    const half = 2 ** Math.floor(Math.log2(max * 1.05));
    return max * 1.05 > 1.5 * half ? 2 * half : 1.5 * half;
  }
  const unit = 10 ** Math.floor(Math.log10(max));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return (steps.find((step) => step * unit >= max * 1.05) ?? 12) * unit;
}

function clock(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const minute = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return date.getSeconds() === 0 ? minute : `${minute}:${two(date.getSeconds())}`;
}

function faded(hex: string): string {
  return `${hex}22`;
}

/** Where the gateway began anew. */
function mark(plot: uPlot, marks: readonly number[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color("--error");
  ctx.setLineDash([4, 4]);
  for (const at of marks) {
    const x = plot.valToPos(at / 1_000, "x", true);
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}
