/** What is said on a channel: the data of its publications, and of what this client publishes. */
export interface ChannelType {
  readonly in?: unknown;
  readonly out?: unknown;
}

/** Channels by name; `*` in a name stands for any run of characters. */
export type ChannelTypes = { readonly [name: string]: ChannelType };

type Wildcards<Name> = Name extends `${infer Before}*${infer After}` ? `${Before}${string}${Wildcards<After>}` : Name;

/** The type of a channel by its name: its own entry, else that of the patterns that fit, else unknown. */
export type TypeOf<Channels, Name extends string> = Name extends keyof Channels
  ? Channels[Name]
  : Fitting<Channels, Name>[keyof Channels] extends infer Type
    ? [Type] extends [never]
      ? unknown
      : Type
    : never;

type Fitting<Channels, Name extends string> = {
  [Pattern in keyof Channels]: Name extends Wildcards<Pattern> ? Channels[Pattern] : never;
};

export type In<Type> = Type extends { readonly in: infer Data } ? Data : unknown;
export type Out<Type> = Type extends { readonly out: infer Data } ? Data : unknown;
