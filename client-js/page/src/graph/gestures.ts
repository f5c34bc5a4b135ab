import type { Point } from "./geometry.ts";

/** A pointer that moves less than this clicks. */
const SLACK_PX = 4;
const LINE_PX = 16;
/** Per pixel of a wheel; a pinch on a touchpad comes as a wheel with the control key, and in smaller pieces. */
const WHEEL = { plain: 0.0015, pinch: 0.01 };

/** What a pointer can want of the picture; all points are the picture's own pixels. */
export interface Gestured {
  pan(by: Point): void;
  zoom(factor: number, at: Point): void;
  fit(): void;
  pick(at: Point): void;
  /** Undefined: the pointer has left. */
  hover(at: Point | undefined): void;
}

/** Reads mouse, pen and fingers: drag, pinch, wheel, click, double click. Returns its own off. */
export function listenToPointers(host: HTMLElement, picture: Gestured): () => void {
  const ending = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(name: K, listener: (event: HTMLElementEventMap[K]) => void): void =>
    host.addEventListener(name, listener, { signal: ending.signal, passive: false });
  const down = new Map<number, Point>();
  let isClick = false;
  let start: Point = { x: 0, y: 0 };

  on("pointerdown", (event) => {
    if (event.button !== 0 || down.size === 2) {
      return;
    }
    const at = within(host, event);
    isClick = down.size === 0;
    start = at;
    down.set(event.pointerId, at);
    host.setPointerCapture(event.pointerId);
    picture.hover(undefined);
  });
  on("pointermove", (event) => {
    const at = within(host, event);
    const before = down.get(event.pointerId);
    if (before === undefined) {
      picture.hover(event.pointerType === "touch" ? undefined : at);
      return;
    }
    if (isClick && Math.hypot(at.x - start.x, at.y - start.y) < SLACK_PX) {
      return;
    }
    isClick = false;
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    down.set(event.pointerId, at);
    if (other === undefined) {
      picture.pan({ x: at.x - before.x, y: at.y - before.y });
    } else {
      pinch(picture, other, before, at);
    }
  });
  on("pointerup", (event) => {
    if (down.delete(event.pointerId) && isClick) {
      isClick = false;
      picture.pick(within(host, event));
    }
  });
  on("pointercancel", (event) => void down.delete(event.pointerId));
  on("pointerleave", () => picture.hover(undefined));
  on("dblclick", () => picture.fit());
  on("wheel", (event) => {
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE_PX;
    picture.zoom(Math.exp(-px * (event.ctrlKey ? WHEEL.pinch : WHEEL.plain)), within(host, event));
  });
  return () => ending.abort();
}

function pinch(picture: Gestured, other: Point, before: Point, at: Point): void {
  const apart = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
  picture.pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 });
  picture.zoom(apart(at) / apart(before), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
}

function within(host: HTMLElement, { clientX, clientY }: MouseEvent): Point {
  const { left, top } = host.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
