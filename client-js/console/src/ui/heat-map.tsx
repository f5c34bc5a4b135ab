import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { bucketAt, type Histogram, lowerBound, quantile, sum, total } from "../model/buckets.ts";
import { type Column, columns, height, type Span, span, strength } from "../model/heat.ts";
import type { Sample } from "../model/history.ts";
import type { Stage } from "../model/state.ts";
import { count, nanos, time, words } from "./format.ts";
import { color, heat, isDark, onScheme } from "./theme.ts";

interface HeatMapProps {
  readonly stage: Stage;
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly windowMs: number;
  readonly marks: readonly number[];
  readonly pointedAt: Signal<number | undefined>;
}

const HEIGHT = 264;
const LEFT = 54;
const BOTTOM = 24;
const TOP = 8;
/** Beside the map: all its columns together, at most so wide. */
const SIDE_MAX = 120;
const GUTTER = 14;
/** Rows less high than this are drawn together. */
const ROW_MIN = 3.5;
const COLUMNS_MAX = 180;
/** Twice as long as from one answer to the next, so that each has one. */
const CELLS_MS = [2_000, 5_000];

/** Where in the picture things are. */
interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly side: number;
  readonly from: number;
  readonly to: number;
  readonly cellMs: number;
  readonly span: Span;
}

/** Latencies over time: how many took how long, darker or brighter the more; the whole window as a histogram beside it. */
export function HeatMap({ stage, title, samples, windowMs, marks, pointedAt }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const told = useSignal("");
  const cellMs = CELLS_MS.find((ms) => windowMs / ms <= COLUMNS_MAX) ?? 5_000;
  const until = Math.ceil((samples.at(-1)?.at ?? 0) / cellMs) * cellMs;
  const cells = columns(
    samples.map((sample) => ({ at: sample.at, counts: sample.latency[stage] })),
    cellMs,
  );
  const all = sum(samples.map((sample) => sample.latency[stage]));
  const shown = span(all);

  const frame = (): Frame => {
    const width = canvas.current?.clientWidth ?? 0;
    const side = Math.min(SIDE_MAX, width / 7);
    return {
      width,
      left: LEFT,
      right: width - side - GUTTER,
      side,
      from: until - windowMs,
      to: until,
      cellMs,
      span: shown,
    };
  };
  const draw = (): void => {
    const context = canvas.current === null ? null : sharp(canvas.current);
    if (context !== null) {
      paint(context, frame(), cells, all, marks, pointedAt.value);
    }
  };
  const current = useRef(draw);
  current.current = draw;

  useEffect(draw);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) {
      return;
    }
    const resized = new ResizeObserver(() => current.current());
    resized.observe(element);
    const offScheme = onScheme(() => current.current());
    return () => {
      offScheme();
      resized.disconnect();
    };
  }, []);

  const onMove = (event: PointerEvent): void => {
    const { left, right, from, to } = frame();
    const x = event.offsetX;
    if (x < left || x > right) {
      onLeave();
      return;
    }
    const at = from + ((x - left) / (right - left)) * (to - from);
    pointedAt.value = at;
    told.value = tell(cells, at, cellMs, frame(), event.offsetY);
  };
  const onLeave = (): void => {
    pointedAt.value = undefined;
    told.value = "";
  };

  return (
    <figure class="heat-map">
      <canvas
        ref={canvas}
        height={HEIGHT}
        role="img"
        aria-label={`${title}: heat map of ${count(total(all))} latencies, ${summary(all)}`}
        onPointerMove={onMove}
        onPointerLeave={onLeave}
      />
      <figcaption class="caption">
        <span>{told.value || "Each cell: how many took that long, on a logarithmic scale."}</span>
        <Scale />
      </figcaption>
    </figure>
  );
}

/** The colours from one to many. */
function Scale() {
  const dark = isDark();
  const steps = [0.16, 0.3, 0.44, 0.58, 0.72, 0.86, 1];
  return (
    <span class="scale">
      few
      <svg viewBox="0 0 70 8" aria-hidden="true">
        {steps.map((step, i) => (
          <rect key={step} x={i * 10} width="10" height="8" fill={heat(step, dark)} />
        ))}
      </svg>
      many
    </span>
  );
}

function summary(all: Histogram): string {
  const part = (share: number): string => {
    const ns = quantile(all, share);
    return ns === undefined ? "none" : words(nanos(ns));
  };
  return `half within ${part(0.5)}, 99 % within ${part(0.99)}`;
}

function tell(cells: readonly Column[], at: number, cellMs: number, { span: shown }: Frame, y: number): string {
  const start = Math.floor(at / cellMs) * cellMs;
  const cell = cells.find((one) => one.at === start);
  const when = `${time(start)} to ${time(start + cellMs)}`;
  if (cell === undefined) {
    return `${when}: nothing`;
  }
  const share = 1 - (y - TOP) / (HEIGHT - TOP - BOTTOM);
  const bottom = Math.log2(lowerBound(shown.from));
  const bucket = bucketAt(2 ** (bottom + share * (Math.log2(lowerBound(shown.to)) - bottom)));
  const here = cell.histogram[bucket] ?? 0;
  const range = `${words(nanos(lowerBound(bucket)))} to ${words(nanos(lowerBound(bucket + 1)))}`;
  const whole = total(cell.histogram);
  return `${when}: ${count(here)} of ${count(whole)} took ${range}; ${summary(cell.histogram)}`;
}

/** As many pixels as the screen has. */
function sharp(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * ratio);
  if (canvas.width !== width || canvas.height !== HEIGHT * ratio) {
    canvas.width = width;
    canvas.height = Math.round(HEIGHT * ratio);
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function paint(
  context: CanvasRenderingContext2D,
  frame: Frame,
  cells: readonly Column[],
  all: Histogram,
  marks: readonly number[],
  pointed: number | undefined,
): void {
  context.clearRect(0, 0, frame.width, HEIGHT);
  context.font = '11px system-ui, "Segoe UI", sans-serif';
  axes(context, frame);
  const dark = isDark();
  const rows = rowsOf(frame.span);
  const grouped = cells
    .filter(({ at }) => at + frame.cellMs > frame.from && at < frame.to)
    .map((cell) => ({ cell, counts: rows.map((row) => within(cell.histogram, row)) }));
  const most = Math.max(1, ...grouped.flatMap(({ counts }) => counts));
  for (const { cell, counts } of grouped) {
    const x = Math.max(frame.left, xOf(frame, cell.at));
    const width = xOf(frame, cell.at + frame.cellMs) - x;
    counts.forEach((n, i) => {
      const row = rows[i];
      if (n > 0 && row !== undefined) {
        context.fillStyle = heat(strength(n, most), dark);
        const top = yOf(frame, lowerBound(row.to));
        context.fillRect(x, top, Math.max(1, width - 0.5), yOf(frame, lowerBound(row.from)) - top - 0.5);
      }
    });
  }
  quantiles(context, frame, cells);
  side(context, frame, all, rows, dark);
  vertical(context, frame, marks, color("--error"), [4, 4]);
  if (pointed !== undefined) {
    vertical(context, frame, [pointed], color("--muted"), []);
  }
}

function rowsOf(shown: Span): readonly Span[] {
  const high = (HEIGHT - TOP - BOTTOM) / (shown.to - shown.from);
  const together = [1, 2, 4, 8].find((n) => n * high >= ROW_MIN) ?? 8;
  const rows: Span[] = [];
  for (let from = shown.from; from < shown.to; from += together) {
    rows.push({ from, to: from + together });
  }
  return rows;
}

function within(histogram: Histogram, { from, to }: Span): number {
  return histogram.subarray(from, to).reduce((all, n) => all + n, 0);
}

function xOf({ left, right, from, to }: Frame, at: number): number {
  return left + ((at - from) / (to - from)) * (right - left);
}

function yOf({ span: shown }: Frame, ns: number): number {
  return TOP + (1 - height(ns, shown)) * (HEIGHT - TOP - BOTTOM);
}

function axes(context: CanvasRenderingContext2D, frame: Frame): void {
  context.fillStyle = color("--muted");
  context.strokeStyle = color("--grid");
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (let decade = 1_000; decade <= lowerBound(frame.span.to); decade *= 10) {
    if (decade >= lowerBound(frame.span.from)) {
      const y = Math.round(yOf(frame, decade)) + 0.5;
      context.beginPath();
      context.moveTo(frame.left, y);
      context.lineTo(frame.width, y);
      context.stroke();
      context.fillText(words(nanos(decade)), frame.left - 8, y);
    }
  }
  context.textAlign = "center";
  const stepMs = [10_000, 60_000, 180_000].find((step) => (frame.to - frame.from) / step <= 7) ?? 300_000;
  for (let at = Math.ceil(frame.from / stepMs) * stepMs; at < frame.to; at += stepMs) {
    const x = xOf(frame, at);
    if (x > frame.left + 16 && x < frame.right - 16) {
      context.fillText(stepMs < 60_000 ? time(at) : time(at).slice(0, 5), x, HEIGHT - BOTTOM / 2 + 2);
    }
  }
}

/** The middle, and what one of a hundred exceeds. */
function quantiles(context: CanvasRenderingContext2D, frame: Frame, cells: readonly Column[]): void {
  for (const [share, variable] of [
    [0.5, "--p50"],
    [0.99, "--p99"],
  ] as const) {
    context.beginPath();
    let before: number | undefined;
    for (const { at, histogram } of cells) {
      const ns = quantile(histogram, share);
      const x = xOf(frame, at + frame.cellMs / 2);
      if (ns !== undefined && x > frame.left) {
        const y = yOf(frame, ns);
        if (before !== undefined && at - before <= 3 * frame.cellMs) {
          context.lineTo(x, y);
        } else {
          context.moveTo(x, y);
        }
        before = at;
      }
    }
    context.lineJoin = "round";
    context.strokeStyle = color("--halo");
    context.lineWidth = 3.5;
    context.stroke();
    context.strokeStyle = color(variable);
    context.lineWidth = 1.5;
    context.stroke();
  }
}

function side(
  context: CanvasRenderingContext2D,
  frame: Frame,
  all: Histogram,
  rows: readonly Span[],
  dark: boolean,
): void {
  const counts = rows.map((row) => within(all, row));
  const most = Math.max(1, ...counts);
  const from = frame.width - frame.side;
  counts.forEach((n, i) => {
    const row = rows[i];
    if (n > 0 && row !== undefined) {
      const top = yOf(frame, lowerBound(row.to));
      context.fillStyle = heat(strength(n, most), dark);
      context.fillRect(from, top, Math.max(2, (n / most) * frame.side), yOf(frame, lowerBound(row.from)) - top - 0.5);
    }
  });
  context.fillStyle = color("--muted");
  context.textAlign = "left";
  context.fillText(frame.side < SIDE_MAX ? "all" : "whole window", from, HEIGHT - BOTTOM / 2 + 2);
}

function vertical(
  context: CanvasRenderingContext2D,
  frame: Frame,
  times: readonly number[],
  stroke: string,
  dash: readonly number[],
): void {
  context.save();
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.setLineDash([...dash]);
  for (const at of times) {
    const x = xOf(frame, at);
    if (x >= frame.left && x <= frame.right) {
      context.beginPath();
      context.moveTo(x, TOP);
      context.lineTo(x, HEIGHT - BOTTOM);
      context.stroke();
    }
  }
  context.restore();
}
