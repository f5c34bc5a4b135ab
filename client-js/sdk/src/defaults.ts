/** Options that are all known. */
export type Complete<Options> = { readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** Options, and what goes for those that are not given: `undefined` is not given either. */
export function withDefaults<Defaults extends object, Options extends object>(
  defaults: Defaults,
  options: Options,
): Defaults & Options {
  const all: Defaults & Options = { ...defaults, ...options };
  for (const name in defaults) {
    all[name] ??= defaults[name] as never;
  }
  return all;
}
