import type { Point, Rect, Size } from "./geometry.ts";

/** Where one looks from: the graph's point in the picture's corner, and pixels per unit of the graph. */
export interface Camera extends Point {
  readonly scale: number;
}

const CLOSEST = 4;
/** A small graph is not blown up. */
const FIT_CLOSEST = 1.35;
/** So much of the graph stays in sight, however far it is pushed. */
const KEPT = 60;

/** All of it, centred. */
export function fit(bounds: Rect, { width, height }: Size): Camera {
  const scale = Math.min(FIT_CLOSEST, width / bounds.width, height / bounds.height);
  return {
    scale,
    x: bounds.x - (width / scale - bounds.width) / 2,
    y: bounds.y - (height / scale - bounds.height) / 2,
  };
}

/** Closer or farther by that factor, with the point under the pointer staying where it is. */
export function zoom(camera: Camera, factor: number, at: Point, bounds: Rect, size: Size): Camera {
  const farthest = Math.min(1, fit(bounds, size).scale / 2);
  const scale = Math.min(CLOSEST, Math.max(farthest, camera.scale * factor));
  const { x, y } = toGraph(camera, at);
  return held({ scale, x: x - at.x / scale, y: y - at.y / scale }, bounds, size);
}

/** As if the graph were pushed by so many pixels. */
export function pan({ x, y, scale }: Camera, by: Point, bounds: Rect, size: Size): Camera {
  return held({ scale, x: x - by.x / scale, y: y - by.y / scale }, bounds, size);
}

/** Moved no more than it takes to see that. */
export function reveal(camera: Camera, { x, y, width, height }: Rect, size: Size): Camera {
  const { scale } = camera;
  const view = inSight(camera, size);
  if (x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height) {
    return camera;
  }
  const room = 24 / scale;
  return {
    scale,
    x: Math.max(x + width + room - size.width / scale, Math.min(x - room, camera.x)),
    y: Math.max(y + height + room - size.height / scale, Math.min(y - room, camera.y)),
  };
}

export function toGraph({ x, y, scale }: Camera, at: Point): Point {
  return { x: x + at.x / scale, y: y + at.y / scale };
}

/** What is in sight, in the graph's units. */
export function inSight({ x, y, scale }: Camera, { width, height }: Size): Rect {
  return { x, y, width: width / scale, height: height / scale };
}

function held({ x, y, scale }: Camera, bounds: Rect, size: Size): Camera {
  const kept = KEPT / scale;
  return {
    scale,
    x: Math.min(bounds.x + bounds.width - kept, Math.max(bounds.x + kept - size.width / scale, x)),
    y: Math.min(bounds.y + bounds.height - kept, Math.max(bounds.y + kept - size.height / scale, y)),
  };
}
