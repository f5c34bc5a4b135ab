import { type Figure, words } from "./format.ts";

interface TileProps {
  readonly name: string;
  readonly title: string;
  readonly figure: Figure;
  /** What the number is made of, or held against. */
  readonly note: string;
  readonly series: readonly (number | undefined)[];
  readonly warn?: boolean;
}

/** One number, and how it came about. */
export function Tile({ name, title, figure, note, series, warn = false }: TileProps) {
  return (
    <section class={warn ? "tile warn" : "tile"} data-tile={name}>
      <h2>{title}</h2>
      <p class="figure">
        <strong>{figure.value}</strong>
        {figure.unit === "" ? null : (
          <span class="unit">{figure.unit.startsWith("/") ? figure.unit : ` ${figure.unit}`}</span>
        )}
        {warn ? <span class="hidden"> – look at this</span> : null}
      </p>
      <p class="note">{note}</p>
      <Spark series={series} title={`${title}: now ${words(figure)}`} />
    </section>
  );
}

const WIDTH = 160;
const HEIGHT = 34;
const POINTS = 120;

function Spark({ series, title }: { readonly series: readonly (number | undefined)[]; readonly title: string }) {
  const points = thinned(series);
  const top = Math.max(1e-9, ...points.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, points.length - 1);
  const x = (i: number): string => (i * step).toFixed(1);
  const y = (value: number): string => (HEIGHT - 1 - (value / top) * (HEIGHT - 4)).toFixed(1);
  let line = "";
  let area = "";
  let open = false;
  points.forEach((value, i) => {
    if (value === undefined) {
      open = false;
      return;
    }
    line += `${open ? "L" : "M"}${x(i)} ${y(value)}`;
    area += `M${x(Math.max(0, open ? i - 1 : i))} ${HEIGHT}V${y(open ? (points[i - 1] ?? value) : value)}L${x(i)} ${y(value)}V${HEIGHT}Z`;
    open = true;
  });
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={title}>
      <path class="spark-area" d={area} />
      <path class="spark-line" d={line} />
    </svg>
  );
}

/** At most so many, each the highest of those that it stands for: a peak is never thinned away. */
function thinned(series: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const each = Math.ceil(series.length / POINTS);
  if (each <= 1) {
    return series;
  }
  const thin: (number | undefined)[] = [];
  for (let i = 0; i < series.length; i += each) {
    const some = series.slice(i, i + each).filter((value) => value !== undefined);
    thin.push(some.length === 0 ? undefined : Math.max(...some));
  }
  return thin;
}
