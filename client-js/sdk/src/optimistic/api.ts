import { HeliographError } from "../errors.ts";

/** What one request to the application's API asks for. */
export interface MutationRequest<T = unknown> {
  readonly entity: string;
  readonly type: "create" | "update" | "delete";
  /** Of the record; absent: the server shall name it. */
  readonly id: string | undefined;
  /** The fields that are set; none for `delete`. */
  readonly data: Partial<T>;
  /** To be sent as `Idempotency-Key`, and by the server as `mutationId` with the entity's event. The same when it is tried again. */
  readonly mutationId: string;
  /** The version that the change is meant for, to be sent as `If-Match`; absent: not known. */
  readonly version: number | undefined;
}

export interface MutationResult<T = unknown> {
  /** The record as the server keeps it now. */
  readonly data?: T | undefined;
  readonly version?: number | undefined;
}

/** The application's own API. Rejects with {@link ApiError} where the server refused; any other error counts as a lost answer. */
export interface EntityApi {
  send<T>(request: MutationRequest<T>): Promise<MutationResult<T>>;
  /** The record as it is; `undefined`: there is none. Without it a conflict whose refusal does not carry the record ends as `server-wins`. */
  read?<T>(entity: string, id: string): Promise<MutationResult<T> | undefined>;
}

/** The server answered, and refused. */
export class ApiError extends HeliographError {
  override readonly name: string = "ApiError";
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Of 409 and 412: the record as it is, where the answer has it. */
  readonly current: MutationResult | undefined;

  constructor(
    status: number,
    message: string,
    more: { retryAfterMs?: number | undefined; current?: MutationResult | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    this.retryAfterMs = more.retryAfterMs;
    this.current = more.current;
  }
}

export interface RestOptions {
  readonly fetch?: typeof fetch;
  /** Asked for each request, e.g. for `Authorization`. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

const METHODS = { create: "POST", update: "PATCH", delete: "DELETE" } as const;

/** An API of the usual shape: `POST {base}/{entity}`, and `GET`, `PATCH` and `DELETE` of `{base}/{entity}/{id}`; versions are numbers in `ETag`. */
export function restApi(base: string, options: RestOptions = {}): EntityApi {
  const { headers = () => ({}), timeoutMs = 10_000 } = options;
  const call = async (
    method: string,
    path: readonly string[],
    more: Record<string, string>,
    body?: object,
  ): Promise<Response> => {
    const url = [base, ...path.map(encodeURIComponent)].join("/");
    const response = await (options.fetch ?? fetch)(url, {
      method,
      headers: { "Content-Type": "application/json", ...headers(), ...more },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      const retryAfterMs = Number(response.headers.get("Retry-After") ?? Number.NaN) * 1000;
      throw new ApiError(response.status, `${method} ${url}: ${response.status}`, {
        retryAfterMs: Number.isNaN(retryAfterMs) ? undefined : retryAfterMs,
        current: [409, 412].includes(response.status) ? await result(response).catch(() => undefined) : undefined,
      });
    }
    return response;
  };
  return {
    send: async <T>({ entity, type, id, data, mutationId, version }: MutationRequest<T>) =>
      result<T>(
        await call(
          METHODS[type],
          type === "create" || id === undefined ? [entity] : [entity, id],
          { "Idempotency-Key": mutationId, ...(version === undefined ? {} : { "If-Match": `"${version}"` }) },
          type === "delete" ? undefined : data,
        ),
      ),
    read: async <T>(entity: string, id: string) => {
      try {
        return await result<T>(await call("GET", [entity, id], {}));
      } catch (error) {
        if (error instanceof ApiError && [404, 410].includes(error.status)) {
          return undefined;
        }
        throw error;
      }
    },
  };
}

async function result<T>(response: Response): Promise<MutationResult<T>> {
  const [, version] = /^(?:W\/)?"(\d+)"$/.exec(response.headers.get("ETag") ?? "") ?? [];
  const text = await response.text();
  return {
    data: text === "" ? undefined : (JSON.parse(text) as T),
    version: version === undefined ? undefined : Number(version),
  };
}
