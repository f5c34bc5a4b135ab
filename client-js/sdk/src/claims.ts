/** What a token says of itself, as far as that is looked at; nothing of one that cannot be read. Nobody is believed: that is the gateway's part. */
export interface Claims {
  readonly kid?: string;
  readonly iss?: string;
  readonly workspace?: string;
  readonly sub?: string;
  /** Seconds since the epoch, both. */
  readonly iat?: number;
  readonly exp?: number;
}

export function claims(token = ""): Claims {
  try {
    const [header, payload] = token.split(".", 2).map((part) => {
      const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
    });
    return { ...header, ...payload };
  } catch {
    return {};
  }
}

/** Tokens of the same person in the same workspace; a token that cannot be read is like no other. */
export function personOf(token: string | undefined): string {
  const { kid, iss, workspace, sub = token } = claims(token);
  return JSON.stringify([kid, iss, workspace, sub]);
}
