import type { Camera } from "./camera.ts";
import type { Curve, Size } from "./geometry.ts";

/** A canvas that fills its host, drawn on in the graph's units. */
export class Layer {
  readonly element: HTMLCanvasElement = document.createElement("canvas");
  readonly pen: CanvasRenderingContext2D;
  #ratio = 1;

  constructor(host: HTMLElement) {
    this.element.className = "scene";
    this.element.setAttribute("aria-hidden", "true");
    this.pen = this.element.getContext("2d") as CanvasRenderingContext2D;
    host.prepend(this.element);
  }

  setSize({ width, height }: Size, ratio: number): void {
    this.#ratio = ratio;
    this.element.width = Math.max(1, Math.round(width * ratio));
    this.element.height = Math.max(1, Math.round(height * ratio));
  }

  /** Empties it, for what is seen from there. */
  begin({ x, y, scale }: Camera): CanvasRenderingContext2D {
    const { pen, element } = this;
    const k = scale * this.#ratio;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, element.width, element.height);
    pen.setTransform(k, 0, 0, k, -x * k, -y * k);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    return pen;
  }
}

export function along(pen: CanvasRenderingContext2D, { from, out, in: into, to }: Curve): void {
  pen.moveTo(from.x, from.y);
  pen.bezierCurveTo(out.x, out.y, into.x, into.y, to.x, to.y);
}
