import type { ComponentChildren } from "preact";

interface PanelProps {
  readonly title: string;
  /** What stands beside the title. */
  readonly aside?: ComponentChildren;
  /** Its place in the grid. */
  readonly area: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, aside, area, children }: PanelProps) {
  const id = `panel-${area}`;
  return (
    <section class={`panel ${area}`}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
